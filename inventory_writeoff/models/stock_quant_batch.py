from odoo import api, models

from odoo.addons.stock.models.stock_quant import StockQuant as OdooQuant

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

    def _create_empty(self, vals_list):
        """Create quants without quantity, all in one statement.

        Odoo's own `create` sorts out values that come from a count and then creates
        each quant by itself. These come from no count.
        """
        if not self._can_create_at_once():
            return self.create(vals_list)
        create_all = super(OdooQuant, self).create
        return create_all(
            [{**vals, "inventory_quantity_set": False} for vals in vals_list]
        )

    def _can_create_at_once(self):
        """Tell whether no other add-on has something to do when quants are created."""
        creators = [cls for cls in type(self).__mro__ if "create" in vars(cls)]
        others = creators[: creators.index(OdooQuant)]
        ours = __package__.partition(".models")[0]
        return all(cls.__module__.startswith(ours) for cls in others)
