from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    writeoff_count = fields.Integer(compute="_compute_writeoff_count")

    def _compute_writeoff_count(self):
        counts = self.env["inventory.writeoff.line"]._count_writeoffs("lot_id", self)
        for lot in self:
            lot.writeoff_count = counts.get(lot, 0)

    def action_open_writeoffs(self):
        return self.env["inventory.writeoff"]._action_open(
            [("line_ids.lot_id", "in", self.ids)]
        )
