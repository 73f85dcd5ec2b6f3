from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_cut_off_date = fields.Date(
        related="company_id.writeoff_cut_off_date", readonly=False
    )
    writeoff_cut_off_days = fields.Integer(
        related="company_id.writeoff_cut_off_days", readonly=False
    )
