from odoo import models
from odoo.tools import SQL


class InventoryWriteoffTieOutLanded(models.AbstractModel):
    """Landed costs since the last closing, where Odoo's add-on for them is installed.

    One adds to the value of its receipts, whatever is left of them, and (perpetual)
    books what belongs to the goods that are left. How far the value of stock follows
    is told with the product.
    """

    _name = "inventory.writeoff.tie.out.landed"
    _description = "Landed Costs of the Tie-Out"

    def _is_installed(self):
        return "stock.landed.cost" in self.env

    def _get_sql(self):
        """Return the query for rows beside the products that they have revalued."""
        if not self._is_installed():
            return SQL("")
        closings = self.env["inventory.writeoff.closing"]
        return SQL(
            """
             UNION ALL
            SELECT cost.id::bigint * 8 + 5, 'revalued', cost.company_id, cost.date,
                   cost.date, cost.name, part.product_id, 0, SUM(part.value), 0,
                   NULL::int, 'stock.landed.cost', cost.id
              FROM (
                SELECT landed.cost_id, landed.product_id, landed.value
                  FROM adjusted AS landed
                 UNION ALL
                SELECT cost.id, item.product_id, item.balance
                  FROM stock_landed_cost cost
                  JOIN account_move entry ON entry.id = cost.account_move_id
                  JOIN closing ON closing.company_id = cost.company_id
                                   AND %(posted_since)s
                  JOIN account_move_line item ON item.move_id = entry.id
             LEFT JOIN stock_account stock
                    ON stock.company_id = item.company_id
                   AND stock.account_id = item.account_id
                 WHERE entry.state = 'posted' AND stock.account_id IS NULL
              ) AS part
              JOIN stock_landed_cost cost ON cost.id = part.cost_id
          GROUP BY cost.id, part.product_id
            """,
            posted_since=closings._get_sql_is_posted_since(),
        )

    def _get_sql_by_move(self):
        """Return the query for (move, value) of landed costs on moves since then."""
        if not self._is_installed():
            return SQL("SELECT NULL::int AS move_id, 0 AS value WHERE FALSE")
        return SQL("SELECT move_id, SUM(value) AS value FROM adjusted GROUP BY move_id")

    def _get_sql_adjusted(self):
        """Return the query `adjusted`: (cost, move, value) on moves since the closing.

        A value given by hand takes the place of landed costs.
        """
        closings = self.env["inventory.writeoff.closing"]
        self.env["stock.landed.cost"].flush_model()
        self.env["stock.valuation.adjustment.lines"].flush_model()
        return SQL(
            """
            SELECT line.cost_id, line.move_id, move.product_id,
                   line.additional_landed_cost AS value
              FROM stock_valuation_adjustment_lines line
              JOIN stock_landed_cost cost ON cost.id = line.cost_id
              JOIN stock_move move ON move.id = line.move_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN closing ON closing.company_id = move.company_id AND %(since)s
             WHERE cost.state = 'done' AND move.state = 'done' AND move.is_in
               AND template.is_storable
               AND NOT EXISTS (SELECT 1 FROM product_value typed
                                WHERE typed.move_id = move.id)
            """,
            since=closings._get_sql_is_moved_since(),
        )
