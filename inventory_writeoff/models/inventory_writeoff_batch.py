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
        found = quants._get_quants_by_products_locations(
            goods.product_id,
            locations,
            extra_domain=[
                "|",
                ("lot_id", "in", goods.lot_id.ids),
                ("lot_id", "=", False),
            ],
        )
        known = quants.union(*found.values())
        batch = Batch()
        batch.locked_ids.update(known.try_lock_for_update(allow_referencing=True).ids)
        known.fetch()
        return in_batch(records, batch, quants_cache=found)
