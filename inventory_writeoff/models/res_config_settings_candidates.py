from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_expiry_days = fields.Integer(
        related="company_id.writeoff_expiry_days", readonly=False
    )
    writeoff_aged_days = fields.Integer(
        related="company_id.writeoff_aged_days", readonly=False
    )
    writeoff_expired_reason_id = fields.Many2one(
        related="company_id.writeoff_expired_reason_id", readonly=False
    )
    writeoff_aged_reason_id = fields.Many2one(
        related="company_id.writeoff_aged_reason_id", readonly=False
    )
    writeoff_quarantine_reason_id = fields.Many2one(
        related="company_id.writeoff_quarantine_reason_id", readonly=False
    )
    writeoff_rule_user_id = fields.Many2one(
        related="company_id.writeoff_rule_user_id", readonly=False
    )
