from odoo import fields, models
from odoo.tools import SQL


class StockLot(models.Model):
    """Marks held lots."""

    _inherit = "stock.lot"

    writeoff_held = fields.Char(
        "Held",
        compute="_compute_writeoff_held",
        help="How much of this lot is set aside for write-offs, and for which.",
    )

    def _compute_writeoff_held(self):
        held_goods = self.env["inventory.writeoff.held"]
        held = {}
        if self.ids:
            condition = SQL(
                "move.product_id IN %s AND line.lot_id IN %s",
                tuple(self.product_id.ids) or (0,),
                tuple(self.ids),
            )
            held = held_goods._read(SQL("line.lot_id"), condition)
        for lot in self:
            lot.writeoff_held = held_goods._describe(held.get((lot._origin.id,)))
