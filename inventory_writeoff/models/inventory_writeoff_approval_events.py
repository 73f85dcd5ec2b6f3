from odoo import api, models


class InventoryWriteoffEvent(models.Model):
    """The kinds of events that approvals add."""

    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "approval_planned": self.env._("Approvals asked for"),
            "approval_not_needed": self.env._("No approval needed"),
            "step_approved": self.env._("Step approved"),
            "step_rejected": self.env._("Step rejected"),
            "question_asked": self.env._("Question to the requester"),
            "approval_reminded": self.env._("Reminded of the approval"),
            "approval_escalated": self.env._("Approval escalated"),
            "policy_changed": self.env._("Approval policy changed"),
        }
