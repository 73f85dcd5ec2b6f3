from datetime import date, timedelta

from odoo import fields
from odoo.tools import SQL
from odoo.tools.sql import table_exists

PERIOD = (date(2000, 1, 1), date(2100, 1, 1))


class TieOutCommon:
    """Verbs to tie out, and to lose goods without a write-off."""

    def _tie_out(self, user=None, **values):
        """Open the screen as a user; the lowest is finance."""
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["inventory.writeoff.tie.out"]
            .with_user(user or self.finance)
            .create({"date_from": PERIOD[0], "date_to": PERIOD[1], **values})
        )

    def _get_sides(self, tie_out):
        names = ("register", "moved", "booked", "difference")
        return tuple(tie_out[name] for name in names)

    def _get_explained(self, tie_out):
        """Return {kind: (items, value)} of the kinds that there are items of."""
        kinds = self.env["inventory.writeoff.tie.out.item"]._fields["kind"].selection
        return {
            kind: (tie_out[f"count_{kind}"], tie_out[f"value_{kind}"])
            for kind, _label in kinds
            if tie_out[f"count_{kind}"]
        }

    def _open(self, tie_out, kind):
        """Return the items that the button of a kind opens."""
        action = tie_out.with_context(tie_out_kind=kind).action_open_items()
        items = self.env[action["res_model"]].with_user(tie_out.env.user)
        return items.search(action["domain"])

    def _close_now(self):
        """Close the inventory, as a transaction of its own would: after the moves."""
        self._close()
        closing = self.env["account.move"].search(
            [("ref", "=", "Stock Closing"), ("company_id", "=", self.company.id)],
            order="id desc",
            limit=1,
        )
        self._age_books()
        # Stock moves go by the clock, journal entries by the transaction.
        moment = min(self.env.cr.now(), fields.Datetime.now()) - timedelta(minutes=1)
        self.env.cr.execute(
            "UPDATE account_move SET create_date = %s WHERE id = %s",
            (moment, closing.id),
        )
        self.env.invalidate_all()

    def _age_books(self):
        """What happened until now was yesterday: requests have a time of their own."""
        self.env.flush_all()
        for table, column in (
            ("stock_move", "date"),
            ("product_value", "date"),
            ("account_move", "create_date"),
            ("product_product", "write_date"),
            ("stock_lot", "write_date"),
            ("purchase_order_line", "write_date"),
            ("stock_landed_cost", "write_date"),
        ):
            if not table_exists(self.env.cr, table):
                continue
            column = SQL.identifier(column)
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s - INTERVAL '1 day'",
                    SQL.identifier(table),
                    column,
                    column,
                )
            )

    def _scrap(self, product, quantity):
        location = self._get_count_location(product)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": quantity,
                "location_id": self.stock_location.id,
                "scrap_location_id": location.id,
                "company_id": self.company.id,
            }
        )
        scrap.action_validate()
        return scrap.move_ids

    def _count(self, product, quantity):
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = quants.search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", self.stock_location.id),
            ]
        )
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()
        return self.env["stock.move"].search(
            [("product_id", "=", product.id), ("is_inventory", "=", True)],
            order="id desc",
            limit=1,
        )

    def _get_count_location(self, product):
        return product.with_company(self.company).property_stock_inventory
