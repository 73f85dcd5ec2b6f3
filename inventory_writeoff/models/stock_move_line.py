from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..writer import WRITER

# Odoo searches for reservations to free, and does not find those of write-offs. The
# value is the writer's object, which no remote call can send.
SPARE_KEY = "inventory_writeoff_spare_held"


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
        lines = super().create(vals_list)
        lines.move_id._check_writeoff_guard()
        lines._get_done()._check_writeoff_rules()
        return lines

    def write(self, vals):
        self.sudo().move_id._check_writeoff_guard()
        if vals.get("move_id"):
            self.env["stock.move"].browse(vals["move_id"])._check_writeoff_guard()
        if not self._STOCK_FIELDS & vals.keys():
            return super().write(vals)
        # Odoo lets done lines be changed: the same rules hold for them.
        done = self._get_done()
        goods = done._get_goods()
        result = super().write(vals)
        done._check_writeoff_rules(goods | done._get_goods())
        return result

    def unlink(self):
        self.sudo().move_id._check_writeoff_guard()
        return super().unlink()

    @api.model
    def _search(self, domain, *args, **kwargs):
        if self.env.context.get(SPARE_KEY) is WRITER:
            held = Domain("move_id", "any!", [("writeoff_id", "!=", False)])
            domain = Domain(domain) & ~held
        return super()._search(domain, *args, **kwargs)

    def _free_reservation(self, *args, **kwargs):
        if self.move_id.writeoff_id:
            # It has taken what it held; whoever reserved too much keeps the problem.
            return None
        # What others have reserved goes first; `_protect` then decides about held
        # goods, instead of Odoo handing them out.
        spare = self.with_context(**{SPARE_KEY: WRITER})
        return super(StockMoveLine, spare)._free_reservation(*args, **kwargs)

    def _get_done(self):
        return self.sudo().filtered(lambda line: line.state == "done")

    def _get_goods(self, sources_only=False):
        """Return the keys of the goods on shelves that these lines may have taken.

        A key is that of `inventory.writeoff.line._get_stock_key`. A move that is done
        takes from its source; one that is changed afterwards may also take back what
        it had brought.
        """
        goods = set()
        for line in self.sudo():
            ends = [(line.location_id, line.package_id)]
            if not sources_only:
                ends.append((line.location_dest_id, line.result_package_id))
            for location, package in ends:
                if location.usage not in ("internal", "transit"):
                    continue
                # Where a lot runs short, Odoo takes goods without lot.
                for lot_id in {line.lot_id.id or 0, 0}:
                    goods.add(
                        (
                            line.product_id.id,
                            location.id,
                            lot_id,
                            package.id or 0,
                            line.owner_id.id or 0,
                        )
                    )
        return goods

    def _get_destination_key(self):
        """Return the ids of the quant that the goods end up in, False for none."""
        return (
            self.product_id.id,
            self.location_dest_id.id,
            self.lot_id.id,
            self.result_package_id.id,
            self.owner_id.id,
        )

    def _check_writeoff_rules(self, goods=None):
        """Check done lines: the loss locations, and the goods that are held."""
        self._check_writeoff_location()
        if goods is None:
            goods = self._get_goods(sources_only=True)
        held, listed = self.env["inventory.writeoff.hold"]._find_watched(goods)
        self.env["inventory.writeoff.hold"]._protect(held, self.move_id)
        self.env["inventory.writeoff.candidate.facts"]._follow_goods(listed)

    def _check_writeoff_location(self):
        """Refuse goods that enter or leave a loss location without a write-off."""
        lines = self.sudo()
        ours = (lines.location_id | lines.location_dest_id).filtered(
            "is_writeoff_location"
        )
        # Most goods go elsewhere, and need not be looked at one by one.
        for line in lines if ours else ():
            locations = line.location_id | line.location_dest_id
            if locations & ours and not line.move_id.writeoff_id:
                raise UserError(
                    locations._get_writeoff_location_message(line.product_id)
                )
