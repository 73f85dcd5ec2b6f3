from odoo import api, models

from ..batch import get_batch


class StockLot(models.Model):
    """Values the lots of a batch together.

    Odoo reads the quantity of each lot by itself, and searches a product's lots over
    all stock of the database.
    """

    _inherit = "stock.lot"

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        batch = None if offset or limit else get_batch(self.env)
        known = batch.recall(self, domain, order) if batch else None
        if known is not None:
            return known.with_prefetch(batch.lot_ids)
        return super().search_fetch(domain, field_names, offset, limit, order)

    def _compute_value(self):
        context, batch = self.env.context, get_batch(self.env)
        if not batch or context.get("to_date") or context.get("warehouse_id"):
            return super()._compute_value()
        layered = self.filtered(
            lambda lot: lot.id in batch.lot_ids and lot.product_id.cost_method == "fifo"
        )
        layered.company_currency_id = self.env.company.currency_id
        quantities = layered._read_valued_quantities()
        for lot in layered:
            quantity = lot.product_id.uom_id.round(quantities.get(lot, 0.0))
            lot.total_value = lot.product_id._run_fifo(quantity, lot=lot)
        return super(StockLot, self - layered)._compute_value()

    def _read_valued_quantities(self):
        """Return {lot: what of it is in the warehouses of the company}."""
        in_warehouses, *_moves = self.env["product.product"]._get_domain_locations()
        groups = self.env["stock.quant"]._read_group(
            [("lot_id", "in", self.ids), *in_warehouses], ["lot_id"], ["quantity:sum"]
        )
        return dict(groups)
