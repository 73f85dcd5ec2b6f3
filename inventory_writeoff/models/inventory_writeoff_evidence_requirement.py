from odoo import api, fields, models

from .inventory_writeoff_evidence_type import DUE


class InventoryWriteoffEvidenceRequirement(models.Model):
    """Evidence that a reason or a disposal method asks for, and until when."""

    _name = "inventory.writeoff.evidence.requirement"
    _description = "Required Evidence"
    _order = "id"
    _rec_name = "evidence_type_id"

    reason_id = fields.Many2one(
        "inventory.writeoff.reason", index="btree_not_null", ondelete="cascade"
    )
    disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method",
        index="btree_not_null",
        ondelete="cascade",
    )
    evidence_type_id = fields.Many2one(
        "inventory.writeoff.evidence.type",
        "Evidence",
        required=True,
        index=True,
        ondelete="restrict",
    )
    due = fields.Selection(
        DUE,
        required=True,
        compute="_compute_due",
        store=True,
        precompute=True,
        readonly=False,
    )

    _one_owner = models.Constraint(
        "CHECK (num_nonnulls(reason_id, disposal_method_id) = 1)",
        "Evidence is required either by a reason or by a disposal method.",
    )
    _once_per_reason = models.UniqueIndex(
        "(reason_id, evidence_type_id) WHERE reason_id IS NOT NULL",
        "The reason asks for this evidence already.",
    )
    _once_per_method = models.UniqueIndex(
        "(disposal_method_id, evidence_type_id) WHERE disposal_method_id IS NOT NULL",
        "The disposal method asks for this evidence already.",
    )

    @api.depends("evidence_type_id")
    def _compute_due(self):
        for requirement in self:
            requirement.due = requirement.due or requirement.evidence_type_id.due
