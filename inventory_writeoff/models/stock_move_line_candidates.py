from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _check_writeoff_rules(self, goods=None):
        if goods is None:
            goods = self._get_goods(sources_only=True)
        result = super()._check_writeoff_rules(goods)
        self.env["inventory.writeoff.candidate.facts"]._follow_goods(goods)
        return result
