from odoo import models
from odoo.tools import SQL

SNAPSHOT_FIELDS = (
    "supplier_id",
    "received_on",
    "purchase_price",
    "warehouse_id",
    "category_id",
)


class InventoryWriteoffSnapshot(models.AbstractModel):
    """Keeps on items what reports group by, as it is when they are submitted or posted.

    A later receipt of the lot, another first vendor, another category of the product
    or another warehouse of the shelf do not move what was written off before. What
    comes back with a reversal belongs to where its original is.
    """

    _name = "inventory.writeoff.snapshot"
    _description = "What Reports Keep of Write-Offs"

    def _take(self, lines):
        """Write the snapshot of items, with a fixed number of queries."""
        if not lines:
            return
        self._flush()
        # One statement, whatever the number of items: nothing is computed from these
        # fields. Nobody needs rights on receipts and vendors to submit or post.
        self.env.cr.execute(
            SQL(
                """
                WITH found(id, %(names)s) AS MATERIALIZED (%(found)s)
                UPDATE inventory_writeoff_line written SET %(values)s
                  FROM found WHERE written.id = found.id
                """,
                names=SQL(", ").join(map(SQL.identifier, SNAPSHOT_FIELDS)),
                # Before PostgreSQL has statistics of the items, it takes one for all,
                # and would find it again for each that is written.
                found=self._get_sql(lines),
                values=SQL(", ").join(
                    SQL("%s = found.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in SNAPSHOT_FIELDS
                ),
            )
        )
        lines.invalidate_recordset(SNAPSHOT_FIELDS, flush=False)

    def _flush(self):
        for model in (
            "inventory.writeoff.line",
            "product.supplierinfo",
            "product.template",
            "stock.location",
            "stock.move.line",
            "stock.picking",
        ):
            self.env[model].flush_model()
        self.env["stock.move"].flush_model()

    def _get_sql(self, lines):
        # What is found is found once per product or lot: a batch may hold thousands of
        # items of one product with a long history.
        return SQL(
            """
            WITH item AS MATERIALIZED (
                SELECT line.id, line.lot_id, line.origin_line_id, line.company_id,
                       line.product_id, product.product_tmpl_id, template.categ_id,
                       template.uom_id, location.warehouse_id
                  FROM inventory_writeoff_line line
                  JOIN stock_location location ON location.id = line.location_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE line.id IN %(ids)s
            ), goods AS MATERIALIZED (
                SELECT DISTINCT product_id, product_tmpl_id, company_id, uom_id
                  FROM item
            ), origin AS MATERIALIZED (
                SELECT id, %(names)s FROM inventory_writeoff_line
                 WHERE id IN (SELECT origin_line_id FROM item)
            ), receipt AS MATERIALIZED (%(receipt)s),
               vendor AS MATERIALIZED (%(vendor)s),
               purchase AS MATERIALIZED (%(purchase)s)
            SELECT item.id,
                   COALESCE(origin.supplier_id, receipt.partner_id, vendor.partner_id),
                   COALESCE(origin.received_on, receipt.date::date),
                   COALESCE(origin.purchase_price, purchase.price, 0),
                   COALESCE(origin.warehouse_id, item.warehouse_id),
                   COALESCE(origin.category_id, item.categ_id)
              FROM item
         LEFT JOIN origin ON origin.id = item.origin_line_id
         LEFT JOIN receipt ON receipt.lot_id = item.lot_id
         LEFT JOIN vendor ON vendor.product_id = item.product_id
                         AND vendor.company_id = item.company_id
         LEFT JOIN purchase ON purchase.product_id = item.product_id
                           AND purchase.company_id = item.company_id
            """,
            names=SQL(", ").join(map(SQL.identifier, SNAPSHOT_FIELDS)),
            receipt=self._get_sql_receipt(),
            vendor=self._get_sql_vendor(),
            purchase=self._get_sql_purchase(),
            ids=tuple(lines.ids),
        )

    def _get_sql_receipt(self):
        """Return a query: the last receipt of each lot, and who it came from."""
        return SQL(
            """
            SELECT DISTINCT ON (received.lot_id)
                   received.lot_id, received.date, picking.partner_id
              FROM stock_move_line received
              JOIN stock_location source
                ON source.id = received.location_id AND source.usage = 'supplier'
              JOIN stock_move move ON move.id = received.move_id
         LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             WHERE received.state = 'done'
               AND received.lot_id IN (SELECT lot_id FROM item)
          ORDER BY received.lot_id, received.date DESC, received.id DESC
            """
        )

    def _get_sql_vendor(self):
        """Return a query: the first vendor of each product in its company."""
        return SQL(
            """
            SELECT DISTINCT ON (goods.product_id, goods.company_id)
                   goods.product_id, goods.company_id, info.partner_id
              FROM goods
              JOIN product_supplierinfo info
                ON info.product_tmpl_id = goods.product_tmpl_id
               AND COALESCE(info.product_id, goods.product_id) = goods.product_id
               AND COALESCE(info.company_id, goods.company_id) = goods.company_id
          ORDER BY goods.product_id, goods.company_id,
                   info.sequence, info.min_qty DESC, info.price, info.id
            """
        )

    def _get_sql_purchase(self):
        """Return a query: what a unit of each product cost when last received."""
        return SQL(
            """
            SELECT DISTINCT ON (goods.product_id, goods.company_id)
                   goods.product_id, goods.company_id,
                   move.value / NULLIF(
                       move.quantity * unit.factor / product_unit.factor, 0
                   ) AS price
              FROM goods
              JOIN stock_move move ON move.product_id = goods.product_id
               AND move.company_id = goods.company_id
               AND move.state = 'done' AND move.is_in AND move.value > 0
              JOIN stock_location source
                ON source.id = move.location_id AND source.usage = 'supplier'
              JOIN uom_uom unit ON unit.id = move.product_uom
              JOIN uom_uom product_unit ON product_unit.id = goods.uom_id
          ORDER BY goods.product_id, goods.company_id, move.date DESC, move.id DESC
            """
        )
