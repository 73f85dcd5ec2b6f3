from odoo import models


class InventoryWriteoffPosting(models.AbstractModel):
    _inherit = "inventory.writeoff.posting"

    def _post(self, writeoffs):
        result = super()._post(writeoffs)
        self.env["inventory.writeoff.asset.removal"]._post(writeoffs)
        return result
