from odoo import api, models

from ..batch import get_batch


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.private
    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        batch = get_batch(self.env)
        if batch and allow_referencing and batch.locked_ids.issuperset(self.ids):
            return self[:limit]
        return super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )
