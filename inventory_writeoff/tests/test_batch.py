from contextlib import ExitStack
from unittest.mock import patch

from odoo.tests import tagged

from ..batch import BATCH_KEY
from .common import WriteoffCommon

VALUES = [88.0, 112.0, 112.0, 46.67]


@tagged("post_install", "-at_install")
class TestBatch(WriteoffCommon):
    """What a batch reads ahead changes nothing but the number of queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fifo = cls._create_product("Vase", cls.category_fifo_auto)
        cls.average = cls._create_product("Bowl", cls.category_avco_auto)
        cls.traced = cls._create_product(
            "Jar", cls.category_fifo_auto, tracking="lot", lot_valuated=True
        )
        cls.lots = cls._create_lot(cls.traced, "A") | cls._create_lot(cls.traced, "B")
        for price in (7.0, 9.0, 12.0):
            for product in (cls.fifo, cls.average):
                cls._receive(product, price)
            for lot in cls.lots:
                cls._receive(cls.traced, price, lot)

    @classmethod
    def _receive(cls, product, price, lot=None):
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 10,
                "location_id": cls.supplier_location.id,
                "location_dest_id": cls.stock_location.id,
                "company_id": cls.company.id,
                "value_manual": 10 * price,
            }
        )
        move._action_confirm()
        move._action_assign()
        if lot:
            move.move_line_ids.lot_id = lot
        move.picked = True
        move._action_done()

    def _post_all(self):
        lot_a, lot_b = self.lots
        return self._post(
            (self.fifo, 12),
            (self.average, 12),
            (self.traced, 12, {"lot_id": lot_a.id}),
            (self.traced, 5, {"lot_id": lot_b.id}),
        )

    def _read_books(self, batched):
        """Return what posting leaves behind; it is undone afterwards."""
        with self.cr.savepoint() as savepoint, ExitStack() as stack:
            if not batched:
                batch = type(self.env["inventory.writeoff.batch"])
                for name in ("_start", "_read_layers"):
                    stack.enter_context(
                        patch.object(batch, name, lambda self, records, *args: records)
                    )
                stack.enter_context(
                    patch.object(batch, "_open_quants", lambda self, lines: None)
                )
            before = self.cr.sql_log_count
            writeoff = self._post_all().sudo()
            self.env.flush_all()
            queries = self.cr.sql_log_count - before
            self.env.invalidate_all()
            books = self._get_books(writeoff)
            savepoint.rollback()
        return books, queries

    def _get_books(self, writeoff):
        products = self.fifo | self.average | self.traced
        quants = self.env["stock.quant"].search([("product_id", "in", products.ids)])
        goods = ("product_id", "location_id", "lot_id", "owner_id", "package_id")
        return {
            "values": writeoff.line_ids.mapped("value_posted"),
            "moves": writeoff.stock_move_ids.sorted("id").mapped("value"),
            "prices": [
                *map(self._get_price, products),
                *map(self._get_price, self.lots),
            ],
            "items": [
                (item.account_id, item.balance)
                for item in writeoff.account_move_ids.line_ids.sorted("id")
            ],
            "quants": {
                tuple(quant[field].id for field in goods): (
                    quant.quantity,
                    quant.reserved_quantity,
                    quant.company_id,
                    quant.inventory_quantity_set,
                    quant.inventory_diff_quantity,
                )
                for quant in quants
            },
        }

    def _get_price(self, record):
        return record.with_company(self.company).standard_price

    def test_same_books(self):
        plain, many_queries = self._read_books(batched=False)
        batched, queries = self._read_books(batched=True)
        self.maxDiff = None
        self.assertEqual(batched, plain)
        self.assertLess(queries, many_queries)
        # 10 at 7.00 and 2 at 9.00; the average of the receipts is 9.33, that of a lot
        # too: Odoo takes no layers of lots.
        self.assertEqual(batched["values"], VALUES)

    def test_layers_that_were_not_read(self):
        """Odoo gets the layers that it asks for beyond those read ahead."""
        batch = type(self.env["inventory.writeoff.batch"])
        find = batch._query_layers

        def find_newest(self, *args):
            return {key: ids[:1] for key, ids in find(self, *args).items()}

        with patch.object(batch, "_query_layers", find_newest):
            batched, _queries = self._read_books(batched=True)
        self.assertEqual(batched["values"], VALUES)

    def test_batch_from_outside(self):
        """A context of a remote call is no batch: locks and searches are real."""
        quants = self.env["stock.quant"].search([("product_id", "=", self.fifo.id)])
        false_batch = {"locked_ids": quants.ids, "answers": {}}
        before = self.cr.sql_log_count
        quants.with_context(**{BATCH_KEY: false_batch}).try_lock_for_update(
            allow_referencing=True
        )
        self.assertEqual(self.cr.sql_log_count - before, 1)

    def test_release(self):
        """Giving many goods back takes no query per item."""
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Cup {number}",
                    "is_storable": True,
                    "categ_id": self.category_avco.id,
                }
                for number in range(40)
            ]
        )
        for product in products:
            self.env["stock.quant"]._update_available_quantity(
                product, self.stock_location, 5
            )

        def count(some):
            writeoff = self._submit(*((product, 2) for product in some))
            queries = self._count_queries(writeoff.action_cancel)
            self.assertEqual(self._free(some[0]), 5)
            return queries

        count(products[:2])
        few, many = count(products[:4]), count(products)
        self.assertLessEqual(many, few)
