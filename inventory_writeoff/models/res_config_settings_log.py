from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_head_email = fields.Char(
        related="company_id.writeoff_head_email", readonly=False
    )
