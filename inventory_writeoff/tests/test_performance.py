import logging

from odoo.tests import tagged

from .common import WriteoffCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install", "slow")
class TestPerformance(WriteoffCommon):
    """A large write-off costs no more queries per line than a small one."""

    def _create_stocked_products(self, count, category, tracking="none"):
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Item {number}",
                    "is_storable": True,
                    "categ_id": category.id,
                    "standard_price": 10.0,
                    "tracking": tracking,
                    "lot_valuated": tracking == "lot",
                }
                for number in range(count)
            ]
        )
        if tracking == "lot":
            lots = self.env["stock.lot"].create(
                [{"name": "L", "product_id": product.id} for product in products]
            )
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": 5,
                    "location_id": self.supplier_location.id,
                    "location_dest_id": self.stock_location.id,
                    "company_id": self.company.id,
                    "price_unit": 10.0,
                }
                for product in products
            ]
        )
        moves._action_confirm()
        moves._action_assign()
        if tracking == "lot":
            for line, lot in zip(moves.move_line_ids, lots, strict=True):
                line.lot_id = lot
        moves.picked = True
        moves._action_done()
        return products

    def _measure(self, count, category, tracking="none"):
        products = self._create_stocked_products(count, category, tracking)
        lots = self.env["stock.lot"].search([("product_id", "in", products.ids)])
        lot_ids = {lot.product_id: lot.id for lot in lots}
        writeoff = self._create_writeoff(
            *((product, 2, {"lot_id": lot_ids.get(product)}) for product in products)
        )
        counts = {
            step: self._count_queries(action)
            for step, action in (
                ("submit", writeoff.action_submit),
                ("approve", writeoff.with_user(self.approver).action_approve),
                ("post", writeoff.with_user(self.finance).action_post),
            )
        }
        self.assertEqual(writeoff.state, "posted")
        return counts

    def _assert_no_query_per_line(self, *goods, few=10, many=50):
        """Lines more cost what rows more cost: Odoo writes a hundred at once."""
        self._measure(2, *goods)  # fills the registry's caches
        small, large = self._measure(few, *goods), self._measure(many, *goods)
        for step, queries in large.items():
            slope = (queries - small[step]) / (many - few)
            _logger.info("%s: %s queries more per line", step, slope)
            with self.subTest(step=step):
                self.assertLessEqual(slope, 0.1)

    def test_average(self):
        self._assert_no_query_per_line(self.category_avco_auto, few=20, many=100)

    def test_fifo(self):
        self._assert_no_query_per_line(self.category_fifo_auto)

    def test_fifo_by_lot(self):
        self._assert_no_query_per_line(self.category_fifo_auto, "lot")

    def test_entry_per_item(self):
        self.company.writeoff_entry_detail = "line"
        self._assert_no_query_per_line(self.category_avco_auto)

    def test_form_of_many_lines(self):
        """On-hand and free quantities of all lines take a fixed number of queries."""
        products = self._create_stocked_products(40, self.category_avco)
        few = self._create_writeoff(*((product, 1) for product in products[:4]))
        many = self._create_writeoff(*((product, 1) for product in products))
        fields = ["on_hand_quantity", "free_quantity"]
        few.line_ids.read(fields)
        count_few = self._count_queries(lambda: few.line_ids.read(fields))
        count_many = self._count_queries(lambda: many.line_ids.read(fields))
        self.assertLessEqual(count_many, count_few)

    def test_items_of_an_entry_are_updated_once(self):
        """After they are inserted, all that posting changes of them is one update."""
        self.company.writeoff_entry_detail = "line"
        products = self._create_stocked_products(3, self.category_avco)
        approved = self._approve(*((product, 2) for product in products))
        self.env.flush_all()
        before = self._count_updates("account_move_line")
        approved.with_user(self.finance).action_post()
        self.env.flush_all()
        items = approved.sudo().account_move_ids.line_ids
        self.assertEqual(len(items), 6)
        updates = self._count_updates("account_move_line") - before
        self.assertEqual(updates, len(items))

    def _count_updates(self, table):
        """Return how many rows of a table this transaction has updated."""
        self.env.cr.execute(
            "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = %s",
            (table,),
        )
        return self.env.cr.fetchone()[0]
