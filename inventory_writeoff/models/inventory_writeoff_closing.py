from odoo import fields, models
from odoo.tools import SQL


class InventoryWriteoffClosing(models.Model):
    """What an inventory closing found stock to be worth, product by product.

    Odoo books one sum for each account and forgets how it came about. The tie-out
    needs it by product, to tell what was revalued since.
    """

    _name = "inventory.writeoff.closing"
    _description = "Stock Value at an Inventory Closing"
    _rec_name = "account_move_id"

    account_move_id = fields.Many2one(
        "account.move", "Closing", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    stock_values = fields.Json("Values by Product", readonly=True)
    draft_entry_ids = fields.Json("Entries not Posted by Then", readonly=True)

    _one_per_closing = models.UniqueIndex("(account_move_id)")

    def _keep(self, company, entry, at_date):
        """Keep what the closing has computed, and what was not posted when it did."""
        # Closings belong to accountants, who need no right to write here.
        closings = self.sudo()
        closings.search([("company_id", "=", company.id)])._unlink_superseded()
        drafts = (
            self.env["account.move"]
            .sudo()
            ._search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "draft"),
                    ("line_ids.product_id", "!=", False),
                ]
            )
        )
        closings.create(
            {
                "account_move_id": entry.id,
                "company_id": company.id,
                "stock_values": self._read_values(company, at_date),
                "draft_entry_ids": list(drafts),
            }
        )

    def _read_values(self, company, at_date):
        """Return {product id: value}, which the closing has just computed."""
        values = {
            product.id: product.with_context(to_date=at_date).total_value
            for product in company._get_accounts_by_product()
        }
        return {product: value for product, value in values.items() if value}

    def _unlink_superseded(self):
        """Leave the latest ones: Odoo goes back to one when a later one is reset."""
        self.sorted("id", reverse=True)[9:].unlink()

    def _get_sql_closings(self, companies):
        """Return the query `closing`: the last one of each company.

        closed_until: the moment up to which it took stock moves; created: when it
        was made; day: its date, if it was made later; drafts: the entries that were
        not posted then; known: whether the values at the closing are.
        """
        kept = self._read_kept(companies)
        rows = []
        for company in companies:
            entry = company._get_last_stock_closing()
            until = company._get_stock_closed_until()
            rows.append(
                SQL(
                    "(%s, %s::int, %s::timestamp, %s::timestamp, %s::date, %s::int[], "
                    "%s)",
                    company.id,
                    entry.id or None,
                    until or None,
                    entry.create_date or None,
                    entry.date if entry and until < entry.create_date else None,
                    kept.get(entry, []),
                    not entry or entry in kept,
                )
            )
        return SQL(
            """
            SELECT * FROM (VALUES %s) AS closing (
                       company_id, entry_id, closed_until, created, day, drafts, known)
            """,
            SQL(", ").join(rows),
        )

    def _read_kept(self, companies):
        """Return {closing: ids of the entries that were drafts}."""
        # Who ties out needs no right to read entries.
        kept = self.sudo().search([("company_id", "in", companies.ids)])
        return {row.account_move_id: row.draft_entry_ids or [] for row in kept}

    def _get_sql_is_moved_since(self):
        """Return the condition that a `move` was done since the `closing`."""
        return SQL("(closing.closed_until IS NULL OR move.date > closing.closed_until)")

    def _get_sql_is_posted_since(self):
        """Return the condition that an `entry` was posted since the `closing`."""
        return SQL(
            """(closing.entry_id IS NULL OR (entry.id != closing.entry_id AND (
                    entry.create_date > closing.created OR entry.date > closing.day
                    OR entry.id = ANY(closing.drafts))))"""
        )

    def _get_sql_stock_accounts(self):
        """Return the query `stock_account`: those of companies."""
        return SQL(
            """
            SELECT id AS company_id, account_stock_valuation_id AS account_id
              FROM res_company
             UNION
            SELECT company.id,
                   (category.property_stock_valuation_account_id
                    ->> company.id::text)::int
              FROM product_category category CROSS JOIN res_company company
            """
        )
