from odoo import models


class InventoryWriteoffRegisterXlsx(models.AbstractModel):
    _inherit = "inventory.writeoff.register.xlsx"

    def _get_sums(self, register, totals):
        sums = super()._get_sums(register, totals)
        # Behind the four of stock, before what the ledger says of both.
        sums[4:4] = [
            (self.env._("Loss on Assets"), totals["asset_loss"]),
            (self.env._("Total Loss"), totals["total_loss"]),
        ]
        return sums
