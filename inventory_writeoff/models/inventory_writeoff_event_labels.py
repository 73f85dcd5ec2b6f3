from odoo import api, fields, models


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
        return {
            "submitted": self.env._("Submitted"),
            "edited": self.env._("Changed since the last submission"),
            "approved": self.env._("Approved"),
            "rejected": self.env._("Rejected"),
            "sent_back": self.env._("Sent back to be approved"),
            "set_to_draft": self.env._("Set to draft"),
            "cancelled": self.env._("Cancelled"),
            "posted": self.env._("Posted"),
            "reversed": self.env._("Reversed"),
            "dated": self.env._("Accounting date changed"),
            "held": self.env._("Goods held"),
            "released": self.env._("Goods released"),
            "shrunk": self.env._("Less held after a count"),
            "relocated": self.env._("Held goods moved"),
            "removed": self.env._("Goods physically removed"),
            "findings_settled": self.env._("Findings settled"),
            "setting_created": self.env._("Setting created"),
            "setting_changed": self.env._("Setting changed"),
            "setting_deleted": self.env._("Setting deleted"),
            "exported": self.env._("Exported"),
            "caught_up": self.env._("Losses outside write-offs taken over"),
            "cut_off_sent": self.env._("Cut-off list sent"),
            "log_exported": self.env._("Log exported"),
            "log_changed": self.env._("Log changed by a migration"),
            "head_sent": self.env._("Head of the log sent"),
        }
