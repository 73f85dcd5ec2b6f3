from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..batch import Batch, get_batch, in_batch

# How Odoo reads the layers of FIFO: the newest first, so many at once.
LAYERS_ORDER = "date desc, id desc"
LAYERS_READ = 100


class InventoryWriteoffBatch(models.AbstractModel):
    """Reads the layers of FIFO once for all products of a batch.

    Odoo searches them for each product, and for each move again. Its code stays in
    charge: it finds its search answered and the moves in the cache.
    """

    _inherit = "inventory.writeoff.batch"

    def _read_layers(self, records, goods):
        """Return the records with the layers of the goods read.

        For calls that bring no goods in, which would be layers themselves.

        :param goods: lines or move lines of one company
        """
        fifo = goods.filtered(lambda line: line.product_id.cost_method == "fifo")
        if not fifo:
            return records
        batch = get_batch(records.env) or Batch()
        by_lot = fifo.filtered(lambda line: line.product_id.lot_valuated)
        moves, company = records.env["stock.move"].sudo(), records.env.company
        answers = {
            **self._find_layers((fifo - by_lot).product_id, company),
            **self._find_layers_of_lots(by_lot.lot_id, company),
        }
        found = moves.browse({id_ for ids in answers.values() for id_ in ids})
        found.fetch()
        found.move_line_ids.fetch()
        for domain, move_ids in answers.items():
            batch.remember(moves.browse(move_ids), domain, LAYERS_ORDER)
        self._read_lots(batch, by_lot.product_id)
        return in_batch(records, batch)

    def _read_lots(self, batch, products):
        """Answer the search for the lots that make up the value of a product."""
        lots = self.env["stock.lot"].sudo()
        for product_id, lot_ids in self._find_lots(products).items():
            domain = Domain([("product_id", "in", [product_id])])
            domain &= Domain([("product_qty", "!=", 0)])
            batch.remember(lots.browse(lot_ids), domain)
            batch.lot_ids += tuple(lot_ids)

    def _find_lots(self, products):
        """Return {product: its lots on stock}; lots worth nothing do no harm."""
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("lot_id", "!=", False),
                    ("location_id.usage", "in", ["internal", "transit"]),
                ],
                ["product_id"],
                ["lot_id:array_agg_distinct"],
            )
        )
        return {product.id: lot_ids for product, lot_ids in groups}

    def _find_layers(self, products, company):
        """Return {domain of Odoo's search: ids of the layers that cover the stock}."""
        rows = self._query_layers(
            SQL("product_id"),
            SQL("stock_move move"),
            SQL("move.product_id IN %s", tuple(products.ids) or (0,)),
            company,
        )
        return {
            self._get_layers_domain(product, company): rows.get(product.id, [])
            for product in products
        }

    def _find_layers_of_lots(self, lots, company):
        rows = self._query_layers(
            SQL("lot_id"),
            SQL(
                """(SELECT DISTINCT move.*, line.lot_id
                      FROM stock_move move
                      JOIN stock_move_line line ON line.move_id = move.id
                     WHERE line.lot_id IN %s) AS move""",
                tuple(lots.ids) or (0,),
            ),
            SQL("TRUE"),
            company,
        )
        return {
            self._get_layers_domain(lot.product_id, company, lot): rows.get(lot.id, [])
            for lot in lots
        }

    def _query_layers(self, key, moves, condition, company):
        """Return {product or lot: ids of moves in, the newest first}.

        Those of a long history that are not needed for what is on hand are left
        out: Odoo asks for them where it needs them.
        """
        self.env["stock.move"].flush_model()
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT layer.key, ARRAY_AGG(layer.id ORDER BY layer.place)
                  FROM (
                    SELECT move.%(key)s AS key, move.id,
                           ROW_NUMBER() OVER newest AS place,
                           SUM(move.product_qty) OVER newest - move.product_qty
                               AS newer
                      FROM %(moves)s
                     WHERE move.is_in AND move.company_id = %(company)s
                       AND %(condition)s
                    WINDOW newest AS (PARTITION BY move.%(key)s
                                      ORDER BY move.date DESC, move.id DESC)
                  ) AS layer
                  JOIN (
                    SELECT quant.%(key)s AS key, SUM(quant.quantity) AS quantity
                      FROM stock_quant quant
                      JOIN stock_location location
                        ON location.id = quant.location_id
                     WHERE location.usage IN ('internal', 'transit')
                       AND location.company_id = %(company)s
                  GROUP BY quant.%(key)s
                  ) AS stock ON stock.key = layer.key
                 WHERE layer.newer < stock.quantity AND layer.place <= %(limit)s
              GROUP BY layer.key
                """,
                key=key,
                moves=moves,
                condition=condition,
                company=company.id,
                limit=LAYERS_READ,
            )
        )
        return dict(rows)

    def _get_layers_domain(self, product, company, lot=None):
        """Return the domain as `product.product._run_fifo_get_stack` builds it."""
        domain = Domain(
            [("product_id", "=", product.id), ("company_id", "=", company.id)]
        )
        if lot:
            domain &= Domain([("move_line_ids.lot_id", "in", lot.id)])
        return domain & Domain([("is_in", "=", True)])
