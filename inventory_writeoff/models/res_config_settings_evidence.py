from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_evidence_limit = fields.Integer(
        related="company_id.writeoff_evidence_limit", readonly=False
    )
