from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_chunk_size = fields.Integer(
        related="company_id.writeoff_chunk_size", readonly=False
    )
    writeoff_hold_size = fields.Integer(
        related="company_id.writeoff_hold_size", readonly=False
    )
