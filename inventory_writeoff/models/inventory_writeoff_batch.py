from odoo import models

from ..batch import Batch, in_batch


class InventoryWriteoffBatch(models.AbstractModel):
    """Spares Odoo's code for stock moves its queries per line."""

    _name = "inventory.writeoff.batch"
    _description = "Batches of Write-Off Moves"

    def _start(self, records, goods, locations):
        """Return the records with the quants of the goods read, locked and at hand.

        :param records: what Odoo's code is called on
        :param goods: lines or move lines that say which products and lots
        :param locations: where their quants are
        """
        quants = self.env["stock.quant"].sudo()
        of_lots = ["|", ("lot_id", "in", goods.lot_id.ids), ("lot_id", "=", False)]
        found = quants._get_quants_by_products_locations(
            goods.product_id, locations, extra_domain=of_lots
        )
        known = quants.union(*found.values())
        batch = Batch()
        batch.locked_ids.update(known.try_lock_for_update(allow_referencing=True).ids)
        known.fetch()
        return in_batch(records, batch, quants_cache=found)

    def _open_quants(self, move_lines):
        """Create, at once, the quants that the goods of these move lines end up in.

        Odoo creates them with what it moves, one by one; these are empty until then.
        """
        quants = self.env["stock.quant"].sudo()
        goods = {line._get_destination_key(): line for line in move_lines}
        of_goods = [
            ("product_id", "in", move_lines.product_id.ids),
            ("location_id", "in", move_lines.location_dest_id.ids),
        ]
        fields = ["product_id", "location_id", "lot_id", "package_id", "owner_id"]
        for *key, _count in quants._read_group(of_goods, fields, ["__count"]):
            goods.pop(tuple(record.id for record in key), None)
        quants._create_empty([dict(zip(fields, key, strict=True)) for key in goods])
