from odoo import fields, models


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
    month = fields.Date(readonly=True)
    register = fields.Monetary(readonly=True)
    moved = fields.Monetary("Stock Moves", readonly=True)
    booked = fields.Monetary("Ledger", readonly=True)
    difference = fields.Monetary(readonly=True)
