from odoo import models

APPROVAL_FIELDS = (
    "state",
    "round",
    "step",
    "needed",
    "decided_by_id",
    "behalf_of_id",
    "decided_at",
    "comment",
    "digest",
)


class InventoryWriteoffLogContent(models.AbstractModel):
    """Each decision is part of what the log keeps of a write-off."""

    _inherit = "inventory.writeoff.log.content"

    def _get_sections(self):
        decided = [("decided_by_id", "!=", False)]
        return {
            **super()._get_sections(),
            "inventory.writeoff.approval": ("writeoff_id", APPROVAL_FIELDS, decided),
        }
