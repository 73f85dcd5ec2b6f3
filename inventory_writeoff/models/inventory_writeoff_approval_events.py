from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

LABELS = {
    "approval_planned": _lt("Approvals asked for"),
    "approval_not_needed": _lt("No approval needed"),
    "step_approved": _lt("Step approved"),
    "step_rejected": _lt("Step rejected"),
    "question_asked": _lt("Question to the requester"),
    "approval_reminded": _lt("Reminded of the approval"),
    "approval_escalated": _lt("Approval escalated"),
    "policy_changed": _lt("Approval policy changed"),
}


class InventoryWriteoffEvent(models.Model):
    """The kinds of events that approvals add."""

    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        labels = {kind: str(label) for kind, label in LABELS.items()}
        return {**super()._get_labels(), **labels}
