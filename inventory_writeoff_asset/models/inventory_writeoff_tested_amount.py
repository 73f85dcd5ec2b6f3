from odoo import models
from odoo.tools import SQL


class InventoryWriteoffTestedAmount(models.AbstractModel):
    """The limits of approval rules count what goes with the goods as an asset."""

    _inherit = "inventory.writeoff.tested.amount"

    def _get(self, writeoffs):
        self.env["inventory.writeoff.retirement"].flush_model()
        return super()._get(writeoffs)

    def _get_own_amounts(self, writeoff):
        amounts = super()._get_own_amounts(writeoff)
        losses = self.env["inventory.writeoff.asset"]._get_losses(writeoff.line_ids)
        for line, loss in losses.items():
            amounts[line.product_id.id, line.location_id.id] += loss
        return amounts

    def _get_sql_value(self):
        return SQL(
            """%s + COALESCE((
                SELECT SUM(retirement.value_loss - retirement.value_stock)
                  FROM inventory_writeoff_retirement retirement
                 WHERE retirement.line_id = line.id
                   AND retirement.restored_by_id IS NULL
            ), 0)""",
            super()._get_sql_value(),
        )
