from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_register_user_ids = fields.Many2many(
        related="company_id.writeoff_register_user_ids", readonly=False
    )
    writeoff_register_day = fields.Integer(
        related="company_id.writeoff_register_day", readonly=False
    )
