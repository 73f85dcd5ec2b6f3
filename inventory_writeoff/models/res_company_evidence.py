from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    writeoff_evidence_limit = fields.Integer(
        "Largest File of Evidence (MB)",
        default=20,
        help="Larger files are refused as evidence of write-offs.",
    )

    _writeoff_evidence_limit_positive = models.Constraint(
        "CHECK (writeoff_evidence_limit > 0)",
        "The largest file of evidence is a number of megabytes above zero.",
    )
