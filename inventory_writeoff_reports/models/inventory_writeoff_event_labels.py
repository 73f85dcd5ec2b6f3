from odoo import api, models


class InventoryWriteoffEvent(models.Model):
    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "audit_pack_made": self.env._("Auditor pack made"),
            "review_signed": self.env._("Review of stock value signed off"),
            "register_sent": self.env._("Register sent"),
        }
