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
