from odoo import fields, models


class ResCompany(models.Model):
    """How far a cost may drift between approval and posting."""

    _inherit = "res.company"

    writeoff_drift_percent = fields.Float(
        "Cost Drift (%)",
        default=5.0,
        help="A write-off is approved again when its value at posting differs from the "
        "approved one by more than this and by more than the amount.",
    )
    writeoff_drift_amount = fields.Monetary(
        "Cost Drift (Amount)",
        default=50.0,
        help="A write-off is approved again when its value at posting differs from the "
        "approved one by more than this and by more than the percentage.",
    )

    _writeoff_drift_not_negative = models.Constraint(
        "CHECK (writeoff_drift_percent >= 0 AND writeoff_drift_amount >= 0)",
        "The tolerance for cost drift cannot be negative.",
    )
