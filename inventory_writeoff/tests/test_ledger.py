from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .books import LOT_VALUES, STOCK_VALUES, VALUES, BooksCommon
from .common import WriteoffCommon


@tagged("post_install", "-at_install", "slow")
class TestLedger(BooksCommon, WriteoffCommon):
    """The books after a write-off; the names are those of the accounting rules."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls._create_categories()

    def _assert_posted(self, writeoff, product, value, left):
        """The loss, the credit, the register and Odoo's own stock value agree."""
        entry = writeoff.sudo().account_move_ids
        self.assertEqual(writeoff.value_posted, value)
        self.assertEqual(sum(writeoff.sudo().stock_move_ids.mapped("value")), value)
        self.assertEqual(sum(entry.line_ids.mapped("debit")), value)
        self.assertEqual(
            sum(entry.line_ids.mapped("balance")), 0.0, "the entry is not balanced"
        )
        losses = entry.line_ids.filtered(lambda i: i.account_id == self.loss_account)
        self.assertEqual(sum(losses.mapped("balance")), value)
        self.env.invalidate_all()
        self.assertAlmostEqual(product.with_company(self.company).total_value, left)

    def test_a9_plain(self):
        """12 of 10@10 + 10@20: the closing finds nothing, in all six combinations."""
        for (method, valuation), category in self.categories.items():
            with self.subTest(method=method, valuation=valuation):
                product = self._receive_plain(f"P {method} {valuation}", category)
                self._close()
                before = self._balance(self.account_stock_valuation)
                value = VALUES[method]
                writeoff = self._post((product, 12))
                self._assert_posted(
                    writeoff, product, value, STOCK_VALUES[method] - value
                )
                self.assertEqual(self._on_hand(product), 8.0)
                self.assertEqual(
                    self._balance(self.account_stock_valuation), before - value
                )
                self._assert_closed()

    def test_a9_by_lot(self):
        """A5: valuation by lot takes the cost of the lot that leaves."""
        for (method, valuation), category in self.categories.items():
            with self.subTest(method=method, valuation=valuation):
                product, cheap, dear = self._receive_lots(
                    f"L {method} {valuation}", category
                )
                self._close()
                writeoff = self._post(
                    (product, 8, {"lot_id": dear.id}),
                    (product, 4, {"lot_id": cheap.id}),
                )
                value = LOT_VALUES[method]
                self.assertEqual(set(writeoff.line_ids.mapped("cost_basis")), {"lot"})
                self._assert_posted(
                    writeoff, product, value, STOCK_VALUES[method] - value
                )
                self._assert_closed()

    def test_a1_a2_a3_a4_values(self):
        """The worked examples: AVCO 100.00, FIFO 70.00, AVCO 75.00, standard 14.00."""
        avco = self._create_product("Avco", self.category_avco_auto)
        self._make_in_move(avco, 40, 12.5)
        self.assertEqual(self._post((avco, 8)).value_posted, 100.0)
        fifo = self._create_product("Fifo", self.category_fifo_auto)
        self._make_in_move(fifo, 5, 10.0)
        self._make_in_move(fifo, 5, 20.0)
        self.assertEqual(self._post((fifo, 6)).value_posted, 70.0)
        self.assertEqual(fifo.with_company(self.company).total_value, 80.0)
        mixed = self._create_product("Mixed", self.category_avco)
        self._make_in_move(mixed, 10, 10.0)
        self._make_in_move(mixed, 10, 20.0)
        self.assertEqual(self._post((mixed, 5)).value_posted, 75.0)
        standard = self._create_product(
            "Standard", self.category_standard, standard_price=7.0
        )
        self._make_in_move(standard, 5, 7.0)
        self.assertEqual(self._post((standard, 2)).value_posted, 14.0)

    def test_a5_plain_fifo_of_a_lot(self):
        """Without valuation by lot, a lot leaves at the cost of the oldest layers."""
        product = self._create_product("Lots", self.category_fifo, tracking="lot")
        old, new = (self._create_lot(product, name) for name in ("L1", "L2"))
        self._make_in_move(product, 10, 10.0, lot_ids=old)
        self._make_in_move(product, 10, 30.0, lot_ids=new)
        writeoff = self._post((product, 4, {"lot_id": new.id}))
        self.assertEqual(writeoff.value_posted, 40.0)
        self.assertEqual(writeoff.line_ids.cost_basis, "fifo_any_lot")

    def test_a2_fifo_lines_of_one_product(self):
        """Two lines of a product take one layer after the other, as estimated."""
        product = self._create_product("Fifo", self.category_fifo)
        self._make_in_move(product, 5, 10.0)
        self._make_in_move(product, 5, 20.0)
        writeoff = self._create_writeoff((product, 4), (product, 3))
        estimates = writeoff.line_ids.mapped("value_estimated")
        self.assertEqual(estimates, [40.0, 50.0])
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.line_ids.mapped("value_posted"), estimates)

    def test_a7_one_refusal_refuses_all(self):
        """A reason without any account refuses the whole batch and is named."""
        product = self._create_product("Vase")
        self._make_in_move(product, 10, 10.0)
        fine = self._create_writeoff((product, 1))
        bare = self.env["inventory.writeoff.reason"].create(
            {"code": "BARE", "name": "No account", "kind": "other"}
        )
        faulty = self._create_writeoff((product, 1), reason_id=bare.id)
        with self.assertRaisesRegex(UserError, "BARE.*has no loss account"):
            (fine | faulty).action_submit()
        self.assertEqual(set((fine | faulty).mapped("state")), {"draft"})
        self.company.writeoff_loss_account_id = self.loss_account
        (fine | faulty).action_submit()
        self.assertEqual(set((fine | faulty).mapped("state")), {"to_approve"})

    def test_a8_consigned_goods_have_no_entry(self):
        product = self._create_product("Consigned")
        self._make_in_move(product, 5, 10.0, owner_id=self.owner.id)
        writeoff = self._post((product, 3, {"owner_id": self.owner.id}))
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(writeoff.value_estimated, 0.0)
        self.assertEqual(writeoff.value_posted, 0.0)
        self.assertFalse(writeoff.sudo().account_move_ids)
        self.assertEqual(self._on_hand(product), 2.0)

    def test_a8_value_zero_has_no_entry(self):
        product = self._create_product("Free", standard_price=0.0)
        self._make_in_move(product, 5, 0.0)
        writeoff = self._post((product, 5))
        self.assertEqual(writeoff.value_posted, 0.0)
        self.assertFalse(writeoff.sudo().account_move_ids)

    def test_a8_mixed_batch(self):
        """Valued, consigned and worthless goods in one document: one entry."""
        valued = self._create_product("Valued")
        self._make_in_move(valued, 5, 10.0)
        self._make_in_move(valued, 5, 10.0, owner_id=self.owner.id)
        writeoff = self._post((valued, 2), (valued, 3, {"owner_id": self.owner.id}))
        self.assertEqual(writeoff.line_ids.mapped("value_posted"), [20.0, 0.0])
        self.assertEqual(
            sum(writeoff.sudo().account_move_ids.line_ids.mapped("debit")), 20.0
        )

    def test_a12_analytic_on_the_loss_only(self):
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        accounts = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("North", "South")]
        )
        distribution = {str(accounts[0].id): 60.0, str(accounts[1].id): 40.0}
        product = self._create_product("Vase")
        self._make_in_move(product, 10, 10.0)
        writeoff = self._post((product, 5, {"analytic_distribution": distribution}))
        items = writeoff.sudo().account_move_ids.line_ids
        self.assertRecordValues(
            items.sorted("balance"),
            [
                {"balance": -50.0, "analytic_distribution": False},
                {"balance": 50.0, "analytic_distribution": distribution},
            ],
        )
        analytic = items.analytic_line_ids
        self.assertEqual(sorted(analytic.mapped("amount")), [-30.0, -20.0])

    def test_a13_units_convert(self):
        """One pack of six at 10.00 a unit."""
        product = self._create_product("Eggs", uom_ids=[self.uom_pack_of_6.id])
        self._make_in_move(product, 12, 10.0)
        writeoff = self._post((product, 1, {"product_uom_id": self.uom_pack_of_6.id}))
        self.assertEqual(writeoff.value_posted, 60.0)
        self.assertEqual(self._on_hand(product), 6.0)

    def test_a17_detail_of_the_entry(self):
        """Summed, or one pair per line: the same totals."""
        first = self._create_product("First")
        second = self._create_product("Second")
        for product in (first, second):
            self._make_in_move(product, 10, 10.0)
        summed = self._post((first, 1), (second, 2))
        self.assertEqual(len(summed.sudo().account_move_ids.line_ids), 2)
        self.company.writeoff_entry_detail = "line"
        detailed = self._post((first, 1), (second, 2))
        items = detailed.sudo().account_move_ids.line_ids
        self.assertEqual(sorted(items.mapped("balance")), [-20.0, -10.0, 10.0, 20.0])
        self.assertEqual(items.product_id, first | second)
        self.assertFalse(items.tax_ids)

    def test_reason_decides_account_and_location(self):
        other_account = self._create_account("WOTHEFT", "Theft")
        other_location = self.env["stock.location"].create(
            {"name": "Stolen", "usage": "inventory", "company_id": self.company.id}
        )
        theft = self.env["inventory.writeoff.reason"].create(
            {
                "code": "STOLEN",
                "name": "Stolen",
                "kind": "theft",
                "loss_account_id": other_account.id,
                "loss_location_id": other_location.id,
            }
        )
        product = self._create_product("Vase")
        self._make_in_move(product, 10, 10.0)
        writeoff = self._post((product, 2), (product, 3, {"reason_id": theft.id}))
        entry = writeoff.sudo().account_move_ids
        debits = {item.account_id: item.debit for item in entry.line_ids if item.debit}
        self.assertEqual(debits, {self.loss_account: 20.0, other_account: 30.0})
        self.assertEqual(self._on_hand(product, other_location), 3.0)
        self.assertEqual(self._on_hand(product, self.loss_location), 2.0)

    def test_own_journal(self):
        journal = self.env["account.journal"].create(
            {"name": "Write-offs", "code": "WOFF", "type": "general"}
        )
        self.company.writeoff_journal_id = journal
        product = self._create_product("Vase")
        self._make_in_move(product, 1, 10.0)
        writeoff = self._post((product, 1))
        self.assertEqual(writeoff.sudo().account_move_ids.journal_id, journal)

    def test_packages_and_serials(self):
        product = self._create_product("Phone", tracking="serial")
        serials = self.env["stock.lot"].create(
            [{"product_id": product.id, "name": name} for name in ("S1", "S2")]
        )
        package = self.env["stock.package"].create({"name": "Box 7"})
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock_location, 1, lot_id=serials[0], package_id=package
        )
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock_location, 1, lot_id=serials[1]
        )
        writeoff = self._post(
            (product, 1, {"lot_id": serials[0].id, "package_id": package.id})
        )
        self.assertEqual(writeoff.value_posted, 10.0)
        lost = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", self.loss_location.id),
            ]
        )
        self.assertEqual(lost.lot_id, serials[0])
        self.assertEqual(self._free(product), 1.0)

    def test_a16_later_price_changes_nothing(self):
        """A16: a posted loss stays what it was."""
        product = self._create_product(
            "Lots", self.category_avco, tracking="lot", lot_valuated=True
        )
        lot = self._create_lot(product, "L")
        self._make_in_move(product, 10, 10.0, lot_ids=lot)
        writeoff = self._post((product, 4, {"lot_id": lot.id}))
        lot.standard_price = 50.0
        product.standard_price = 70.0
        self.env.invalidate_all()
        self.assertEqual(writeoff.value_posted, 40.0)
        self.assertEqual(writeoff.sudo().stock_move_ids.value, 40.0)

    def test_a11_two_companies_at_once(self):
        """A11: one entry per company, each in its own journal."""
        self.env.user.company_ids = [Command.link(self.other_company.id)]
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.other_company.id)], limit=1
        )
        users = self.requester | self.approver | self.finance
        users.company_ids = [Command.link(self.other_company.id)]
        other_loss = (
            self.env["account.account"]
            .with_company(self.other_company)
            .create({"code": "WOLOSS2", "name": "Losses", "account_type": "expense"})
        )
        self.reason.with_company(self.other_company).loss_account_id = other_loss
        product = self._create_product("Vase")
        self._make_in_move(product, 5, 10.0)
        other_product = product.with_company(self.other_company)
        other_product.standard_price = 3.0
        self.env["stock.quant"]._update_available_quantity(
            other_product, warehouse.lot_stock_id, 5
        )
        companies = self.company | self.other_company
        context = {"allowed_company_ids": companies.ids}
        here = self._create_writeoff((product, 2))
        there = self._create_writeoff(
            (product, 4, {"location_id": warehouse.lot_stock_id.id}),
            company_id=self.other_company.id,
        )
        both = (here | there).with_context(**context)
        both.action_submit()
        both.with_user(self.approver).action_approve()
        both.with_user(self.finance).action_post()
        entries = both.sudo().account_move_ids
        self.assertRecordValues(
            entries.sorted("company_id"),
            [
                {
                    "company_id": company.id,
                    "journal_id": company.account_stock_journal_id.id,
                    "amount_total": amount,
                }
                for company, amount in (
                    (self.company, 20.0),
                    (self.other_company, 12.0),
                )
            ],
        )
