from datetime import timedelta
from unittest import SkipTest

from odoo.sql_db import Savepoint

from .shops import ClockCommon
from .tie_outs import TieOutCommon


class RevaluedCommon(TieOutCommon, ClockCommon):
    """Goods of each cost method and valuation, plain and by lot, in two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = {
            (*key, by_lot): cls._create_goods(" ".join(key), category, by_lot)
            for key, category in cls._create_categories().items()
            for by_lot in (False, True)
        }
        products = [product for product, _lot in cls.goods.values()]
        cls._age_costs(cls.env["product.product"].concat(*products))

    @classmethod
    def _create_goods(cls, name, category, by_lot):
        if not by_lot:
            return cls._create_product(name, category), cls.env["stock.lot"]
        product = cls._create_product(
            f"{name} by lot", category, tracking="lot", lot_valuated=True
        )
        return product, cls._create_lot(product, name)

    def setUp(self):
        super().setUp()
        self.here, self.there = self.shops

    def _later(self):
        self.pass_time(timedelta(hours=1))

    def _for_each(self, check, *methods):
        """Check each combination, with books of its own."""
        for (method, valuation, by_lot), (product, lot) in self.goods.items():
            if methods and method not in methods:
                continue
            with self.subTest(f"{method} {valuation}", by_lot=by_lot):
                savepoint = Savepoint(self.env.cr)
                try:
                    check(product, lot, method, valuation == "real_time")
                finally:
                    self.env.transaction.clear()
                    savepoint.close(rollback=True)
                    self.env.transaction.clear()

    def _read(self, shop):
        """Return {kind: value} of what explains the difference, all of it."""
        self.env.flush_all()
        self.env.invalidate_all()
        tie_out = self.tie_out(shop)
        self.assertEqual(tie_out.unexplained, 0.0)
        return {kind: v for kind, (_n, v) in self._get_explained(tie_out).items() if v}

    def _open_items(self, shop, kind):
        return self._open(self.tie_out(shop), kind)

    def _skip_without(self, *models):
        if missing := [model for model in models if model not in self.env]:
            raise SkipTest(f"{', '.join(missing)}: not installed")
