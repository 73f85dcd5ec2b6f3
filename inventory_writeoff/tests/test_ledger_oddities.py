from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .books import BooksCommon
from .reversals import ReversalCommon


@tagged("post_install", "-at_install", "slow")
class TestLedgerOddities(BooksCommon, ReversalCommon):
    """What the books show of goods, products and companies out of the ordinary."""

    def _get_items(self, writeoff):
        """Return [(account, balance)] of the entry, the largest credit first."""
        items = writeoff.sudo().account_move_ids.line_ids.sorted("balance")
        return [(item.account_id, item.balance) for item in items]

    def test_a1_negative_cost(self):
        """Goods that cost to keep: the entry is the other way round, and balanced."""
        product = self._create_product(
            "Waste", self.category_standard_auto, standard_price=-5.0
        )
        self._make_in_move(product, 10)
        self._close()
        writeoff = self._post((product, 2))
        self.assertEqual(writeoff.value_posted, -10.0)
        self.assertEqual(
            self._get_items(writeoff),
            [(self.loss_account, -10.0), (self.account_stock_valuation, 10.0)],
        )
        self._assert_closed()
        self.assertEqual(self._reverse(writeoff).value_posted, 10.0)
        self._assert_closed()

    def test_a7_account_of_the_category(self):
        """Each category credits its own valuation account, in one entry."""
        first = self._create_account("WOINV1", "Glass", "asset_current")
        second = self._create_account("WOINV2", "Steel", "asset_current")
        products = [
            self._create_product(
                account.name,
                self._create_category(
                    account.name, property_stock_valuation_account_id=account.id
                ),
            )
            for account in (first, second)
        ]
        for product in products:
            self._make_in_move(product, 10, 10.0)
        writeoff = self._post((products[0], 3), (products[1], 2))
        self.assertEqual(
            self._get_items(writeoff),
            [(first, -30.0), (second, -20.0), (self.loss_account, 50.0)],
        )
        reversal = self._reverse(writeoff, {writeoff.line_ids[1]: 1})
        self.assertEqual(
            self._get_items(reversal), [(self.loss_account, -10.0), (second, 10.0)]
        )

    def test_a7_category_changed_after_approval(self):
        """Posting takes the account of the new category, and its rule for reasons."""
        account = self._create_account("WOINV1", "Glass", "asset_current")
        category = self._create_category(
            "Glass", property_stock_valuation_account_id=account.id
        )
        product = self._create_product("Vase", self._create_category("Before"))
        self._make_in_move(product, 10, 10.0)
        writeoff = self._approve((product, 3))
        product.categ_id = category
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(
            self._get_items(writeoff), [(account, -30.0), (self.loss_account, 30.0)]
        )
        other = self._approve((product, 1))
        self.reason.category_ids = self._create_category("Elsewhere")
        with self.assertRaisesRegex(UserError, "not meant for products of category"):
            other.with_user(self.finance).action_post()

    def test_a7_valuation_account_removed_after_approval(self):
        product = self._create_product("Vase")
        self._make_in_move(product, 10, 10.0)
        writeoff = self._approve((product, 3))
        account = self.company.account_stock_valuation_id
        self.category_avco.property_stock_valuation_account_id = False
        self.company.account_stock_valuation_id = False
        self.env["ir.default"].set(
            "product.category",
            "property_stock_valuation_account_id",
            False,
            company_id=self.company.id,
        )
        with self.assertRaisesRegex(UserError, r"Vase.*no stock valuation account"):
            writeoff.with_user(self.finance).action_post()
        self.company.account_stock_valuation_id = account
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.value_posted, 30.0)

    def test_a1_cost_method_changed_after_approval(self):
        """The value is that of the method at posting: the stock move's."""
        for method, value in (("fifo", 70.0), ("average", 90.0), ("standard", 60.0)):
            with self.subTest(method):
                before = "average" if method == "standard" else "standard"
                category = self._create_category(method, before)
                product = self._create_product(method, category)
                self._make_in_move(product, 5, 10.0)
                self._make_in_move(product, 5, 20.0)
                writeoff = self._approve((product, 6))
                category.property_cost_method = method
                product.invalidate_recordset()
                if method == "standard":
                    product.standard_price = 10.0
                product._update_standard_price()
                self._close()
                writeoff.with_user(self.finance).action_post()
                self.assertEqual(writeoff.value_posted, value)
                self.assertEqual(writeoff.sudo().stock_move_ids.value, value)
                self._assert_closed()

    def test_a8_owner_is_the_company(self):
        """Goods of the company's own contact are the company's."""
        product = self._create_product("Vase")
        self._make_in_move(product, 5, 10.0, owner_id=self.company.partner_id.id)
        writeoff = self._post((product, 2, {"owner_id": self.company.partner_id.id}))
        self.assertEqual(writeoff.value_posted, 20.0)
        self.assertEqual(self._reverse(writeoff).value_posted, -20.0)

    def test_a13_units(self):
        """Grams of what is kept in kilograms, a dozen of what is kept by piece."""
        kilogram, gram = (
            self.env.ref(f"uom.product_uom_{name}") for name in ("kgm", "gram")
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        for unit, other, quantity, value in (
            (kilogram, gram, 1500, 15.0),
            (self.uom, dozen, 2, 240.0),
        ):
            with self.subTest(other.name):
                product = self._create_product(
                    other.name, uom_id=unit.id, uom_ids=[Command.link(other.id)]
                )
                self._make_in_move(product, 100, 10.0, uom_id=unit.id)
                writeoff = self._post((product, quantity, {"product_uom_id": other.id}))
                self.assertEqual(writeoff.value_posted, value)
                self.assertEqual(self._reverse(writeoff).value_posted, -value)
                self.assertEqual(self._on_hand(product), 100.0)

    def test_packages_and_serials_come_back(self):
        """Into the same package, with the same serial numbers."""
        product = self._create_product("Phone", tracking="serial")
        serials = self.env["stock.lot"].create(
            [{"product_id": product.id, "name": name} for name in ("S1", "S2")]
        )
        package = self.env["stock.package"].create({"name": "Box 7"})
        for serial in serials:
            self.env["stock.quant"]._update_available_quantity(
                product, self.stock_location, 1, lot_id=serial, package_id=package
            )
        writeoff = self._post(
            *[
                (product, 1, {"lot_id": serial.id, "package_id": package.id})
                for serial in serials
            ]
        )
        self.assertFalse(package.quant_ids.filtered("quantity"))
        self._reverse(writeoff, {writeoff.line_ids[0]: 1})
        self.assertEqual(package.quant_ids.filtered("quantity").lot_id, serials[0])
        self._reverse(writeoff)
        self.assertEqual(package.quant_ids.filtered("quantity").lot_id, serials)

    def test_secured_journal(self):
        """A journal whose posted entries are hashed: posted, hashed and reversed."""
        journal = self.env["account.journal"].create(
            {"name": "Secured", "code": "WOSEC", "type": "general"}
        )
        journal.restrict_mode_hash_table = True
        self.company.writeoff_journal_id = journal
        product = self._create_product("Vase")
        self._make_in_move(product, 10, 10.0)
        writeoff = self._post((product, 3))
        reversal = self._reverse(writeoff, {writeoff.line_ids: 1})
        entries = (writeoff | reversal).sudo().account_move_ids
        self.assertEqual(entries.mapped("state"), ["posted", "posted"])
        self.assertTrue(all(entries.mapped("inalterable_hash")))
        rest = self._reverse(writeoff)
        self.assertEqual(rest.value_posted, -20.0)
        self.assertEqual(writeoff.state, "reversed")

    def test_a14_received_and_billed_later(self):
        """−40.00 before the bill, and 60.00 = 60.00 after it; a reversal fits in."""
        if "purchase.order" not in self.env:
            self.skipTest("purchase_stock is not installed: nothing to bill later")
        for method in ("average", "fifo"):
            for reverse_first in (False, True):
                with self.subTest(method=method, reverse_first=reverse_first):
                    account = self._create_account(
                        f"WOINV{method}{reverse_first}", "Stock", "asset_current"
                    )
                    account.account_stock_variation_id = (
                        self.account_stock_valuation.account_stock_variation_id
                    )
                    category = self._create_category(
                        f"{method} {reverse_first}",
                        method,
                        property_stock_valuation_account_id=account.id,
                    )
                    product = self._create_product("Vase", category)
                    order = self._buy(product, 10, 10.0)
                    writeoff = self._post((product, 4))
                    self.assertEqual(self._balance(account), -40.0)
                    back = 0
                    if reverse_first:
                        self._reverse(writeoff, {writeoff.line_ids: 1})
                        back = 10.0
                        self.assertEqual(self._balance(account), -30.0)
                    self._bill(order)
                    self.env.invalidate_all()
                    value = product.with_company(self.company).total_value
                    self.assertEqual(self._balance(account), 60.0 + back)
                    self.assertEqual(value, 60.0 + back)
                    self._reverse(writeoff)
                    self.env.invalidate_all()
                    value = product.with_company(self.company).total_value
                    self.assertEqual((self._balance(account), value), (100.0, 100.0))

    def test_a15_landed_cost_afterwards(self):
        """What arrives later changes no loss, nor what a reversal gives back."""
        if "stock.landed.cost" not in self.env:
            self.skipTest("stock_landed_costs is not installed: no freight to add")
        product = self._create_product("Vase", self.category_fifo_auto)
        freight = self.env["product.product"].create(
            {"name": "Freight", "type": "service", "landed_cost_ok": True}
        )
        order = self._buy(product, 10, 10.0)
        writeoff = self._post((product, 4))
        cost = self.env["stock.landed.cost"].create(
            {
                "account_journal_id": self.company.account_stock_journal_id.id,
                "company_id": self.company.id,
                "picking_ids": [Command.set(order.picking_ids.ids)],
                "cost_lines": [
                    Command.create(
                        {
                            "product_id": freight.id,
                            "price_unit": 30.0,
                            "split_method": "equal",
                            "account_id": self.account_expense.id,
                        }
                    )
                ],
            }
        )
        cost.compute_landed_cost()
        cost.button_validate()
        self.env.invalidate_all()
        self.assertEqual(
            order.picking_ids.move_ids.value, 130.0, "the freight has arrived"
        )
        self.assertEqual(writeoff.value_posted, 40.0)
        self.assertEqual(writeoff.sudo().stock_move_ids.value, 40.0)
        self.assertEqual(
            sum(writeoff.sudo().account_move_ids.line_ids.mapped("debit")), 40.0
        )
        reversal = self._reverse(writeoff)
        self.assertEqual(reversal.value_posted, -40.0)
        self.assertEqual(reversal.sudo().stock_move_ids.value, 40.0)
