from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

LABELS = {
    "submitted": _lt("Submitted"),
    "edited": _lt("Changed since the last submission"),
    "approved": _lt("Approved"),
    "rejected": _lt("Rejected"),
    "sent_back": _lt("Sent back to be approved"),
    "set_to_draft": _lt("Set to draft"),
    "cancelled": _lt("Cancelled"),
    "posted": _lt("Posted"),
    "reversed": _lt("Reversed"),
    "dated": _lt("Accounting date changed"),
    "held": _lt("Goods held"),
    "released": _lt("Goods released"),
    "shrunk": _lt("Less held after a count"),
    "relocated": _lt("Held goods moved"),
    "removed": _lt("Goods physically removed"),
    "findings_settled": _lt("Findings settled"),
    "setting_created": _lt("Setting created"),
    "setting_changed": _lt("Setting changed"),
    "setting_deleted": _lt("Setting deleted"),
    "exported": _lt("Exported"),
    "log_exported": _lt("Log exported"),
    "log_changed": _lt("Log changed by a migration"),
    "head_sent": _lt("Head of the log sent"),
}


class InventoryWriteoffEvent(models.Model):
    """The kinds of events in words; an add-on adds its own by extending the method."""

    _inherit = "inventory.writeoff.event"

    label = fields.Char("What", compute="_compute_label")

    @api.depends("kind")
    def _compute_label(self):
        labels = self._get_labels()
        for event in self:
            code = event.kind or ""
            event.label = labels.get(code, code.replace("_", " ").capitalize())

    @api.depends("label", "reference")
    def _compute_display_name(self):
        for event in self:
            event.display_name = f"{event.label}, {event.reference}"

    @api.model
    def _get_labels(self):
        """Return the kinds in words: {kind: label}."""
        return {kind: str(label) for kind, label in LABELS.items()}
