from odoo import fields, models


class InventoryWriteoffTieOutAccount(models.TransientModel):
    _inherit = "inventory.writeoff.tie.out.account"

    moved = fields.Monetary("Stock Moves and Assets")
