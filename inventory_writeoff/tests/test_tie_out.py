from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..writer import as_writer
from .taxes import TaxCommon
from .tie_outs import TieOutCommon


@tagged("post_install", "-at_install")
class TestTieOut(TieOutCommon, TaxCommon):
    """Register, stock moves and ledger, side by side, and why they differ."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason.tax_treatment = "keep"
        cls.product = cls._create_product("Vase", cls.category_avco_auto)
        cls.other_account = cls._create_account("WOTHEFT", "Theft")
        cls.theft = cls.env["inventory.writeoff.reason"].create(
            {
                "code": "THEFT",
                "name": "Stolen in a test",
                "kind": "theft",
                "loss_account_id": cls.other_account.id,
            }
        )

    def _edit(self, entry, query, *args):
        """Change an entry as nobody can: in the database."""
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args, entry.sudo().id))
        self.env.invalidate_all()

    def test_a10_b7_three_sides(self):
        """Σ register = Σ moves = Σ cost debits, per account, difference 0.00."""
        self._make_in_move(self.product, 50, 10.0)
        first = self._post((self.product, 4), (self.product, 3))
        self._post((self.product, 2, {"reason_id": self.theft.id}))
        self.assertEqual(first.line_ids.loss_account_id, self.loss_account)
        for user in (self.finance, self.senior, self.auditor, self.manager):
            with self.subTest(user.login):
                tie_out = self._tie_out(user)
                self.assertEqual(self._get_sides(tie_out), (90.0, 90.0, 90.0, 0.0))
                self.assertRecordValues(
                    tie_out.account_ids,
                    [
                        {
                            "account_id": account.id,
                            "register": value,
                            "moved": value,
                            "booked": value,
                            "difference": 0.0,
                        }
                        for account, value in (
                            (self.loss_account, 70.0),
                            (self.other_account, 20.0),
                        )
                    ],
                )

    def test_who_may_look(self):
        self._make_in_move(self.product, 5, 10.0)
        self._post((self.product, 4))
        users = (self.requester, self.approver, self.stock_user, self.invoicing_user)
        for user in users:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._tie_out(user)
            model = self.env["inventory.writeoff.tie.out"].with_user(user)
            form = model.new({"company_id": self.company.id})
            with self.subTest(user.login), self.assertRaises(AccessError):
                form.register  # noqa: B018
        with self.assertRaises(AccessError):
            self._tie_out(company_id=self.other_company.id)
        tie_out = self.env["inventory.writeoff.tie.out"].with_user(self.finance)
        form = tie_out.new({"company_id": self.other_company.id})
        for name in ("stock_value", "register", "count_loss"):
            with self.assertRaisesRegex(AccessError, "figures of this company"):
                form[name]

    def test_period(self):
        """Each side counts in the month of its accounting date."""
        self._make_in_move(self.product, 5, 10.0)
        self._post((self.product, 4))
        tie_out = self._tie_out()
        self.assertEqual(len(tie_out.account_ids), 1)
        tie_out.date_to = date(2001, 1, 1)
        self.assertEqual(self._get_sides(tie_out), (0.0, 0.0, 0.0, 0.0))
        self.assertFalse(tie_out.account_ids)
        with Form(tie_out) as form:
            form.date_to = date(2100, 1, 1)
            self.assertEqual(len(form.account_ids), 1)
        self.assertEqual(self._get_sides(tie_out), (40.0, 40.0, 40.0, 0.0))
        self.assertEqual(tie_out.account_ids.register, 40.0)

    def test_a10_account_of_the_reason_changes_later(self):
        self._make_in_move(self.product, 5, 10.0)
        self._post((self.product, 4))
        self.reason.loss_account_id = self.other_account
        tie_out = self._tie_out()
        self.assertEqual(tie_out.account_ids.account_id, self.loss_account)
        self.assertEqual(self._get_sides(tie_out), (40.0, 40.0, 40.0, 0.0))

    def test_half_posted(self):
        """What is posted counts, also of a document that is not done."""
        self._make_in_move(self.product, 5, 10.0)
        writeoff = self._post((self.product, 4))
        tie_out = self._tie_out()
        self._edit(
            writeoff,
            "UPDATE inventory_writeoff SET state = 'approved', accounting_date = NULL "
            "WHERE id = %s",
        )
        self.assertEqual(self._get_sides(self._tie_out()), (40.0, 40.0, 40.0, 0.0))
        self._edit(
            writeoff.sudo().stock_move_ids,
            "UPDATE stock_move SET value = 50 WHERE id = %s",
        )
        self.assertEqual(self._get_sides(tie_out)[3], 0.0)
        tie_out.action_refresh()
        self.assertEqual(self._get_sides(tie_out)[3], 10.0)

    def test_edited_account(self):
        """The totals agree, and the accounts do not: the difference counts twice."""
        self._make_in_move(self.product, 5, 10.0)
        writeoff = self._post((self.product, 4))
        self._edit(
            writeoff.sudo().account_move_ids,
            "UPDATE account_move_line SET account_id = %s WHERE balance > 0 "
            "AND move_id = %s",
            self.other_account.id,
        )
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (40.0, 40.0, 40.0, 80.0))
        self.assertEqual(self._get_explained(tie_out)["edited"], (1, 0.0))
        item = self._open(tie_out, "edited")
        self.assertEqual(item.writeoff_id, writeoff)
        self.assertEqual(item.action_open_record()["res_id"], writeoff.id)

    def test_reset_entry(self):
        """An entry that is no longer posted: the loss is missing in the ledger."""
        self._make_in_move(self.product, 5, 10.0)
        writeoff = self._post((self.product, 4))
        entry = writeoff.sudo().account_move_ids
        self.assertFalse(self._open(self._tie_out(), "edited"))
        as_writer(entry).button_draft()
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (40.0, 40.0, 0.0, 40.0))
        self.assertEqual(self._get_explained(tie_out)["edited"], (1, -40.0))
        self.assertEqual(self._open(tie_out, "edited").writeoff_id, writeoff)

    def test_redated_entry(self):
        """An entry on another date differs, although the totals agree."""
        self._make_in_move(self.product, 5, 10.0)
        writeoff = self._post((self.product, 4))
        self._edit(
            writeoff.sudo().account_move_ids,
            "UPDATE account_move_line SET date = '2020-02-02' WHERE move_id = %s",
        )
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (40.0, 40.0, 40.0, 80.0))
        self.assertEqual(self._open(tie_out, "edited").writeoff_id, writeoff)

    def test_edited_register_and_move(self):
        """Each side is read from its own table."""
        self._make_in_move(self.product, 5, 10.0)
        writeoff = self._post((self.product, 4))
        self._edit(
            writeoff,
            "UPDATE inventory_writeoff_line SET value_posted = 41 "
            "WHERE writeoff_id = %s",
        )
        self._edit(writeoff, "UPDATE stock_move SET value = 43 WHERE writeoff_id = %s")
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (41.0, 43.0, 40.0, 3.0))
        self.assertEqual(self._get_explained(tie_out)["edited"], (1, -3.0))

    def test_a10_tax_apart(self):
        """Dr LOSS 120.00 for goods of 100.00: the tax is no cost, nor is its return."""
        self.reason.tax_treatment = "reverse"
        product = self._stock(quantity=20)
        writeoff = self._post((product, 10))
        self.assertEqual(self._get_balances(writeoff)[self.loss_account], 120.0)
        self.assertEqual(self._get_sides(self._tie_out()), (100.0, 100.0, 100.0, 0.0))
        self._reverse(writeoff, {writeoff.line_ids: 4})
        self.assertEqual(self._get_sides(self._tie_out()), (60.0, 60.0, 60.0, 0.0))

    def test_a8_goods_without_value(self):
        product = self._create_product("Free", standard_price=0.0)
        self._make_in_move(product, 5, 0.0)
        self._post((product, 5))
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (0.0, 0.0, 0.0, 0.0))
        self.assertEqual(self._get_explained(tie_out), {})
        self.assertEqual(tie_out.unexplained, 0.0)

    def test_a10_reversals_deducted(self):
        """What comes back is deducted on every side, in the month it comes back."""
        self._make_in_move(self.product, 20, 10.0)
        writeoff = self._post((self.product, 6), (self.product, 4))
        # The reason gets another account meanwhile: the loss comes back where it was.
        self.reason.loss_account_id = self.other_account
        reversal = self._reverse(writeoff, {writeoff.line_ids[0]: 2})
        self.assertEqual(reversal.line_ids.loss_account_id, self.loss_account)
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (80.0, 80.0, 80.0, 0.0))
        self.assertEqual(tie_out.account_ids.account_id, self.loss_account)
        self._reverse(writeoff)
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (0.0, 0.0, 0.0, 0.0))
        self.assertNotIn("edited", self._get_explained(tie_out))

    def test_entry_reversed_by_hand(self):
        """The loss is given back in the ledger alone: the document is shown."""
        self._make_in_move(self.product, 5, 10.0)
        writeoff = self._post((self.product, 4))
        entry = writeoff.sudo().account_move_ids
        given_back = as_writer(entry)._reverse_moves()
        as_writer(given_back)._post(soft=False)
        tie_out = self._tie_out()
        self.assertEqual(self._get_sides(tie_out), (40.0, 40.0, 0.0, 40.0))
        self.assertEqual(self._open(tie_out, "edited").writeoff_id, writeoff)
