from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_journal_id = fields.Many2one(
        related="company_id.writeoff_journal_id", readonly=False
    )
    writeoff_loss_account_id = fields.Many2one(
        related="company_id.writeoff_loss_account_id", readonly=False
    )
    writeoff_location_id = fields.Many2one(
        related="company_id.writeoff_location_id", readonly=False
    )
    writeoff_entry_detail = fields.Selection(
        related="company_id.writeoff_entry_detail", readonly=False, required=True
    )
    writeoff_hold_days = fields.Integer(
        related="company_id.writeoff_hold_days", readonly=False
    )
    writeoff_hold_release = fields.Boolean(
        related="company_id.writeoff_hold_release", readonly=False
    )
