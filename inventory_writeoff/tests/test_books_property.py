import os
import unittest
from collections import Counter

from odoo.tests import tagged

from .shops import ClockCommon

try:
    import hypothesis
except ImportError:
    hypothesis = None

# The full size: WRITEOFF_EXAMPLES=200 WRITEOFF_STEPS=30 setup/test …
EXAMPLES = int(os.environ.get("WRITEOFF_EXAMPLES") or 8)
STEPS = int(os.environ.get("WRITEOFF_STEPS") or 20)
FIRST_SEED = int(os.environ.get("WRITEOFF_SEED") or 0)


@unittest.skipUnless(hypothesis, "hypothesis is not installed")
@tagged("post_install", "-at_install", "slow")
class TestBooksProperty(ClockCommon):
    """Whatever happens, in whatever order, the books are right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "stock.landed.cost" not in cls.env or "purchase.order" not in cls.env:
            raise unittest.SkipTest("purchase_stock and stock_landed_costs are needed")
        cls.goods = list(cls._create_goods())
        cls.products = cls.env["product.product"].union(*(p for p, _lot in cls.goods))
        cls._age_costs(cls.products)

    @classmethod
    def _create_goods(cls):
        """Yield (product, lot) of every cost method and valuation, plain and by lot."""
        for (method, valuation), category in cls._create_categories().items():
            name = f"{method} {valuation}"
            plain = cls._create_product(name, category)
            yield plain, cls.env["stock.lot"]
            product = cls._create_product(
                f"{name} by lot", category, tracking="lot", lot_valuated=True
            )
            for lot in ("A", "B"):
                yield product, cls._create_lot(product, f"{name} {lot}")

    def test_books(self):
        from .books_machine import run_books

        self.posted = Counter()
        run_books(self, EXAMPLES, STEPS, FIRST_SEED)
        # Whoever changes the machine sees whether it still does what it is for.
        self.assertGreater(self.posted["write-offs"], EXAMPLES)
        self.assertGreater(self.posted["reversals"], 0)
