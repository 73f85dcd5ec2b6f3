from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_four_eyes = fields.Boolean(
        related="company_id.writeoff_four_eyes", readonly=False
    )
    writeoff_one_step = fields.Boolean(
        related="company_id.writeoff_one_step", readonly=False
    )
    writeoff_separate_poster = fields.Boolean(
        related="company_id.writeoff_separate_poster", readonly=False
    )
    writeoff_policy_lock = fields.Boolean(
        related="company_id.writeoff_policy_lock", readonly=False
    )
    writeoff_remind_days = fields.Integer(
        related="company_id.writeoff_remind_days", readonly=False
    )
    writeoff_escalate_days = fields.Integer(
        related="company_id.writeoff_escalate_days", readonly=False
    )
    writeoff_escalation_id = fields.Many2one(
        related="company_id.writeoff_escalation_id", readonly=False
    )
    writeoff_split_days = fields.Integer(
        related="company_id.writeoff_split_days", readonly=False
    )
