from odoo import fields, models

from ..writer import as_writer


class InventoryWriteoffApproval(models.Model):
    """Each of several approvals is given for the same content."""

    _inherit = "inventory.writeoff.approval"

    # The digest of the decision counts the evidence that was there by then.
    evidence_digests = fields.Json(readonly=True, copy=False, prefetch=False)

    def _fits(self, content):
        """Tell whether the decision was on this content, later evidence apart."""
        self.ensure_one()
        known = self.evidence_digests or {}
        if known.items() - content["evidence"].items():
            return False
        digest = self.env["inventory.writeoff.content"]._hash
        return digest({**content, "evidence": known}) == self.digest


class InventoryWriteoff(models.Model):
    _inherit = "inventory.writeoff"

    def _decide(self, decision, comment=None):
        before = self._get_decided_steps()
        result = super()._decide(decision, comment)
        contents = self._get_content()
        for step in as_writer(self._get_decided_steps() - before):
            step.evidence_digests = contents[step.writeoff_id]["evidence"]
        return result

    def _get_decided_steps(self):
        return self.sudo()._get_round_steps().filtered("decided_by_id")

    def _get_content_changes(self):
        """Find also what was changed between the first approval and the last."""
        changes = super()._get_content_changes()
        steps = self.sudo()._get_round_steps()
        for step in steps.filtered(lambda step: step.state == "approved"):
            writeoff = step.writeoff_id.with_env(self.env)
            if writeoff in changes or step._fits(writeoff.approved_content):
                continue
            changes[writeoff] = [
                self.env._(
                    "The approval %(step)s of %(user)s was given for another content.",
                    step=step.name,
                    user=step.decided_by_id.name,
                )
            ]
        return changes

    def _has_approvals(self):
        """Tell whether somebody has approved what is there now."""
        self.ensure_one()
        states = self.sudo()._get_round_steps().mapped("state")
        return self.state == "approved" or "approved" in states
