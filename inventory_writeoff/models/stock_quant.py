from odoo import api, models
from odoo.exceptions import UserError


class StockQuant(models.Model):
    """Quants: a user may write them directly, but not what a write-off holds.

    Odoo's own operations write quants in sudo mode and are judged by their moves.
    """

    _inherit = "stock.quant"

    _GOODS_FIELDS = {
        "quantity",
        "reserved_quantity",
        "product_id",
        "location_id",
        "lot_id",
        "package_id",
        "owner_id",
    }

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        if not self.env.su:
            fields_given = set().union(*vals_list)
            quants._check_writeoff_rules(quants._get_goods(), fields_given)
        return quants

    def write(self, vals):
        if self.env.su or not self._GOODS_FIELDS & vals.keys():
            return super().write(vals)
        goods = self._get_goods()
        self._check_writeoff_location()
        result = super().write(vals)
        self._check_writeoff_rules(goods | self._get_goods(), vals.keys())
        return result

    def _get_goods(self):
        """Return the keys of the goods, as `inventory.writeoff.line` has them."""
        return {
            (
                quant.product_id.id,
                quant.location_id.id,
                quant.lot_id.id or 0,
                quant.package_id.id or 0,
                quant.owner_id.id or 0,
            )
            for quant in self.sudo()
        }

    def _check_writeoff_rules(self, goods, fields_given):
        self._check_writeoff_location()
        hold = self.env["inventory.writeoff.hold"]
        columns = {"quantity", "reserved_quantity"}
        for column in (columns & set(fields_given)) or columns:
            shortages = hold._get_taken_holds(goods, column)
            if shortages:
                raise UserError(hold._get_taken_message(shortages))

    def _check_writeoff_location(self):
        for quant in self.sudo():
            if quant.location_id.is_writeoff_location:
                raise UserError(
                    quant.location_id._get_writeoff_location_message(quant.product_id)
                )
