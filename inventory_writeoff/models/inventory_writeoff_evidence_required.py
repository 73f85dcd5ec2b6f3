from odoo import Command, api, fields, models


class InventoryWriteoffEvidenceRequired(models.AbstractModel):
    """What reasons and disposal methods have in common: evidence they ask for."""

    _name = "inventory.writeoff.evidence.required"
    _description = "Asks for Evidence"

    evidence_type_ids = fields.Many2many(
        "inventory.writeoff.evidence.type",
        string="Required Evidence",
        compute="_compute_evidence_type_ids",
        inverse="_inverse_evidence_type_ids",
        search="_search_evidence_type_ids",
    )

    @api.depends("evidence_requirement_ids.evidence_type_id")
    def _compute_evidence_type_ids(self):
        for record in self:
            types = record.evidence_requirement_ids.evidence_type_id
            record.evidence_type_ids = types

    def _inverse_evidence_type_ids(self):
        """Ask for these types, each when it is usually due."""
        for record in self:
            requirements = record.evidence_requirement_ids
            types = record.evidence_type_ids
            gone = requirements.filtered(lambda r, t=types: r.evidence_type_id not in t)
            added = types - requirements.evidence_type_id
            record.evidence_requirement_ids = [
                *(Command.delete(requirement.id) for requirement in gone),
                *(Command.create({"evidence_type_id": t.id}) for t in added),
            ]

    def _search_evidence_type_ids(self, operator, value):
        return [("evidence_requirement_ids.evidence_type_id", operator, value)]


class InventoryWriteoffReason(models.Model):
    _name = "inventory.writeoff.reason"
    _inherit = ["inventory.writeoff.reason", "inventory.writeoff.evidence.required"]

    evidence_requirement_ids = fields.One2many(
        "inventory.writeoff.evidence.requirement",
        "reason_id",
        "Evidence Due",
        copy=True,
    )


class InventoryWriteoffDisposalMethod(models.Model):
    _name = "inventory.writeoff.disposal.method"
    _inherit = [
        "inventory.writeoff.disposal.method",
        "inventory.writeoff.evidence.required",
    ]

    evidence_requirement_ids = fields.One2many(
        "inventory.writeoff.evidence.requirement",
        "disposal_method_id",
        "Evidence Due",
        copy=True,
    )
    is_removal = fields.Boolean(
        "Goods Are Taken Away",
        default=True,
        help="The disposal of posted goods is recorded: when, by whom, how much. No: "
        "the goods are gone already.",
    )
