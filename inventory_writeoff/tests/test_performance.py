import logging

from odoo.tests import tagged

from .common import WriteoffCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
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
                }
                for number in range(count)
            ]
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
        moves.picked = True
        moves._action_done()
        return products

    def _count(self, action):
        """Return the number of queries of an action on cold caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _measure(self, count, category):
        products = self._create_stocked_products(count, category)
        writeoff = self._create_writeoff(*((product, 2) for product in products))
        counts = {
            "submit": self._count(writeoff.action_submit),
            "approve": self._count(writeoff.with_user(self.approver).action_approve),
            "post": self._count(writeoff.with_user(self.finance).action_post),
        }
        self.assertEqual(writeoff.state, "posted")
        return {step: queries / count for step, queries in counts.items()}

    def test_queries_per_line(self):
        for category in (self.category_avco_auto, self.category_fifo_auto):
            self._measure(2, category)  # fills the registry's caches
            small = self._measure(20, category)
            large = self._measure(200, category)
            _logger.info(
                "queries per line, %s: 20 lines %s, 200 lines %s",
                category.name,
                small,
                large,
            )
            for step, queries in large.items():
                with self.subTest(category=category.name, step=step):
                    self.assertLessEqual(queries, small[step])

    def test_form_of_many_lines(self):
        """On-hand and free quantities of all lines take a fixed number of queries."""
        products = self._create_stocked_products(40, self.category_avco)
        few = self._create_writeoff(*((product, 1) for product in products[:4]))
        many = self._create_writeoff(*((product, 1) for product in products))
        fields = ["on_hand_quantity", "free_quantity"]
        few.line_ids.read(fields)
        count_few = self._count(lambda: few.line_ids.read(fields))
        count_many = self._count(lambda: many.line_ids.read(fields))
        self.assertLessEqual(count_many, count_few)
