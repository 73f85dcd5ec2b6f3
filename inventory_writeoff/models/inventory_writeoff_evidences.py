from collections import defaultdict

from odoo import api, fields, models

CLOSED_STATES = ("rejected", "cancelled")
# What is due at a moment was also due before it.
MOMENTS = ("submission", "posting", "closing")


class InventoryWriteoff(models.Model):
    """The evidence of a write-off, and what of it is still to come."""

    _inherit = "inventory.writeoff"

    evidence_ids = fields.One2many(
        "inventory.writeoff.evidence", "writeoff_id", copy=False
    )
    evidence_count = fields.Integer(compute="_compute_evidence_count")
    evidence_hidden_count = fields.Integer(
        compute="_compute_evidence_count",
        help="Files that only senior finance and auditors read.",
    )
    evidence_missing = fields.Text(
        compute="_compute_evidence_missing",
        compute_sudo=True,
        help="Evidence that the reasons and disposal methods of the items ask for.",
    )

    @api.depends("evidence_ids")
    @api.depends_context("uid")
    def _compute_evidence_count(self):
        domain = [("writeoff_id", "in", self.ids), ("superseded_by_id", "=", False)]
        evidence = self.env["inventory.writeoff.evidence"]
        groups = ["writeoff_id"], ["__count"]
        # Only the number: everyone may know that there is something to read.
        counts = dict(evidence.sudo()._read_group(domain, *groups))
        seen = dict(evidence._read_group(domain, *groups))
        for writeoff in self:
            count = counts.get(writeoff._origin, 0)
            writeoff.evidence_count = count
            writeoff.evidence_hidden_count = count - seen.get(writeoff._origin, 0)

    @api.depends(
        "evidence_ids.evidence_type_id",
        "evidence_ids.superseded_by_id",
        "line_ids.reason_id",
        "line_ids.disposal_method_id",
    )
    def _compute_evidence_missing(self):
        missing = {moment: self._get_missing_evidence(moment) for moment in MOMENTS}
        labels = self.env["inventory.writeoff.evidence.requirement"]._fields["due"]
        labels = dict(labels._description_selection(self.env))
        for writeoff in self:
            writeoff.evidence_missing = "\n".join(
                f"{labels[moment]}: {', '.join(types[writeoff].mapped('name'))}"
                for moment, types in missing.items()
                if types[writeoff]
            )

    def action_add_evidence(self):
        """Ask for a file and what it is."""
        self.ensure_one()
        return {
            "name": self.env._("Add Evidence"),
            "type": "ir.actions.act_window",
            "res_model": "inventory.writeoff.evidence",
            "view_mode": "form",
            "target": "new",
            "context": {"default_writeoff_id": self.id},
        }

    def _get_cannot_add_evidence_reason(self):
        """Return why no evidence can be added to the write-off, or False."""
        self.ensure_one()
        return self.state in CLOSED_STATES and self._get_wrong_state_reason()

    def _is_submitted_with(self, moment):
        """Tell whether what was added at a moment has been submitted since.

        What came after a rejection, before the next submission, has not.
        """
        self.ensure_one()
        if not self.submitted_at or not moment:
            return False
        return self.state != "draft" or moment <= self.submitted_at

    def _get_missing_evidence(self, *moments):
        """Return {write-off: types of evidence due at the moments and not there}."""
        required = self._get_required_evidence(*moments)
        domain = [("writeoff_id", "in", self.ids), ("superseded_by_id", "=", False)]
        # What is there counts, also for who may not read it.
        evidence = self.env["inventory.writeoff.evidence"].sudo()
        given = dict(
            evidence._read_group(
                domain, ["writeoff_id"], ["evidence_type_id:recordset"]
            )
        )
        nothing = self.env["inventory.writeoff.evidence.type"]
        return {
            writeoff: required[writeoff] - given.get(writeoff._origin, nothing)
            for writeoff in self
        }

    def _get_required_evidence(self, *moments):
        """Return {write-off: types of evidence due at the moments}."""
        lines = self.line_ids
        requirements = self.env["inventory.writeoff.evidence.requirement"].search(
            [
                ("due", "in", moments),
                "|",
                ("reason_id", "in", lines.reason_id._origin.ids),
                ("disposal_method_id", "in", lines.disposal_method_id._origin.ids),
            ]
        )
        types = defaultdict(self.env["inventory.writeoff.evidence.type"].browse)
        for requirement in requirements:
            owner = requirement.reason_id or requirement.disposal_method_id
            types[owner] |= requirement.evidence_type_id
        required = {}
        for writeoff in self:
            required[writeoff] = types[False]
            if writeoff.reversal_of_id:
                # Nothing is lost by what comes back.
                continue
            owners = writeoff.line_ids.reason_id, writeoff.line_ids.disposal_method_id
            for records in owners:
                for record in records._origin:
                    required[writeoff] |= types[record]
        return required
