from odoo import Command
from odoo.tests import tagged

from .taxes import TaxCommon


@tagged("post_install", "-at_install")
class TestTax(TaxCommon):
    """Purchase tax on lost goods; the names are those of the accounting rules."""

    def _assert_books(self, writeoff, **balances):
        accounts = {
            "loss": self.loss_account,
            "tax_loss": self.tax_loss_account,
            "stock": self.account_stock_valuation,
            "vat": self.vat_account,
        }
        expected = {accounts[name]: value for name, value in balances.items()}
        self.assertEqual(self._get_balances(writeoff), expected)

    def test_a23_keep_is_the_default(self):
        reason = self.env["inventory.writeoff.reason"].create(
            {"code": "NEW", "name": "New", "loss_account_id": self.loss_account.id}
        )
        self.assertEqual(reason.tax_treatment, "keep")
        writeoff = self._post((self._stock(), 10), reason_id=reason.id)
        self._assert_books(writeoff, loss=100.0, stock=-100.0)
        self.assertEqual(writeoff.value_tax, 0.0)
        self.assertEqual(self._get_report(writeoff), {})

    def test_a24_reverse(self):
        """Each cost method: the tax is that of the cost, the register has the cost."""
        for category, value in (
            (self.category_standard, 100.0),
            (self.category_avco, 150.0),
            (self.category_fifo, 100.0),
        ):
            with self.subTest(category.name):
                product = self._stock(f"P {category.name}", category=category)
                self._make_in_move(product, 10, 20.0)
                writeoff = self._post((product, 10))
                tax = value / 5
                self._assert_books(writeoff, loss=value + tax, stock=-value, vat=-tax)
                self.assertEqual(writeoff.value_posted, value)
                self.assertEqual(writeoff.line_ids.value_tax, tax)
                self.assertEqual(writeoff.value_tax, tax)
                # As a vendor's refund of the goods has them.
                self.assertEqual(
                    self._get_report(writeoff),
                    {self.base_tag: -value, self.vat_tag: -tax},
                )

    def test_a24_the_items_are_those_of_a_refund(self):
        """The same taxes, repartition lines, tags and balances as Odoo's own refund."""
        product = self._stock()
        refund = self.env["account.move"].create(
            {
                "move_type": "in_refund",
                "partner_id": self.vendor.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": 10,
                            "price_unit": 10.0,
                            "tax_ids": [Command.set(self.vat.ids)],
                        }
                    )
                ],
            }
        )
        fields = ("tax_ids", "tax_repartition_line_id", "tax_tag_ids", "tax_line_id")
        fields += ("balance", "tax_base_amount")

        def describe(items):
            items = items.filtered("tax_tag_ids").sorted("balance")
            return [[item[name] for name in fields] for item in items]

        writeoff = self._post((product, 10))
        self.assertEqual(describe(self._get_items(writeoff)), describe(refund.line_ids))

    def test_a24_tax_loss_account(self):
        self.reason.tax_loss_account_id = self.tax_loss_account
        writeoff = self._post((self._stock(), 10))
        self._assert_books(writeoff, loss=100.0, tax_loss=20.0, stock=-100.0, vat=-20.0)

    def test_a26_several_taxes(self):
        """India: CGST and SGST of 9 % each, one line each, also as a group of taxes."""
        central, state = (
            self._create_account(f"WO{name}", name, "asset_current")
            for name in ("CGST", "SGST")
        )
        taxes = self._create_tax("CGST 9", 9.0, central)
        taxes |= self._create_tax("SGST 9", 9.0, state)
        group = self.env["account.tax"].create(
            {
                "name": "GST 18",
                "amount_type": "group",
                "type_tax_use": "purchase",
                "children_tax_ids": [Command.set(taxes.ids)],
            }
        )
        for name, product_taxes in (("two", taxes), ("group", group)):
            with self.subTest(name):
                product = self._stock(f"P {name}", taxes=product_taxes)
                writeoff = self._post((product, 10))
                self.assertEqual(
                    self._get_balances(writeoff),
                    {
                        self.loss_account: 118.0,
                        self.account_stock_valuation: -100.0,
                        central: -9.0,
                        state: -9.0,
                    },
                )
                items = self._get_items(writeoff)
                self.assertEqual(items.tax_line_id, taxes)
                self.assertEqual(items.filtered("tax_ids").tax_ids, product_taxes)
                self.assertEqual(items.group_tax_id, group & product_taxes)

    def test_a20_a_reversal_mirrors_the_tax(self):
        """In parts, to the last cent, and nothing is left on any account or tag."""
        other = self._create_tax("WO 7", 7.0, self.vat_account)
        product = self._stock(cost=3.35, taxes=self.vat | other, quantity=3)
        writeoff = self._post((product, 3))
        # 20 % and 7 % of 10.05
        self.assertEqual(writeoff.value_tax, 2.71)
        parts = [self._reverse(writeoff, {writeoff.line_ids: 1}) for _n in range(3)]
        self.assertEqual([part.value_tax for part in parts], [-0.9, -0.9, -0.91])
        self.assertEqual(
            self._get_report(parts[0]), {self.base_tag: 3.35, self.vat_tag: 0.9}
        )
        everything = writeoff, *parts
        self.assertEqual(set(self._get_balances(*everything).values()), {0.0})
        self.assertEqual(set(self._get_report(*everything).values()), {0.0})
        self.assertEqual(
            parts[0].sudo().account_move_ids.line_ids.tax_line_id, self.vat | other
        )

    def test_a20_a_whole_reversal(self):
        writeoff = self._post((self._stock(), 10))
        reversal = self._reverse(writeoff)
        self._assert_books(reversal, loss=-120.0, stock=100.0, vat=20.0)
        self.assertEqual(
            self._get_report(reversal), {self.base_tag: 100.0, self.vat_tag: 20.0}
        )
        self.assertEqual(reversal.value_tax, -20.0)
        self._assert_log_fits()
