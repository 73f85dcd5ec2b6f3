from odoo import api, models


class InventoryWriteoffEvent(models.Model):
    """What becomes of an approval, of evidence and of the goods, in the log."""

    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "approval_voided": self.env._("Approval voided"),
            "evidence_added": self.env._("Evidence added"),
            "evidence_superseded": self.env._("Evidence superseded"),
            "evidence_accepted": self.env._("Evidence accepted"),
            "evidence_removed": self.env._("Evidence removed"),
            "disposal": self.env._("Disposal"),
        }
