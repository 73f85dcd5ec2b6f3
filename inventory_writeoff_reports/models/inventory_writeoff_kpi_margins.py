from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .inventory_writeoff_kpi_books import MARGIN_TYPES, PENDING_STATES

DIRECT_COST = "expense_direct_cost"
SHOWN_CATEGORIES = 8


class InventoryWriteoffKpi(models.AbstractModel):
    """Gross margin by product category, before and after what is still to be posted."""

    _inherit = "inventory.writeoff.kpi"

    def _get_margins(self, scope, pending):
        """Return gross margin by product category, before and after what is pending.

        Write-offs count by the category of their items, whatever detail their entries
        have. What belongs to no category is the rest of the ledger's gross margin.
        """
        before = defaultdict(float)
        for company_id, category_id, amount in self._read_margins(scope):
            before[category_id] += float(amount) * scope.rates[company_id]
        change = defaultdict(float)
        for category_id, account_type, amount in pending:
            if account_type == DIRECT_COST:
                change[category_id] -= amount
        return self._rank_margins(scope, before, change)

    def _rank_margins(self, scope, before, change):
        shown = set(before) | set(change)
        if scope.category:
            shown &= set(scope.category_ids)
        ranked = sorted(shown, key=lambda c: (c is None, -abs(before[c]), c or 0))
        categories = self.env["product.category"].browse(filter(None, ranked))
        names = {category.id: category.display_name for category in categories}
        round_amount = scope.currency.round
        rows = [
            {
                "id": category or False,
                "name": names.get(category) or self.env._("No category"),
                "value": round_amount(before[category]) + 0.0,
                "after": round_amount(before[category] + change[category]) + 0.0,
                "action": self._open_category(scope, category),
            }
            for category in ranked
        ]
        rows = [row for row in rows if row["value"] or row["after"]]
        return self._sum_rest(rows, round_amount)

    def _sum_rest(self, rows, round_amount):
        """Keep the largest categories and add the others up, so that sums stay."""
        shown, rest = rows[:SHOWN_CATEGORIES], rows[SHOWN_CATEGORIES:]
        if rest:
            sums = {
                name: round_amount(sum(row[name] for row in rest))
                for name in ("value", "after")
            }
            name = self.env._("Other categories")
            shown.append({"id": False, "name": name, "action": None, **sums})
        return shown

    def _read_margins(self, scope):
        """Return [(company id, category id, gross margin)] of the fiscal year."""
        self._flush_books()
        return self.env.execute_query(
            SQL(
                """
                WITH books AS (%(books)s),
                item AS (
                    SELECT item.company_id, template.categ_id AS category_id,
                           -item.balance AS margin
                      FROM account_move_line item
                      JOIN books ON books.company_id = item.company_id
                      JOIN account_account account ON account.id = item.account_id
                      JOIN account_move move ON move.id = item.move_id
                 LEFT JOIN product_product product
                        ON product.id = item.product_id AND move.writeoff_id IS NULL
                 LEFT JOIN product_template template
                        ON template.id = product.product_tmpl_id
                     WHERE item.parent_state = 'posted'
                       AND item.date BETWEEN books.year AND books.last
                       AND account.account_type IN %(types)s
                ),
                loss AS (
                    SELECT doc.company_id, line.product_category_id AS category_id,
                           line.value_posted AS value
                      FROM inventory_writeoff doc
                      JOIN books ON books.company_id = doc.company_id
                      JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
                      JOIN account_account account
                        ON account.id = line.loss_account_id
                     WHERE doc.accounting_date BETWEEN books.year AND books.last
                       AND (doc.posted_at IS NOT NULL OR line.posted_chunk > 0)
                       AND account.account_type = %(direct_cost)s
                )
                SELECT company_id, category_id, SUM(margin)
                  FROM (
                    SELECT * FROM item
                     UNION ALL
                    SELECT company_id, category_id, -value FROM loss
                     UNION ALL
                    SELECT company_id, NULL, value FROM loss
                  ) AS margins
              GROUP BY company_id, category_id
                """,
                books=self._get_sql_years(scope),
                types=MARGIN_TYPES,
                direct_cost=DIRECT_COST,
            )
        )

    def _open_category(self, scope, category_id):
        """Return the action to the pending items of a category."""
        if not category_id:
            return None
        domain = self._get_goods_domain(scope)
        return self._open(
            "inventory.writeoff.line",
            domain
            & Domain("product_category_id", "=", category_id)
            & Domain("writeoff_id.state", "in", PENDING_STATES),
        )
