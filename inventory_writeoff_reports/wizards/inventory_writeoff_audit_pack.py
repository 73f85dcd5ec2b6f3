from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Statements are printed one after the other, in one request.
MAX_WRITEOFFS = 60
READERS = (
    "inventory_writeoff.group_writeoff_auditor,"
    "inventory_writeoff.group_writeoff_senior,"
    "inventory_writeoff.group_writeoff_finance,"
    "inventory_writeoff.group_writeoff_manager"
)


class InventoryWriteoffAuditPack(models.TransientModel):
    """Chosen write-offs with all that proves them, as one archive to hand over.

    It is for those who read all write-offs of the company. The whole log is none of it:
    that is downloaded by who may, see `inventory_writeoff/controllers/log.py`.
    """

    _name = "inventory.writeoff.audit.pack"
    _description = "Auditor Pack"

    writeoff_ids = fields.Many2many(
        "inventory.writeoff",
        string="Write-Offs",
        required=True,
        default=lambda self: self._default_writeoff_ids(),
    )
    writeoff_count = fields.Integer("Documents", compute="_compute_content")
    evidence_count = fields.Integer("Evidence Files", compute="_compute_content")
    evidence_size = fields.Integer(
        "Size of the Evidence (Bytes)", compute="_compute_content"
    )
    left_out_count = fields.Integer(
        "Confidential Files Left Out",
        compute="_compute_content",
        help="Evidence of theft that you may not read.",
    )
    company_ids = fields.Many2many("res.company", compute="_compute_content")

    def _default_writeoff_ids(self):
        return self.env.context.get("active_ids", [])

    @api.depends("writeoff_ids")
    def _compute_display_name(self):
        for pack in self:
            pack.display_name = self.env._("Auditor Pack")

    @api.depends("writeoff_ids")
    def _compute_content(self):
        for pack in self:
            evidence = pack._get_evidence()
            pack.writeoff_count = len(pack.writeoff_ids)
            pack.evidence_count = len(evidence)
            pack.evidence_size = sum(evidence.mapped("size"))
            pack.left_out_count = sum(pack._count_left_out(evidence).values())
            pack.company_ids = pack.writeoff_ids.company_id

    @api.model_create_multi
    def create(self, vals_list):
        self._check_can_make()
        return super().create(vals_list)

    def action_download(self):
        self.ensure_one()
        self._check_can_download()
        return {
            "type": "ir.actions.act_url",
            "url": f"/inventory_writeoff_reports/audit_pack/{self.id}",
            "target": "download",
        }

    def _check_can_make(self):
        if not self.env.user.has_groups(READERS):
            raise AccessError(
                self.env._(
                    "An auditor pack is made by auditors, finance, senior finance and "
                    "administrators of write-offs, who read all write-offs of the "
                    "company. Print the statement of your write-off instead."
                )
            )

    def _check_can_download(self):
        self._check_can_make()
        self.writeoff_ids.check_access("read")
        if not self.writeoff_ids:
            raise UserError(
                self.env._("Choose at least one write-off for the auditor pack.")
            )
        if len(self.writeoff_ids) > MAX_WRITEOFFS:
            raise UserError(
                self.env._(
                    "%(count)s write-offs are chosen, and an auditor pack holds up to "
                    "%(limit)s. Choose fewer, and make several packs.",
                    count=len(self.writeoff_ids),
                    limit=MAX_WRITEOFFS,
                )
            )

    def _get_evidence(self):
        """Return the files of evidence that the user may read."""
        evidence = self.env["inventory.writeoff.evidence"]
        domain = [("writeoff_id", "in", self.writeoff_ids.ids)]
        return evidence.search(domain, order="writeoff_id, id")

    def _count_left_out(self, evidence):
        """Return {write-off id: how many files the user may not read}."""
        # Only their number is told.
        groups = evidence.sudo()._read_group(
            [
                ("writeoff_id", "in", self.writeoff_ids.ids),
                ("id", "not in", evidence.ids),
            ],
            ["writeoff_id"],
            ["__count"],
        )
        return {writeoff.id: count for writeoff, count in groups}
