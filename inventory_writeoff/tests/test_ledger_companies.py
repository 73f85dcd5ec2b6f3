from datetime import date

from odoo.tests import tagged

from .books import METHODS, VALUATIONS
from .shops import ShopsCommon


@tagged("post_install", "-at_install", "slow")
class TestLedgerCompanies(ShopsCommon):
    """A11: the books of two companies that keep the same products never mix."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls._create_categories()
        cls.no_lot = cls.env["stock.lot"]

    def _get_quant(self, shop, product):
        return self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", shop.location.id)]
        )

    def _write_off(self, shop, product, quantity):
        writeoff = self.submit_goods(shop, [(self._get_quant(shop, product), quantity)])
        self.post(writeoff)
        return writeoff

    def test_a2_fifo_of_one_company(self):
        """The stock of another company brings no layer back that has been used."""
        here, there = self.shops
        product = self._create_product("Vase", self.categories["fifo", "real_time"])
        here.receive(product, self.no_lot, 5, 10.0)
        here.deliver(product, self.no_lot, 5)
        here.receive(product, self.no_lot, 5, 20.0)
        there.receive(product, self.no_lot, 10, 3.0)
        writeoff = self._write_off(here, product, 3)
        self.assertEqual(writeoff.value_estimated, 60.0)
        self.assertEqual(writeoff.value_posted, 60.0)
        prices = [product.with_env(s.env).standard_price for s in self.shops]
        self.assertEqual(prices, [20.0, 3.0])
        reversal = writeoff.reverse("Counted wrong", {writeoff.line_ids.id: 1})
        reversal.action_submit()
        self.post(reversal)
        self.assertEqual(reversal.value_posted, -20.0)
        self.env.invalidate_all()
        values = [product.with_env(s.env).total_value for s in self.shops]
        self.assertEqual(values, [60.0, 30.0])

    def test_what_is_not_written_yet_counts(self):
        """The value of stock is that of the quantities this transaction knows."""
        here = self.shops[0]
        product = self._create_product("Vase", self.categories["average", "periodic"])
        here.receive(product, self.no_lot, 5, 10.0)
        self.env.flush_all()
        self._get_quant(here, product).sudo().quantity = 3.0
        value = self.env["inventory.valuation"]._get_value(
            here.company, [("product_id", "=", product.id)]
        )
        self.assertEqual(value, 30.0)

    def test_a9_each_company_is_closed(self):
        """Every method and valuation in both: no closing finds anything."""
        products = []
        for method in METHODS:
            for valuation in VALUATIONS:
                category = self.categories[method, valuation]
                product = self._create_product(category.name, category)
                for shop, prices in zip(self.shops, ((10, 20), (30, 50)), strict=True):
                    for price in prices:
                        shop.receive(product, self.no_lot, 10, price)
                products.append(product)
        for shop in self.shops:
            self.assertTrue(shop.close())
        writeoffs = [
            self._write_off(shop, product, 12)
            for product in products
            for shop in self.shops
        ]
        self._assert_shops_closed()
        self._take_back(writeoffs, 5)
        self._assert_shops_closed()

    def _take_back(self, writeoffs, quantity):
        """Return posted reversals of so much of each."""
        reversals = []
        for writeoff in writeoffs:
            reversal = writeoff.reverse("Wrong", {writeoff.line_ids.id: quantity})
            reversal.action_submit()
            self.post(reversal)
            reversals.append(reversal)
        return reversals

    def test_a14_billed_later_between_closings(self):
        """Plain and by lot: a closing before, the write-off, a dearer bill, a closing,
        a reversal. Neither write-off nor reversal leaves a closing anything to find.
        """
        if "purchase.order" not in self.env:
            self.skipTest("purchase_stock is not installed: nothing to bill later")
        shop = self.shops[0]
        goods = self._create_goods()
        orders = [shop.order(product, lot, 10, 10.0) for product, lot in goods]
        self.assertTrue(shop.close())
        writeoffs = [self._write_off(shop, product, 4) for product, _lot in goods]
        self._assert_shops_closed()
        for order in orders:
            shop.bill(order, 12.0)
        shop.close()
        reversals = self._take_back(writeoffs, 1)
        for (product, _lot), writeoff, back in zip(
            goods, writeoffs, reversals, strict=True
        ):
            with self.subTest(product.name):
                values = writeoff.value_posted, back.value_posted
                self.assertEqual(values, (40.0, -10.0))
        self._assert_shops_closed()
        self.assertEqual(self.tie_out(shop).difference, 0.0)

    def _create_goods(self):
        """Return (product, lot) of every method and valuation, plain and by lot."""
        goods = []
        for category in self.categories.values():
            plain = self._create_product(category.name, category)
            name = f"{category.name} by lot"
            product = self._create_product(
                name, category, tracking="lot", lot_valuated=True
            )
            goods += [(plain, self.no_lot), (product, self._create_lot(product, name))]
        return goods

    def _assert_shops_closed(self):
        for shop in self.shops:
            found = shop.close() and shop.read_last_closing()
            self.assertFalse(found, shop.company.name)

    def test_a10_tie_out_of_two_companies(self):
        """One row per company, in its own currency: no sum holds both."""
        product = self._create_product("Vase", self.categories["average", "real_time"])
        for shop, price in zip(self.shops, (10.0, 7.0), strict=True):
            shop.receive(product, self.no_lot, 10, price)
        writeoffs = [self._write_off(shop, product, 4) for shop in self.shops]
        self.env.flush_all()
        currencies = [writeoff.currency_id.name for writeoff in writeoffs]
        self.assertEqual(currencies, ["USD", "EUR"])
        accounts = (self.loss_account, self.other_loss)
        expected = {
            shop.company: (account, value, value, value, 0.0)
            for shop, account, value in zip(
                self.shops, accounts, (40.0, 28.0), strict=True
            )
        }
        rows = self.env["inventory.writeoff.tie.out"]._get_tie_out(
            self.companies, date(2000, 1, 1), date(2100, 1, 1)
        )
        names = ("account_id", "register", "moved", "booked", "difference")
        self.assertEqual(
            {row["company_id"]: tuple(row[name] for name in names) for row in rows},
            expected,
        )
        self.assertEqual(len(rows), 2)
        for shop in self.shops:
            tie_out = self.tie_out(shop)
            account, *sides = expected[shop.company]
            names = ("register", "moved", "booked", "difference")
            self.assertEqual([tie_out[name] for name in names], sides)
            self.assertEqual(tie_out.account_ids.account_id, account)
            self.assertEqual(tie_out.currency_id, shop.company.currency_id)
            items = self._as(self.finance, self.env["inventory.writeoff.tie.out.item"])
            open_items = items.search([("company_id", "=", shop.company.id)])
            self.assertEqual(open_items.currency_id, shop.company.currency_id)
            self.assertEqual(tie_out.count_not_closed, 1)
            self.assertEqual(tie_out.unexplained, 0.0)
