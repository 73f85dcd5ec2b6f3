from odoo import api, models

from ..batch import get_batch
from .inventory_writeoff_layers import LAYERS_READ


class StockMove(models.Model):
    _inherit = "stock.move"

    def _create_analytic_move(self):
        if get_batch(self.env):
            # Odoo asks move by move whether there is anything of the kind.
            self.with_prefetch().mapped("analytic_account_line_ids")
        return super()._create_analytic_move()

    def _inverse_picked(self):
        if not get_batch(self.env):
            return super()._inverse_picked()
        # What moves and their lines are created with agrees already.
        changed = self.filtered(
            lambda move: any(line.picked != move.picked for line in move.move_line_ids)
        )
        return super(StockMove, changed)._inverse_picked()

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        batch = limit == LAYERS_READ and get_batch(self.env)
        known = batch.recall(self, domain, order) if batch else None
        if known is not None and not offset:
            return known
        if known is not None:
            # Odoo goes on after what it believes to have read.
            offset += len(known) - limit
        return super().search_fetch(domain, field_names, offset, limit, order)
