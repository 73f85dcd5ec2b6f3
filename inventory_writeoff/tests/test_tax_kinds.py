from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .taxes import TaxCommon


@tagged("post_install", "-at_install")
class TestTaxKinds(TaxCommon):
    """Kinds of taxes, and what the tax touches besides the entry."""

    def _assert_tax(self, product, amount, report=None, quantity=10):
        writeoff = self._post((product, quantity))
        self.assertEqual(writeoff.value_tax, amount)
        if report is not None:
            self.assertEqual(self._get_report(writeoff), report)
        return writeoff

    def test_only_what_was_deducted(self):
        """Half of the tax was part of the cost, or an expense, and stays there."""
        expense = self._create_account("WOHALF", "Tax that is not deducted")
        for name, account in (("none", False), ("expense", expense)):
            with self.subTest(name):
                half = self._create_tax(
                    f"Half {name}", 20.0, self.vat_account, parts=(50, 50)
                )
                lines = half.refund_repartition_line_ids
                lines[2].account_id = account
                product = self._stock(f"P {name}", taxes=half)
                writeoff = self._assert_tax(
                    product, 10.0, {self.base_tag: -100.0, self.vat_tag: -10.0}
                )
                self.assertEqual(self._get_balances(writeoff)[self.vat_account], -10.0)

    def test_nothing_was_deducted(self):
        """No tax at all, a rate of zero, tax on no account: the cost alone."""
        zero = self._create_tax("WO 0", 0.0, self.vat_account)
        lost = self._create_tax("WO lost", 20.0, self.vat_account)
        lost.refund_repartition_line_ids.account_id = False
        for taxes in (zero, lost, zero.browse()):
            with self.subTest(taxes.name):
                product = self._stock(f"P {taxes.name}", taxes=taxes)
                writeoff = self._assert_tax(product, 0.0, {})
                self.assertEqual(len(self._get_items(writeoff)), 2)

    def test_reverse_charge(self):
        """The deduction goes; the tax that the company owed itself stays owed."""
        owed_tag = self._create_tags("WO owed")
        owed_account = self._create_account("WOOWE", "Owed", "liability_current")
        tax = self._create_tax("WO RC", 20.0, self.vat_account)
        vals = self._repartition_vals("tax", -100, owed_tag, owed_account)
        tax.write(
            {
                f"{document}_repartition_line_ids": [Command.create(vals)]
                for document in ("invoice", "refund")
            }
        )
        writeoff = self._assert_tax(self._stock(taxes=tax), 20.0, {self.vat_tag: -20.0})
        self.assertNotIn(owed_account, self._get_balances(writeoff))

    def test_price_included(self):
        """The cost is without tax, however vendors' prices are entered."""
        tax = self._create_tax(
            "WO incl", 20.0, self.vat_account, price_include_override="tax_included"
        )
        self._assert_tax(self._stock(taxes=tax), 20.0)

    def test_tax_per_unit(self):
        tax = self._create_tax("WO eco", 0.35, self.vat_account, amount_type="fixed")
        product = self._stock(taxes=tax, uom_ids=[self.uom_pack_of_6.id], quantity=24)
        writeoff = self._post(
            (product, 2, {"product_uom_id": self.uom_pack_of_6.id}), (product, 1)
        )
        self.assertEqual(writeoff.line_ids.mapped("value_tax"), [4.2, 0.35])

    def test_tax_on_tax(self):
        """The second tax is on the first: 10 % of 100.00, then 10 % of 110.00."""
        first = self._create_tax(
            "WO first", 10.0, self.vat_account, include_base_amount=True, sequence=1
        )
        second = self._create_tax("WO second", 10.0, self.vat_account, sequence=2)
        self._assert_tax(self._stock(taxes=first | second), 21.0)

    def test_rounding_of_the_company(self):
        """20 % of 3.33 twice: rounded for each item, or once for the entry."""
        for method, taxes in (
            ("round_per_line", [0.67, 0.67]),
            ("round_globally", [0.66, 0.67]),
        ):
            with self.subTest(method):
                self.company.tax_calculation_rounding_method = method
                product = self._stock(f"P {method}", cost=3.33)
                writeoff = self._post((product, 1), (product, 1))
                self.assertEqual(sorted(writeoff.line_ids.mapped("value_tax")), taxes)
                self.assertEqual(
                    self._get_balances(writeoff)[self.vat_account], -sum(taxes)
                )

    def test_paid_taxes(self):
        """Tax that is due with the payment: the account is that of the tax itself."""
        waiting = self._create_account("WOWAIT", "Waiting", "asset_current")
        waiting.reconcile = True
        self.company.tax_exigibility = True
        tax = self._create_tax(
            "WO paid",
            20.0,
            self.vat_account,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=waiting.id,
        )
        writeoff = self._assert_tax(
            self._stock(taxes=tax), 20.0, {self.base_tag: -100.0, self.vat_tag: -20.0}
        )
        self.assertEqual(self._get_balances(writeoff)[self.vat_account], -20.0)

    def test_fiscal_position(self):
        """The taxes of bills of domestic vendors, where Odoo finds them itself."""
        local = self._create_tax("WO local", 5.0, self.vat_account)
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Domestic",
                "auto_apply": True,
                "country_id": self.company.country_id.id,
                "sequence": -1,
            }
        )
        local.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(self.vat.id)],
            }
        )
        self.assertEqual(self.company.domestic_fiscal_position_id, position)
        product = self._stock(quantity=20)
        self._assert_tax(product, 5.0)
        position.auto_apply = False
        self._assert_tax(product, 20.0)

    def test_taxes_of_other_companies(self):
        other_tax = self.env["account.tax"].create(
            {
                "name": "Elsewhere",
                "amount": 50.0,
                "type_tax_use": "purchase",
                "company_id": self.other_company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                "tax_group_id": self.env["account.tax.group"]
                .create({"name": "Elsewhere", "company_id": self.other_company.id})
                .id,
            }
        )
        self._assert_tax(self._stock(taxes=self.vat | other_tax), 20.0)

    def test_goods_without_value(self):
        """Consigned goods were never bought; there is no tax on nothing."""
        product = self._stock()
        self._make_in_move(product, 5, 10.0, owner_id=self.owner.id)
        writeoff = self._post((product, 5, {"owner_id": self.owner.id}))
        self.assertEqual(writeoff.value_tax, 0.0)
        self.assertFalse(writeoff.sudo().account_move_ids)

    def test_detail_of_the_entry(self):
        """One pair per item, or per account, taxes and distribution: same totals."""
        plan = self.env["account.analytic.plan"].create({"name": "WO plan"})
        north = self.env["account.analytic.account"].create(
            {"name": "North", "plan_id": plan.id}
        )
        other = self._create_tax("WO 7", 7.0, self.vat_account)
        distribution = {"analytic_distribution": {str(north.id): 100.0}}
        # Losses and their tax, then stock and taxes.
        for detail, count in (("summed", 2 + 2 + 2 + 2), ("line", 3 * 4)):
            with self.subTest(detail):
                self.company.writeoff_entry_detail = detail
                product = self._stock(f"P {detail}", quantity=20)
                cheap = self._stock(f"C {detail}", taxes=other)
                writeoff = self._post(
                    (product, 10, distribution), (product, 10), (cheap, 10)
                )
                items = self._get_items(writeoff)
                self.assertEqual(len(items), count)
                self.assertEqual(
                    writeoff.line_ids.mapped("value_tax"), [20.0, 20.0, 7.0]
                )
                self.assertEqual(self._get_balances(writeoff)[self.vat_account], -47.0)
                # A12: on the losses only.
                distributed = items.filtered("analytic_distribution")
                self.assertEqual(distributed.account_id, self.loss_account)
                self.assertEqual(sum(distributed.mapped("balance")), 120.0)

    def test_a10_the_register_has_the_cost(self):
        """Tax stands apart: the tie-out finds no difference, also after a reversal."""
        writeoff = self._post((self._stock(), 10))
        self._reverse(writeoff, {writeoff.line_ids: 3})
        facts = self.env["inventory.writeoff.tie.out.facts"]
        facts._flush()
        today = fields.Date.context_today(writeoff)
        sums = [
            row[3:]
            for row in facts._read(self.company, today, today)
            if row[1] == self.loss_account.id
        ]
        self.assertTrue(sums)
        for register, moved, booked in sums:
            self.assertEqual((register, register), (moved, booked))

    def test_a18_the_tax_lock_date(self):
        """It counts where the entry has tax, and there only."""
        today = fields.Date.context_today(self.env["inventory.writeoff"])
        self.company.tax_lock_date = today
        product = self._stock()
        taxed = self._create_writeoff((product, 5))
        with self.assertRaisesRegex(UserError, "locked by .*Tax Return"):
            taxed.action_submit()
        self.reason.tax_treatment = "keep"
        taxed.action_submit()
        self.assertEqual(taxed.state, "to_approve")

    def test_the_estimate_has_the_tax(self):
        """The preview, the figure on the form and the impact on the result."""
        draft = self._create_writeoff((self._stock(quantity=20), 10))
        with Form(draft) as form, form.line_ids.edit(0) as line:
            line.quantity = 15
        self.assertEqual(draft.value_tax_estimated, 30.0)
        writeoff = self._approve((self._stock("Bowl"), 10)).with_user(self.approver)
        self.assertEqual(writeoff.value_tax_estimated, 20.0)
        self.assertEqual(writeoff.result_change, -120.0)
        self.assertEqual(writeoff.inventory_change, -100.0)
        for text in ("WO 20", "purchase tax", "20.00", "100.00"):
            self.assertIn(text, writeoff.entry_preview)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.result_change, -120.0)
        self.assertRegex(writeoff.message_ids[0].body, "Purchase tax .*20.00")

    def test_the_approval_is_for_the_treatment(self):
        """Another treatment or account of the tax voids the approval, by name."""
        for field, value, pattern in (
            (
                "tax_loss_account_id",
                self.tax_loss_account.id,
                "tax loss account .*Inventory losses → Tax on losses",
            ),
            ("tax_treatment", "keep", "purchase tax reverse → keep"),
        ):
            with self.subTest(field):
                writeoff = self._approve((self._stock(field), 10))
                self.reason[field] = value
                action = writeoff.with_user(self.finance).action_post()
                self.assertRegex(action["params"]["message"], pattern)
                self.assertEqual(writeoff.state, "to_approve")

    def test_accounts_are_checked(self):
        with self.assertRaisesRegex(ValidationError, "account VAT is a balance-sheet"):
            self.reason.tax_loss_account_id = self.vat_account
        self.reason.tax_loss_account_id = self.tax_loss_account
        self.tax_loss_account.active = False
        with self.assertRaisesRegex(
            UserError, "tax on reason .*Tax on losses is archived"
        ):
            self._submit((self._stock(), 1))

    def _get_base_lines(self, writeoff):
        self.env["inventory.writeoff.tax"]._get_base_lines(
            {writeoff: [(line, 10.0) for line in writeoff.sudo().line_ids]}
        )

    def test_queries_do_not_grow_with_items(self):
        counts = []
        # The first fills caches.
        for number in (1, 2, 12):
            products = [self._stock(f"P {number} {n}") for n in range(number)]
            writeoff = self._create_writeoff(*[(p, 1) for p in products])
            counts.append(self._count_queries(self._get_base_lines, writeoff))
        self.assertEqual(counts[1], counts[2])
