from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..writer import as_writer, drop_code_only, is_writer

# What may be said about a file as long as its write-off was not submitted with it.
EDITABLE = {"evidence_type_id", "note"}
# What a form opens with; other defaults in a context steer nothing here.
DEFAULTS = ("writeoff_id", "evidence_type_id", "supersedes_id", "name", "note")


class InventoryWriteoffEvidence(models.Model):
    """A file that proves a loss, as it was uploaded.

    The file never changes. Once submitted it stays: a better one supersedes it.
    Evidence of theft is read by senior finance, auditors and who uploaded it.
    """

    _name = "inventory.writeoff.evidence"
    _description = "Write-Off Evidence"
    _order = "writeoff_id, id"
    _check_company_auto = True

    writeoff_id = fields.Many2one(
        "inventory.writeoff", "Write-Off", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="writeoff_id.company_id", store=True, index=True
    )
    evidence_type_id = fields.Many2one(
        "inventory.writeoff.evidence.type",
        "Type",
        required=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char("File Name", required=True)
    file = fields.Binary(required=True, attachment=True, copy=False)
    note = fields.Char()
    mimetype = fields.Char("File Type", readonly=True, copy=False)
    size = fields.Integer("Size (Bytes)", readonly=True, copy=False)
    sha256 = fields.Char("SHA-256", readonly=True, copy=False, index=True)
    uploader_id = fields.Many2one(
        "res.users", "Uploaded By", readonly=True, copy=False, ondelete="restrict"
    )
    uploaded_at = fields.Datetime("Uploaded On", readonly=True, copy=False)
    supersedes_id = fields.Many2one(
        "inventory.writeoff.evidence",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The file that this one takes the place of.",
    )
    superseded_by_id = fields.Many2one(
        "inventory.writeoff.evidence",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    accepted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    accepted_at = fields.Datetime("Accepted On", readonly=True, copy=False)
    status = fields.Selection(
        [("added", "Added"), ("accepted", "Accepted"), ("superseded", "Superseded")],
        compute="_compute_status",
    )
    is_confidential = fields.Boolean(
        "Confidential",
        compute="_compute_is_confidential",
        store=True,
        help="Evidence of theft: read by senior finance, auditors and who uploaded it.",
    )
    can_accept = fields.Boolean(compute="_compute_can")
    can_supersede = fields.Boolean(compute="_compute_can")
    can_remove = fields.Boolean(compute="_compute_can")

    @api.depends("writeoff_id.reason_id.kind", "writeoff_id.line_ids.reason_id.kind")
    def _compute_is_confidential(self):
        for evidence in self:
            writeoff = evidence.writeoff_id
            reasons = writeoff.reason_id | writeoff.line_ids.reason_id
            evidence.is_confidential = "theft" in reasons.mapped("kind")

    @api.depends("superseded_by_id", "accepted_by_id")
    def _compute_status(self):
        for evidence in self:
            status = "accepted" if evidence.accepted_by_id else "added"
            evidence.status = "superseded" if evidence.superseded_by_id else status

    @api.depends("superseded_by_id", "accepted_by_id", "writeoff_id.state")
    @api.depends_context("uid")
    def _compute_can(self):
        accept = self._get_cannot_accept_reasons()
        may_add = self.has_access("create")
        for evidence in self:
            is_open = not evidence.writeoff_id._get_cannot_add_evidence_reason()
            is_current = bool(evidence._origin) and not evidence.superseded_by_id
            evidence.can_accept = is_current and not accept[evidence]
            evidence.can_supersede = is_current and is_open and may_add
            evidence.can_remove = is_current and may_add and not evidence._is_frozen()

    @api.depends("evidence_type_id", "name")
    def _compute_display_name(self):
        for evidence in self:
            evidence.display_name = f"{evidence.evidence_type_id.name}: {evidence.name}"

    @api.model_create_multi
    def create(self, vals_list):
        model, vals_list = drop_code_only(self, vals_list)
        defaults = {
            name: model.env.context[f"default_{name}"]
            for name in DEFAULTS
            if f"default_{name}" in model.env.context
        }
        vals_list = [{**defaults, **vals} for vals in vals_list]
        model._check_can_add(vals_list)
        vals_list = [{**vals, **model._prepare_file_vals(vals)} for vals in vals_list]
        # As uploaded: Odoo would shrink photos, and the digest would not fit.
        writer = as_writer(model).with_context(image_no_postprocess=True)
        evidence = super(InventoryWriteoffEvidence, writer).create(vals_list)
        evidence = evidence.with_env(self.env)
        evidence._check_only_once()
        evidence._log("evidence_added")
        evidence._supersede()
        return evidence

    def write(self, vals):
        if not is_writer(self.env):
            self._check_can_write(vals)
        return super().write(vals)

    def unlink(self):
        self.check_access("unlink")
        self._check_can_remove()
        self._log("evidence_removed")
        return super(InventoryWriteoffEvidence, as_writer(self)).unlink()

    def action_accept(self):
        """Say that the file proves what it should."""
        self.check_access("read")
        reasons = filter(None, self._get_cannot_accept_reasons().values())
        if message := "\n".join(reasons):
            raise UserError(message)
        # Whoever accepts a file may not change anything else about it.
        as_writer(self.sudo()).write(
            {"accepted_by_id": self.env.uid, "accepted_at": fields.Datetime.now()}
        )
        self._log("evidence_accepted")

    def action_supersede(self):
        """Ask for the file that takes the place of this one."""
        self.ensure_one()
        return {
            "name": self.env._("Supersede %(file)s", file=self.name),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_writeoff_id": self.writeoff_id.id,
                "default_evidence_type_id": self.evidence_type_id.id,
                "default_supersedes_id": self.id,
            },
        }

    def action_remove(self):
        """Take back files that nobody else has had before their eyes."""
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _get_cannot_accept_reasons(self):
        """Tell why the user cannot accept the files: {evidence: sentence or False}."""
        roles = "approver", "senior", "finance"
        groups = ",".join(f"inventory_writeoff.group_writeoff_{r}" for r in roles)
        has_role = self.env.user.has_groups(groups)
        return {
            evidence: evidence._get_cannot_accept_reason(has_role) for evidence in self
        }

    def _get_cannot_accept_reason(self, has_role):
        if self.superseded_by_id or self.accepted_by_id:
            return self.env._(
                "%(file)s is accepted or superseded already.", file=self.display_name
            )
        if not has_role:
            return self.env._(
                "%(file)s: approvers, senior finance and finance accept evidence.",
                file=self.display_name,
            )
        if self.uploader_id == self.env.user:
            return self.env._(
                "%(file)s: you uploaded it, so someone else must accept it.",
                file=self.display_name,
            )
        return False

    def _check_can_add(self, vals_list):
        ids = {vals.get("writeoff_id") for vals in vals_list} - {None, False}
        writeoffs = self.env["inventory.writeoff"].browse(ids)
        writeoffs.check_access("read")
        for writeoff in writeoffs:
            if reason := writeoff._get_cannot_add_evidence_reason():
                raise UserError(reason)

    def _check_can_write(self, vals):
        if vals.keys() - EDITABLE:
            raise AccessError(
                self.env._(
                    "%(files)s: a file of evidence stays as it was uploaded. Add the "
                    "right one instead.",
                    files=self._join_names(),
                )
            )
        self._check_can_remove()

    def _check_can_remove(self):
        frozen = self.filtered(lambda evidence: evidence._is_frozen())
        if frozen:
            raise UserError(
                self.env._(
                    "%(files)s was submitted with %(writeoffs)s and stays as it is. "
                    "Supersede it by a better file.",
                    files=frozen._join_names(),
                    writeoffs=frozen.writeoff_id._join_names(),
                )
            )

    def _is_frozen(self):
        """Tell whether someone else has had the file before their eyes."""
        self.ensure_one()
        if self.supersedes_id or self.superseded_by_id:
            return True
        return self.writeoff_id._is_submitted_with(self.uploaded_at)

    def _supersede(self):
        """Put the files in the place of those that they supersede."""
        for evidence in self.filtered("supersedes_id"):
            old = evidence.supersedes_id
            old.check_access("read")
            if old.superseded_by_id or old.writeoff_id != evidence.writeoff_id:
                raise UserError(
                    self.env._(
                        "%(file)s cannot be superseded by this file: it belongs to "
                        "another write-off or was superseded before.",
                        file=old.name,
                    )
                )
            as_writer(old.sudo()).superseded_by_id = evidence
            old._log("evidence_superseded")
            old._void_approval_for(evidence)

    def _void_approval_for(self, evidence):
        approved = self.writeoff_id.filtered(lambda w: w._has_approvals())
        if approved:
            approved._void_approval(
                self.env._(
                    "%(type)s was superseded by another file after the approval, so "
                    "it must be approved again.",
                    type=self.evidence_type_id.name,
                )
            )

    def _log(self, kind):
        # A file's name may be confidential; its digest says which one it is.
        payloads = {}
        for evidence in self:
            payloads.setdefault(evidence.writeoff_id, []).append(
                {
                    "evidence": evidence.id,
                    "type": evidence.evidence_type_id.code,
                    "sha256": evidence.sha256,
                    "size": evidence.size,
                    "superseded_by": evidence.superseded_by_id.id or None,
                }
            )
        events = self.env["inventory.writeoff.event"]
        events._log(kind, {w: {"files": files} for w, files in payloads.items()})

    def _join_names(self):
        return ", ".join(self.mapped("display_name"))
