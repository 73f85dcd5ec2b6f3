from odoo import fields, models


class InventoryWriteoffLine(models.Model):
    """The account that an item's loss was booked on."""

    _inherit = "inventory.writeoff.line"

    # The reason may get another account later; what was posted stays.
    loss_account_id = fields.Many2one(
        "account.account", readonly=True, copy=False, ondelete="restrict"
    )
