from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import WriteoffCommon

# Value of 10 at 10.00 and 10 at 20.00 before, and of what 12 of them leave.
METHODS = {
    "standard": (200.0, 80.0),
    "average": (300.0, 120.0),
    "fifo": (300.0, 160.0),
}
LEDGER_FIELDS = [
    "posted_impact",
    "inventory_change",
    *(
        f"{figure}_{when}"
        for figure in ("working_capital", "current_ratio", "gross_margin", "result")
        for when in ("before", "change", "after")
    ),
]
LINE_FIELDS = ["posted_stock_value_before", "stock_value_before", "stock_value_after"]


@tagged("post_install", "-at_install")
class TestImpact(WriteoffCommon):
    """Before and after: of the goods, of the inventory and of the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.liabilities = cls._create_account("WOCL", "Owed", "liability_current")
        cls.equity = cls._create_account("WOEQ", "Equity", "equity")
        cls.direct_loss = cls._create_account(
            "WODIRECT", "Direct losses", "expense_direct_cost"
        )
        cls.categories = {
            "standard": cls.category_standard,
            "average": cls.category_avco,
            "fifo": cls.category_fifo,
        }

    def _book(self, *items, on=None, post=True):
        """Post an entry of (account, balance) pairs."""
        entry = self.env["account.move"].create(
            {
                "company_id": self.company.id,
                "date": on or date.today(),
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance})
                    for account, balance in items
                ],
            }
        )
        if post:
            entry.action_post()
        return entry

    def _book_opening(self):
        """Current assets of 1,000.00 and current liabilities of 500.00."""
        self._book(
            (self.account_stock_valuation, 1000.0),
            (self.liabilities, -500.0),
            (self.equity, -500.0),
        )

    def _assert_figures(self, writeoff, user=None, **expected):
        """Compare figures given as (before, change, after)."""
        self.env.flush_all()
        self.env.invalidate_all()
        writeoff = writeoff.with_user(user or self.finance)
        for figure, values in expected.items():
            whens = ("before", "change", "after")
            self.assertEqual(
                tuple(writeoff[f"{figure}_{when}"] for when in whens), values, figure
            )

    def _assert_lines(self, writeoff, *expected):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = writeoff.with_user(self.finance).line_ids
        values = [(line.stock_value_before, line.stock_value_after) for line in lines]
        self.assertEqual(values, list(expected))

    def test_page_of_a_long_list(self):
        """Lines that are not shown count, and nothing is written on them."""
        self._make_in_move(self.product, 20, 10.0)
        writeoff = self._submit((self.product, 5), (self.product, 7))
        self.env.flush_all()
        self.env.invalidate_all()
        second = writeoff.line_ids[1].with_user(self.finance).with_prefetch()
        self.assertEqual(second.read(["stock_value_after"])[0]["stock_value_after"], 80)

    def test_a30_working_capital(self):
        """1,000 and 500, loss 100: 500 → 400 and 2.00 → 1.80."""
        self._book_opening()
        self._make_in_move(self.product, 20, 10.0)
        writeoff = self._approve((self.product, 10))
        expected = {
            "working_capital": (500.0, -100.0, 400.0),
            "current_ratio": ("2.00", "-0.20", "1.80"),
            "gross_margin": (0.0, 0.0, 0.0),
            "result": (0.0, -100.0, -100.0),
        }
        self._assert_figures(writeoff, **expected)
        self.assertFalse(writeoff.with_user(self.finance).posted_impact)
        writeoff.with_user(self.finance).action_post()
        self.assertTrue(writeoff.with_user(self.finance).posted_impact)
        self._assert_figures(writeoff, **expected)
        self._assert_figures(writeoff, self.auditor, **expected)

    def test_no_current_liabilities(self):
        """A ratio by nothing is empty, not zero."""
        self._book((self.account_stock_valuation, 1000.0), (self.equity, -1000.0))
        self._make_in_move(self.product, 20, 10.0)
        for writeoff in (
            self._submit((self.product, 1)),
            self._post((self.product, 1)),
        ):
            self._assert_figures(writeoff, current_ratio=(False, False, False))

    def test_cost_of_revenue(self):
        """A loss that is a cost of revenue lowers the gross margin as well."""
        self._book((self.account_receivable, 700.0), (self.account_income, -700.0))
        self._book((self.account_expense, 50.0), (self.liabilities, -50.0))
        self.reason.loss_account_id = self.direct_loss
        self._make_in_move(self.product, 20, 10.0)
        direct = self.account_expense.account_type == "expense_direct_cost"
        margin = 650.0 if direct else 700.0
        expected = {
            "gross_margin": (margin, -30.0, margin - 30.0),
            "result": (650.0, -30.0, 620.0),
        }
        writeoff = self._approve((self.product, 3))
        self._assert_figures(writeoff, **expected)
        writeoff.with_user(self.finance).action_post()
        self._assert_figures(writeoff, **expected)

    @freeze_time("2026-06-15 10:00:00")
    def test_what_counts(self):
        """Drafts, later items, other companies and last year's result do not."""
        self._make_in_move(self.product, 20, 10.0)
        profit = ((self.account_receivable, 70.0), (self.account_income, -70.0))
        self._book(*profit, on=date(2026, 6, 1))
        self._book(*profit, on=date(2025, 6, 1))
        self._book(*profit, on=date(2026, 6, 20))
        self._book(*profit, on=date(2026, 6, 1), post=False)
        writeoff = self._submit((self.product, 1))
        self._assert_figures(
            writeoff,
            working_capital=(140.0, -10.0, 130.0),
            gross_margin=(70.0, 0.0, 70.0),
            result=(70.0, -10.0, 60.0),
        )

    def test_frozen(self):
        """What happens later changes neither the books' figures nor the goods'."""
        self._book_opening()
        self._make_in_move(self.product, 20, 10.0)
        open_writeoff = self._submit((self.product, 1))
        posted = self._post((self.product, 10))
        self._make_in_move(self.product, 10, 40.0)
        self._book((self.account_receivable, 70.0), (self.account_income, -70.0))
        self._assert_figures(
            posted,
            working_capital=(500.0, -100.0, 400.0),
            current_ratio=("2.00", "-0.20", "1.80"),
            result=(0.0, -100.0, -100.0),
        )
        self._assert_lines(posted, (200.0, 100.0))
        # The open one goes with the books, at the value it was submitted with.
        self._assert_figures(
            open_writeoff,
            working_capital=(470.0, -10.0, 460.0),
            result=(-30.0, -10.0, -40.0),
        )
        self._assert_lines(open_writeoff, (500.0, 490.0))

    def test_batch(self):
        """Write-offs that are posted together stand on one another, in their order."""
        self._book_opening()
        self._make_in_move(self.product, 20, 10.0)
        first = self._approve((self.product, 10))
        second = self._approve((self.product, 5))
        (first | second).with_user(self.finance).action_post()
        self._assert_figures(first, working_capital=(500.0, -100.0, 400.0))
        self._assert_figures(second, working_capital=(400.0, -50.0, 350.0))
        self._assert_lines(first, (200.0, 100.0))
        self._assert_lines(second, (100.0, 50.0))

    def test_values_by_method(self):
        """12 of 10@10 + 10@20: the same before posting and after, as Odoo has it."""
        for method, category in self.categories.items():
            with self.subTest(method):
                product = self._create_product(method, category)
                self._make_in_move(product, 10, 10.0)
                self._make_in_move(product, 10, 20.0)
                before, after = METHODS[method]
                writeoff = self._approve((product, 12))
                self._assert_lines(writeoff, (before, after))
                total = product.with_company(self.company).total_value
                self.assertEqual(total, before)
                writeoff.with_user(self.finance).action_post()
                self._assert_lines(writeoff, (before, after))
                total = product.with_company(self.company).total_value
                self.assertEqual(total, after)

    def test_values_by_lot(self):
        """Valued by lot, an item shows its lot; otherwise the product, item by item."""
        for lot_valuated, expected in (
            (True, [(200.0, 40.0), (100.0, 60.0)]),
            (False, [(300.0, 180.0), (180.0, 120.0)]),
        ):
            with self.subTest(lot_valuated=lot_valuated):
                product = self._create_product(
                    f"Lots {lot_valuated}", tracking="lot", lot_valuated=lot_valuated
                )
                cheap = self._create_lot(product, f"cheap {lot_valuated}")
                dear = self._create_lot(product, f"dear {lot_valuated}")
                self._make_in_move(product, 10, 10.0, lot_ids=cheap)
                self._make_in_move(product, 10, 20.0, lot_ids=dear)
                writeoff = self._approve(
                    (product, 8, {"lot_id": dear.id}),
                    (product, 4, {"lot_id": cheap.id}),
                )
                self._assert_lines(writeoff, *expected)
                writeoff.with_user(self.finance).action_post()
                self._assert_lines(writeoff, *expected)

    def test_goods_of_others(self):
        """Goods on consignment are not in the value, and leave it as it is."""
        self._make_in_move(self.product, 5, 10.0)
        self._make_in_move(self.product, 5, 10.0, owner_id=self.owner.id)
        writeoff = self._approve((self.product, 3, {"owner_id": self.owner.id}))
        self._assert_lines(writeoff, (50.0, 50.0))
        writeoff.with_user(self.finance).action_post()
        self._assert_lines(writeoff, (50.0, 50.0))
        self._assert_figures(writeoff, result=(0.0, 0.0, 0.0))

    def test_nothing_chosen_yet(self):
        """A draft without reason or location shows an estimate all the same."""
        self.company.writeoff_loss_account_id = False
        self._make_in_move(self.product, 5, 10.0)
        writeoff = self._create_writeoff((self.product, 1), reason_id=False)
        self._assert_figures(writeoff, result=(0.0, -10.0, -10.0))

    def test_while_typing(self):
        """The figures follow the items before anything is saved."""
        self._make_in_move(self.product, 5, 10.0)
        role = "inventory_writeoff.group_writeoff"
        user = self._create_user("both", f"{role}_user,{role}_approver")
        form = Form(self.env["inventory.writeoff"].with_user(user))
        self.assertEqual(form.result_change, 0.0)
        form.reason_id, form.location_id = self.reason, self.stock_location
        for quantity in (1, 2):
            with form.line_ids.new() as line:
                line.product_id = self.product
                line.quantity = quantity
        self.assertEqual(form.result_change, -30.0)
        self._assert_lines(form.save(), (50.0, 40.0), (40.0, 20.0))

    def test_requester_cannot_read(self):
        self._book_opening()
        self._make_in_move(self.product, 20, 10.0)
        writeoff = self._post((self.product, 1))
        for records, names in (
            (writeoff, LEDGER_FIELDS),
            (writeoff.line_ids, LINE_FIELDS),
        ):
            for name in names:
                with self.subTest(name):
                    records.with_user(self.finance).read([name])
                    with self.assertRaisesRegex(AccessError, name):
                        records.with_user(self.requester).read([name])
        arch = writeoff.with_user(self.requester).get_view(view_type="form")["arch"]
        self.assertNotIn("working_capital", arch)
        arch = writeoff.with_user(self.auditor).get_view(view_type="form")["arch"]
        self.assertIn("working_capital", arch)

    def test_only_posting_writes(self):
        self._make_in_move(self.product, 20, 10.0)
        writeoff = self._approve((self.product, 1)).with_user(self.finance)
        with self.assertRaisesRegex(AccessError, "recorded by its buttons"):
            writeoff.posted_impact = {"before": {}, "change": {}}
        with self.assertRaisesRegex(AccessError, "recorded when the write-off"):
            writeoff.line_ids.posted_stock_value_before = 1.0

    def test_one_query(self):
        """All figures of the books in one query, and all values of goods in one."""
        products = [self._create_product(f"P {number}") for number in range(5)]
        for product in products:
            self._make_in_move(product, 5, 10.0)
        few = self._submit((products[0], 1))
        many = self._submit(*((product, 1) for product in products))
        impact = self.env["inventory.impact"]
        for writeoffs in (few, many, few | many):
            writeoffs = writeoffs.with_user(self.finance)
            impact._get_balances(writeoffs)
            impact._get_stock_values(writeoffs.line_ids)
            self.env.flush_all()
            with self.assertQueryCount(1):
                impact._get_balances(writeoffs)
            with self.assertQueryCount(1):
                impact._get_stock_values(writeoffs.line_ids)
