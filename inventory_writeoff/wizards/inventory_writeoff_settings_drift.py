from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    """How far a cost may drift between approval and posting."""

    _inherit = "inventory.writeoff.settings"

    currency_id = fields.Many2one(related="company_id.currency_id")
    writeoff_drift_percent = fields.Float(
        "Cost Drift (%)",
        help="A write-off is approved again when its value at posting differs from the "
        "approved one by more than this and by more than the amount.",
    )
    writeoff_drift_amount = fields.Monetary(
        "Cost Drift (Amount)",
        help="A write-off is approved again when its value at posting differs from the "
        "approved one by more than this and by more than the percentage.",
    )
