from odoo import models

# Target state: what is logged. Others are logged by their own name.
KINDS = {
    "to_approve": "submitted",
    "draft": "set_to_draft",
}
# Events that tell what was signed: over which content.
SIGNED = ("submitted", "approved", "posted", "partly_posted")
# What the requester can edit, and what of it a step itself writes.
EDITED_SECTIONS = (
    "inventory.writeoff",
    "inventory.writeoff.line",
    "inventory.writeoff.evidence",
)
STEP_FIELDS = (
    "state",
    "submitted_by_id",
    "submitted_at",
    "approver_id",
    "decided_at",
    "rejection_reason",
)


class InventoryWriteoff(models.Model):
    """Each step of a write-off is logged where it happens."""

    _inherit = "inventory.writeoff"

    def _set_state(self, state, **values):
        steps = {writeoff: {"from": writeoff.state, "to": state} for writeoff in self}
        edited = self.filtered(lambda w: w.state == "draft" and w.submitted_at)
        result = super()._set_state(state, **values)
        if state == "to_approve":
            edited._log_edits()
        kinds = {
            writeoff: writeoff._get_step_kind(step["from"])
            for writeoff, step in steps.items()
        }
        for kind, writeoffs in self.grouped(kinds.get).items():
            payloads = writeoffs._add_digests(kind, steps)
            self.env["inventory.writeoff.event"]._log(kind, payloads)
        return result

    def _get_step_kind(self, old_state):
        if (old_state, self.state) == ("approved", "to_approve"):
            return "sent_back"
        return KINDS.get(self.state, self.state)

    def _add_digests(self, kind, payloads):
        """Add the digest of the content that people sign, to steps that sign it."""
        digests = self._get_content_digest() if kind in SIGNED else {}
        return {
            writeoff: {**payloads[writeoff], "digest": digests.get(writeoff)}
            for writeoff in self
        }

    def _log_edits(self):
        """Log what the requester has changed since the last submission."""
        content = self.env["inventory.writeoff.log.content"]
        before = self._get_logged_contents(["submitted"])
        after = content._read(self)
        payloads = {}
        for writeoff in self.filtered(lambda w: w.id in before):
            changes = content._compare(before[writeoff.id], after[writeoff.id])
            changes = [change for change in changes if self._is_edit(change)]
            if changes:
                payloads[writeoff] = {"changes": changes}
        self.env["inventory.writeoff.event"]._log("edited", payloads)

    def _is_edit(self, change):
        is_of_step = change.get("field") in STEP_FIELDS
        return change["model"] in EDITED_SECTIONS and not is_of_step

    def _confirm_removed(self):
        result = super()._confirm_removed()
        # The rights of the superuser that it runs with are our own code's.
        events = self.sudo(False).env["inventory.writeoff.event"]
        events._log("removed", {w: {"items": w.line_count} for w in self})
        return result

    def write(self, vals):
        dated = self.browse()
        if "accounting_date" in vals:
            dated = self.filtered(lambda w: w.state == "approved")
        result = super().write(vals)
        # What posting sets itself is part of the posting.
        dated = dated.filtered(lambda w: w.state == "approved")
        self.env["inventory.writeoff.event"]._log("dated", dict.fromkeys(dated, {}))
        return result
