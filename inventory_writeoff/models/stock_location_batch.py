from odoo import api, models

from ..batch import get_batch


class StockLocation(models.Model):
    _inherit = "stock.location"

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        search, batch = super().search_fetch, get_batch(self.env)
        if not batch:
            return search(domain, field_names, offset, limit, order)
        return batch.search_once(
            self, search, domain, offset=offset, limit=limit, order=order
        )
