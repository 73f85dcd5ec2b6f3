from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    adopting_line_ids = fields.One2many(
        "inventory.writeoff.line", "adopted_move_id", readonly=True
    )
