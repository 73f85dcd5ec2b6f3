import logging
import time

from odoo.tests import tagged

from .findings import FindingsCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install", "slow")
class TestChecksPerformance(FindingsCommon):
    """All checks together take as many queries for 1,000 items as for 100."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Parameters with which every check has to look at everything.
        cls.checks.write(
            {"severity": "inform", "days": 30, "percent": 1, "factor": 1, "amount": 10}
        )
        cls.company.writeoff_loss_account_id = cls.loss_account

    def _create_document(self, count):
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Item {number}",
                    "is_storable": True,
                    "categ_id": self.category_avco.id,
                    "tracking": ("none", "lot", "serial")[number % 3],
                    "standard_price": 10.0,
                }
                for number in range(count)
            ]
        )
        lots = self.env["stock.lot"].create(
            [
                {"name": f"L{product.id}", "product_id": product.id}
                for product in products
                if product.tracking != "none"
            ]
        )
        by_product = {lot.product_id: lot.id for lot in lots}
        location = self.stock_location
        self.env["stock.quant"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "lot_id": by_product.get(product),
                    "quantity": 1.0,
                }
                for product in products
            ]
        )
        reasons = self.reason | self.env.ref("inventory_writeoff.reason_expired")
        reasons |= self.env.ref("inventory_writeoff.reason_obsolete")
        return [
            (
                product,
                1,
                {
                    "lot_id": by_product.get(product),
                    "reason_id": reasons[number % 3].id,
                },
            )
            for number, product in enumerate(products)
        ]

    def _measure(self, count):
        """Return queries and seconds of an evaluation on cold caches."""
        goods = self._create_document(count)
        self._submit(*goods)
        writeoff = self._create_writeoff(*goods)
        checks = self.env["inventory.writeoff.check"]
        found = []
        queries = self._count_queries(lambda: found.extend(checks._find(writeoff)))
        self.assertGreaterEqual(len(found), count)
        findings = self.env["inventory.writeoff.finding"]
        stored = self._count_queries(findings._replace, writeoff, found)
        _logger.info(
            "checks: %s items, %s findings: %s queries; stored: %s queries",
            count,
            len(found),
            queries,
            stored,
        )
        return queries

    def test_queries_do_not_depend_on_the_items(self):
        self._measure(100)  # fills the registry's caches
        few, many = self._measure(100), self._measure(1000)
        # Odoo prefetches 1,000 records at once: one more may begin a second round.
        self.assertLessEqual(many, few + 4)

    def test_import_is_not_slowed(self):
        """A large document is saved with as many queries with checks as without."""
        products = self._create_product("Vase") | self._create_product("Cup")
        goods = [(product, 1) for product in products] * 500

        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            queries, start = self.env.cr.sql_log_count, time.monotonic()
            writeoff = self._create_writeoff(*goods)
            self.env.flush_all()
            seconds = time.monotonic() - start
            return writeoff, self.env.cr.sql_log_count - queries, seconds

        measure()
        self.checks.severity = "off"
        _writeoff, without, seconds_without = measure()
        self.checks.severity = "inform"
        writeoff, with_checks, seconds = measure()
        _logger.info(
            "saving %s items: %s queries, %.2f s; without checks %s queries, %.2f s",
            len(goods),
            with_checks,
            seconds,
            without,
            seconds_without,
        )
        self.assertFalse(writeoff.checked_at)
        self.assertLessEqual(with_checks, without + 2)
