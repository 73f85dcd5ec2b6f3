from odoo import models
from odoo.tools import SQL


class InventoryWriteoffHold(models.AbstractModel):
    """Finds the items whose hold is exactly what was asked for, in one query.

    What is not found here is looked at one by one.
    """

    _inherit = "inventory.writeoff.hold"

    def _get_exact_ids(self, lines):
        """Return the ids of the items with one move and one move line that fit."""
        if not lines:
            return set()
        for name in ("inventory.writeoff.line", "stock.move", "stock.move.line"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM inventory_writeoff_line line
                  JOIN (VALUES %(destinations)s)
                    AS destination (company_id, reason_id, location_id)
                    ON destination.company_id = line.company_id
                   AND destination.reason_id = COALESCE(line.reason_id, 0)
                  JOIN stock_move move
                    ON move.writeoff_line_id = line.id
                   AND move.state NOT IN ('done', 'cancel')
             LEFT JOIN stock_move_line held ON held.move_id = move.id
                 WHERE line.id IN %(lines)s AND line.quantity > 0
              GROUP BY line.id
                HAVING COUNT(*) = 1 AND BOOL_AND(%(is_exact)s)
                """,
                destinations=self._get_sql_destinations(lines),
                lines=tuple(lines.ids),
                is_exact=self._get_sql_is_exact(),
            )
        )
        return {line_id for (line_id,) in rows}

    def _get_sql_destinations(self, lines):
        """Return rows of company, reason and the location that its goods go to."""
        pairs = {(line.company_id, line.reason_id) for line in lines}
        return SQL(", ").join(
            SQL(
                "(%s, %s, %s)",
                company.id,
                reason.id or 0,
                reason._get_loss_location(company).id or 0,
            )
            for company, reason in pairs
        )

    def _get_sql_is_exact(self):
        return SQL(
            """held.state = 'assigned'
               AND held.picked IS NOT TRUE
               AND held.company_id = line.company_id
               AND held.product_id = line.product_id
               AND held.product_uom_id = line.product_uom_id
               AND held.quantity = line.quantity
               AND held.lot_id IS NOT DISTINCT FROM line.lot_id
               AND held.package_id IS NOT DISTINCT FROM line.package_id
               AND held.owner_id IS NOT DISTINCT FROM line.owner_id
               AND held.location_id = line.location_id
               AND held.location_dest_id = destination.location_id
               AND move.product_uom = line.product_uom_id
               AND move.product_uom_qty = line.quantity"""
        )
