from odoo import models


class InventoryWriteoffEvidence(models.Model):
    _inherit = "inventory.writeoff.evidence"

    def action_accept(self):
        result = super().action_accept()
        self.env["inventory.writeoff.tax.recovery"]._recover(self.writeoff_id)
        return result
