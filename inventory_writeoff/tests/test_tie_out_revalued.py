from datetime import timedelta
from unittest import SkipTest

from odoo import Command
from odoo.exceptions import UserError
from odoo.sql_db import Savepoint
from odoo.tests import tagged
from odoo.tools import SQL

from .shops import ClockCommon
from .tie_outs import TieOutCommon


@tagged("post_install", "-at_install")
class TestTieOutRevalued(TieOutCommon, ClockCommon):
    """What Odoo has revalued since the last closing, from the records that say so."""

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
                    self.registry.clear_all_caches()

    def _read(self, shop):
        """Return {kind: value} of what explains the difference, all of it."""
        self.env.flush_all()
        self.env.invalidate_all()
        tie_out = self.tie_out(shop)
        self.assertEqual(tie_out.unexplained, 0.0)
        return {kind: v for kind, (_n, v) in self._get_explained(tie_out).items() if v}

    def _open_items(self, shop, kind):
        return self._open(self.tie_out(shop), kind)

    def test_cost_typed_in(self):
        """6 of 10@10 are left, and cost 13.00 now: 18.00, until the closing."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            self.assertEqual(self._read(self.here), {"not_closed": 60.0})
            self.here.set_price(product, lot, 13.0)
            expected = {"not_closed": 60.0, "revalued": 18.0}
            if lot and method == "average":
                # Odoo revalues what has left of a lot as well, not only what is left.
                expected = {"not_closed": 48.0, "revalued": 30.0}
            self.assertEqual(self._read(self.here), expected)
            (item,) = self._open_items(self.here, "revalued")
            self.assertEqual(item.product_id, product)
            self._later()
            self.here.close()
            # Odoo takes no notice of the cost of FIFO goods, until they move.
            left = {"revalued": 18.0} if method == "fifo" else {}
            self.assertEqual(self._read(self.here), left)
            self.assertEqual(self._read(self.there), {})
            self._later()
            self.here.set_price(product, lot, 10.0)
            left = {} if method == "fifo" else {"revalued": -18.0}
            self.assertEqual(self._read(self.here), left)

        self._for_each(check)

    def test_receipt_at_another_price(self):
        """10@12.50 at a standard price of 10.00: −25.00, and +18.00 for 13.00 later."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 12.5)
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": 125.0, "revalued": -25.0})
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            self.here.set_price(product, lot, 13.0)
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": 85.0, "revalued": -7.0})
            values = self._open_items(self.here, "revalued").mapped("value")
            self.assertEqual(sorted(values), [-7.0] if lot else [-25.0, 18.0])
            self._later()
            self.here.close()
            self.assertEqual(self._read(self.here), {})

        self._for_each(check, "standard")

    def test_bills(self):
        """10@10 received, 4 delivered, billed at 12.00: 8.00 went with the goods."""
        self._skip_without("purchase.order")

        def check(product, lot, method, perpetual):
            order = self.here.order(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            kind = "unbilled" if perpetual else "not_closed"
            expected = {"not_closed": -40.0}
            expected[kind] = expected.get(kind, 0.0) + 100.0
            self.assertEqual(self._read(self.here), expected)
            self.here.bill(order, 12.0)
            gone = -20.0 if method == "standard" else -8.0
            left = -40.0 if perpetual else 80.0
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": left, "revalued": gone})
            self._later()
            self.here.close()
            self.assertEqual(self._read(self.here), {})

        self._for_each(check)

    def test_bill_after_the_closing(self):
        """What a closing has taken is billed at 12.00 instead of 10.00 after it."""
        self._skip_without("purchase.order")

        def check(product, lot, method, perpetual):
            order = self.here.order(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            order.action_create_invoice()
            self.here.close()
            self.assertEqual(self._read(self.here), {})
            self._later()
            bill = order.invoice_ids
            bill.invoice_date = self.env.cr.now().date()
            bill.invoice_line_ids.price_unit = 12.0
            bill.action_post()
            expected = {"billed": -120.0} if perpetual else {}
            if method != "standard":
                expected["revalued"] = 12.0
            self.assertEqual(self._read(self.here), expected)
            self._later()
            if expected:
                self.here.close()
            self.assertEqual(self._read(self.here), {})

        self._for_each(check, "standard", "average")

    def test_landed_costs(self):
        """20.00 on 10 goods of which 4 are gone: 12.00 stay in stock."""
        self._skip_without("purchase.order", "stock.landed.cost")

        def check(product, lot, method, perpetual):
            order = self.here.order(product, lot, 10, 10.0)
            self._later()
            self.here.deliver(product, lot, 4)
            self._later()
            before = self._read(self.here)
            cost = self.here.add_freight(order, 20.0)
            landed = {} if perpetual else {"revalued": 12.0}
            self.assertEqual(self._read(self.here), {**before, **landed})
            if landed:
                items = self._open_items(self.here, "revalued")
                self.assertEqual(len(items), 1, items.read())
                item = items
                self.assertEqual((item.reference, item.value), (cost.name, 12.0))
                action = item.with_user(self.clerk).action_open_record()
                self.assertEqual(action["res_id"], cost.id)
            self._later()
            self.here.close()
            self.assertEqual(self._read(self.here), {})
            self._later()
            self.here.add_freight(order, 10.0)
            landed = {} if perpetual else {"revalued": 6.0}
            self.assertEqual(self._read(self.here), landed)

        self._for_each(check, "average", "fifo")

    def test_write_offs(self):
        """What is written off takes no part in what is revalued after it."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 10.0)
            self._later()
            quant = self.env["stock.quant"].search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", self.here.location.id),
                ]
            )
            writeoff = self.submit_goods(self.here, [(quant, 4)])
            self.post(writeoff)
            self._later()
            self.here.set_price(product, lot, 13.0)
            explained = self._read(self.here)
            self.assertEqual(explained, {"not_closed": 100.0, "revalued": 18.0})

        self._for_each(check, "average")

    def test_errors_stay_unexplained(self):
        """Nothing is explained by what is left over: an error shows to the cent."""
        product, lot = self.goods["average", "real_time", False]
        self.here.receive(product, lot, 10, 10.0)
        self._later()
        self.here.close()
        self._later()
        self.here.set_price(product, lot, 13.0)
        self.assertEqual(self._read(self.here), {"revalued": 30.0})
        closing = self.here.company._get_last_stock_closing()
        stock = self.here.company.account_stock_valuation_id
        self._tamper(
            "UPDATE account_move_line SET balance = balance + 7 "
            "WHERE move_id = %s AND account_id = %s",
            closing.id,
            stock.id,
        )
        self.assertEqual(self.tie_out(self.here).unexplained, -7.0)

    def test_cost_changed_without_a_record(self):
        """A cost that no record speaks of is an error, however Odoo values it."""

        def check(product, lot, method, perpetual):
            self.here.receive(product, lot, 10, 10.0)
            self._later()
            self.here.close()
            self._later()
            goods = lot or product
            self._tamper(
                "UPDATE %s SET standard_price = %s WHERE id = %s",
                SQL.identifier(goods._table),
                f'{{"{self.here.company.id}": 13.0}}',
                goods.id,
            )
            self.assertEqual(self.tie_out(self.here).unexplained, 30.0, method)

        self._for_each(check, "standard", "average")

    def test_tampered_bill(self):
        """A bill counts with what it says, not with what stands on the account."""
        self._skip_without("purchase.order")
        product, lot = self.goods["average", "real_time", False]
        order = self.here.order(product, lot, 10, 10.0)
        self._later()
        bill = self.here.bill(order, 12.0)
        self.assertEqual(self._read(self.here), {})
        self._tamper(
            "UPDATE account_move_line SET balance = balance + 5 WHERE id = %s",
            bill.invoice_line_ids.id,
        )
        self.assertEqual(self.tie_out(self.here).unexplained, -5.0)

    def _tamper(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def test_opens_the_records(self):
        product, lot = self.goods["standard", "periodic", False]
        receipt = self.here.receive(product, lot, 10, 12.5)
        self._later()
        self.here.set_price(product, lot, 13.0)
        receipts, prices = self._open_items(self.here, "revalued").sorted("value")
        action = receipts.with_user(self.clerk).action_open_record()
        opened = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(opened, receipt)
        action = prices.with_user(self.clerk).action_open_record()
        opened = self.env[action["res_model"]].search(action["domain"], order="id")
        self.assertEqual((opened[-1].product_id, opened[-1].value), (product, 13.0))
        self.assertLessEqual(opened.product_id | opened.move_id.product_id, product)
        with self.assertRaisesRegex(UserError, "Product Value.*you may not open"):
            prices.action_open_record()

    def test_computed_when_someone_else_acts(self):
        """What finance has not read yet is computed by a user of another company."""
        product, lot = self.goods["average", "real_time", False]
        self.here.receive(product, lot, 10, 10.0)
        stranger = self._create_user("stranger", "stock.group_stock_user")
        there = self.there.company
        stranger.write(
            {"company_id": there.id, "company_ids": [Command.set(there.ids)]}
        )
        self.env.flush_all()
        values = {"company_id": self.here.company.id, "date_from": "2000-01-01"}
        finance = self._as(self.finance, self.env["inventory.writeoff.tie.out"])
        tie_out = finance.create(values)
        tie_out.action_refresh()
        tie_out.with_user(stranger).env.flush_all()
        self.assertEqual(tie_out.difference, 0.0)

    def _skip_without(self, *models):
        if missing := [model for model in models if model not in self.env]:
            raise SkipTest(f"{', '.join(missing)}: not installed")
