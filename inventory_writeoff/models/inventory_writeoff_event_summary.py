import json

from odoo import api, fields, models

# So many changes are told in a list; the rest is counted.
TOLD_CHANGES = 3


class InventoryWriteoffEvent(models.Model):
    """What a step was about, in a line."""

    _inherit = "inventory.writeoff.event"

    summary = fields.Char("Details", compute="_compute_summary")

    @api.depends("payload")
    def _compute_summary(self):
        self.fetch(["payload"])
        for event in self:
            payload = json.loads(event.payload or "{}")
            event.summary = event._summarize(payload) or False

    def _summarize(self, payload):
        """Return the words that people gave, or what has changed."""
        said = payload.get("why") or payload.get("reason")
        if said:
            return str(said)
        if self.kind == "rejected":
            (document,) = payload["content"]["inventory.writeoff"].values()
            return document["rejection_reason"]
        if isinstance(payload.get("changes"), list):
            return self._summarize_changes(payload["changes"])
        return payload.get("head")

    def _summarize_changes(self, changes):
        told = [self._summarize_change(change) for change in changes[:TOLD_CHANGES]]
        if len(changes) > TOLD_CHANGES:
            count = len(changes) - TOLD_CHANGES
            told.append(self.env._("%(count)s more", count=count))
        return "; ".join(told)

    def _summarize_change(self, change):
        old, new = change.get("old"), change.get("new")
        if "field" in change:
            return f"{change['field']}: {old} → {new}"
        label = change.get("label") or f"{change['model']} {change['id']}"
        if not isinstance(old, dict) or not isinstance(new, dict):
            return label
        values = [f"{name}: {old.get(name)} → {new[name]}" for name in new]
        return f"{label} ({', '.join(values)})"
