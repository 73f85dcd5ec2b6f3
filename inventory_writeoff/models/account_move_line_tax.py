from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Set by code on the items that debit tax given back: they stand on a loss
    # account, but are no cost of goods.
    writeoff_is_tax = fields.Boolean("Tax of a Write-Off", readonly=True, copy=False)
