from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WriteoffCommon

# Value of 12 out of 10 at 10.00 and 10 at 20.00, and of 8 + 4 by lot.
VALUES = {"standard": 120.0, "average": 180.0, "fifo": 140.0}
LOT_VALUES = {"standard": 120.0, "average": 200.0, "fifo": 200.0}


@tagged("post_install", "-at_install")
class TestReversalLedger(WriteoffCommon):
    """The books after a reversal; the names are those of the accounting rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = {
            (method, valuation): cls.env["product.category"].create(
                {
                    "name": f"{method} {valuation}",
                    "property_cost_method": method,
                    "property_valuation": valuation,
                }
            )
            for method in VALUES
            for valuation in ("periodic", "real_time")
        }

    def _balance(self, account):
        domain = [
            ("account_id", "=", account.id),
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
        ]
        ((balance,),) = self.env["account.move.line"]._read_group(
            domain, [], ["balance:sum"]
        )
        return balance or 0.0

    def _assert_closed(self):
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Everything is correctly closed"):
            self.company.action_close_stock_valuation()

    def _reverse(self, writeoff, quantities=None, **values):
        reversal = writeoff.reverse("Counted wrong", quantities)
        reversal.action_submit()
        reversal.with_user(self.approver).action_approve()
        reversal.with_user(self.finance).action_post()
        return reversal

    def _assert_given_back(self, writeoff, reversal, value):
        """Register, stock moves and ledger agree on what came back."""
        moves = reversal.sudo().stock_move_ids
        self.assertEqual(reversal.value_posted, -value)
        self.assertEqual(sum(moves.mapped("value")), value)
        entry = reversal.sudo().account_move_ids
        self.assertEqual(entry.reversed_entry_id, writeoff.sudo().account_move_ids)
        self.assertEqual(entry.state, "posted")
        self.assertEqual(sum(entry.line_ids.mapped("credit")), value)
        self.assertEqual(sum(entry.line_ids.mapped("debit")), value)

    def test_a20_a9_matrix(self):
        """Written off, partly reversed, then whole: closed after every step."""
        for (method, valuation), category in self.categories.items():
            with self.subTest(method=method, valuation=valuation):
                product = self._create_product(f"P {method} {valuation}", category)
                self._make_in_move(product, 10, 10.0)
                self._make_in_move(product, 10, 20.0)
                self._close()
                losses = self._balance(self.loss_account)
                stock = self._balance(self.account_stock_valuation)
                writeoff = self._post((product, 12))
                part = self._reverse(writeoff, {writeoff.line_ids.id: 3})
                value = VALUES[method]
                self._assert_given_back(writeoff, part, value / 4)
                self.assertEqual(writeoff.state, "partly_reversed")
                self._assert_closed()
                rest = self._reverse(writeoff)
                self._assert_given_back(writeoff, rest, value * 3 / 4)
                self.assertEqual(writeoff.state, "reversed")
                self.assertEqual(self._on_hand(product), 20.0)
                self.assertEqual(self._balance(self.loss_account), losses)
                self.assertEqual(self._balance(self.account_stock_valuation), stock)
                self._assert_closed()
