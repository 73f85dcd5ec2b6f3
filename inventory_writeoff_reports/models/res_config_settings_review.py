from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_review_user_id = fields.Many2one(
        related="company_id.writeoff_review_user_id", readonly=False
    )
    writeoff_review_percent = fields.Float(
        related="company_id.writeoff_review_percent", readonly=False
    )
    writeoff_selling_percent = fields.Float(
        related="company_id.writeoff_selling_percent", readonly=False
    )
