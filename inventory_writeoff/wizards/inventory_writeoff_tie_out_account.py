from odoo import api, fields, models
from odoo.tools import format_date


class InventoryWriteoffTieOutAccount(models.TransientModel):
    """One loss account in one month, on the three sides of the tie-out."""

    _name = "inventory.writeoff.tie.out.account"
    _description = "Account of the Tie-Out"
    _order = "month, account_id, id"

    tie_out_id = fields.Many2one(
        "inventory.writeoff.tie.out", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="tie_out_id.currency_id")
    account_id = fields.Many2one("account.account", "Loss Account", readonly=True)
    month = fields.Date("First Day of the Month", readonly=True)
    month_name = fields.Char("Month", compute="_compute_month_name")
    register = fields.Monetary(readonly=True)
    moved = fields.Monetary("Stock Moves", readonly=True)
    booked = fields.Monetary("Ledger", readonly=True)
    difference = fields.Monetary(readonly=True)

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for account in self:
            account.month_name = format_date(
                self.env, account.month, date_format="MMMM yyyy"
            )
