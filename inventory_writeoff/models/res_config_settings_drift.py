from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_drift_percent = fields.Float(
        related="company_id.writeoff_drift_percent", readonly=False
    )
    writeoff_drift_amount = fields.Monetary(
        related="company_id.writeoff_drift_amount", readonly=False
    )
