from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import OrderedSet

from ..writer import is_writer


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    _STOCK_FIELDS = {
        "quantity",
        "product_uom_id",
        "location_id",
        "location_dest_id",
        "lot_id",
        "package_id",
        "result_package_id",
        "owner_id",
        "quant_id",
        "move_id",
    }

    @api.model_create_multi
    def create(self, vals_list):
        move_ids = [vals["move_id"] for vals in vals_list if vals.get("move_id")]
        self.env["stock.move"].browse(move_ids)._check_writeoff_guard()
        lines = super().create(vals_list)
        lines._after_done_change()
        return lines

    def write(self, vals):
        self.move_id._check_writeoff_guard()
        if vals.get("move_id"):
            self.env["stock.move"].browse(vals["move_id"])._check_writeoff_guard()
        result = super().write(vals)
        if self._STOCK_FIELDS & vals.keys():
            self._after_done_change()
        return result

    def unlink(self):
        self.move_id._check_writeoff_guard()
        return super().unlink()

    def _free_reservation(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        ml_ids_to_ignore=None,
    ):
        # What others have reserved goes first; `_protect` then decides about held
        # goods, instead of Odoo handing them out.
        held = self._get_held_lines(product_id, location_id, lot_id, package_id, owner_id)
        if held:
            ml_ids_to_ignore = OrderedSet(ml_ids_to_ignore or ()) | OrderedSet(held.ids)
        return super()._free_reservation(
            product_id,
            location_id,
            quantity,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            ml_ids_to_ignore=ml_ids_to_ignore,
        )

    def _get_held_lines(self, product, location, lot=None, package=None, owner=None):
        """Return the lines that hold these goods for a write-off."""
        return self.search(
            [
                ("move_id.writeoff_id", "!=", False),
                ("state", "not in", ["done", "cancel"]),
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                ("lot_id", "=", lot.id if lot else False),
                ("package_id", "=", package.id if package else False),
                ("owner_id", "=", owner.id if owner else False),
            ]
        )

    def _after_done_change(self):
        """Odoo lets done lines be added and changed: the same rules hold for them."""
        done = self.filtered(lambda line: line.state == "done")
        if done:
            done._check_writeoff_location()
            self.env["inventory.writeoff.hold"]._protect(done)

    def _check_writeoff_location(self):
        """Refuse goods that enter or leave a loss location without a write-off."""
        for line in self:
            if line.move_id.writeoff_id:
                continue
            for location in (line.location_id, line.location_dest_id):
                if location.is_writeoff_location:
                    raise UserError(
                        self.env._(
                            "%(product)s cannot be moved from or to %(location)s: goods "
                            "enter it by a write-off and leave it by reversing one. "
                            "Create a write-off, or open the one to reverse.",
                            product=line.product_id.display_name,
                            location=location.display_name,
                        )
                    )
