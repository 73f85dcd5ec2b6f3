from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestDrift(WriteoffCommon):
    """A cost that drifts after approval voids it (A29)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.company.write({"writeoff_drift_percent": 5, "writeoff_drift_amount": 10})
        cls.product = cls._create_product("Vase", cls.category_standard)
        cls.fifo = cls._create_product("Bowl", cls.category_fifo)

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 100, 10.0)

    def _press_post(self, writeoffs):
        return writeoffs.with_user(self.finance).action_post()

    def _assert_void(self, writeoff, approved, found):
        action = self._press_post(writeoff)
        message = action["params"]["message"]
        self.assertRegex(message, f"{approved} was approved, .* worth .*{found} now")
        self.assertEqual(writeoff.state, "to_approve")
        self.assertEqual(writeoff.void_reason, message)
        self.assertIn("must be approved again", writeoff.message_ids[0].body)

    def test_defaults(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertEqual(company.writeoff_drift_percent, 5.0)
        self.assertEqual(company.writeoff_drift_amount, 50.0)

    def test_a29(self):
        """50.00 approved, 75.00 found: back to approval, at the value of now."""
        writeoff = self._approve((self.product, 5))
        self.product.standard_price = 15.0
        self._assert_void(writeoff, "50.00", "75.00")
        self.assertEqual(writeoff.value_estimated, 75.0)
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.value_approved, 75.0)
        self._press_post(writeoff)
        self.assertRecordValues(writeoff, [{"state": "posted", "value_posted": 75.0}])

    def test_both_must_be_exceeded(self):
        """(percent, amount, new price of 100 units at 10.00, void)"""
        for percent, amount, price, is_void in (
            (5, 10, 10.10, False),  # 10.00 is 1 %
            (5, 10, 10.50, False),  # 50.00 is exactly 5 %
            (5, 10, 10.51, True),
            (5, 60, 10.60, False),  # 60.00 is exactly the amount
            (5, 60, 10.61, True),
            (5, 60, 9.39, True),  # cheaper is drift, too
            (0, 0, 10.01, True),
            (0, 0, 10.00, False),
        ):
            with self.subTest(percent=percent, amount=amount, price=price):
                self.product.standard_price = 10.0
                self.company.writeoff_drift_percent = percent
                self.company.writeoff_drift_amount = amount
                writeoff = self._approve((self.product, 100))
                self.product.standard_price = price
                action = self._press_post(writeoff)
                self.assertEqual(bool(action), is_void)
                self.assertEqual(writeoff.state, "to_approve" if is_void else "posted")
                if is_void:
                    writeoff.action_cancel()
                else:
                    self._make_in_move(self.product, 100, 10.0)

    def test_over_the_whole_document(self):
        """One item up and one down by as much is no drift."""
        other = self._create_product("Bowl", self.category_standard)
        self._make_in_move(other, 10, 10.0)
        writeoff = self._approve((self.product, 5), (other, 5))
        self.product.standard_price = 15.0
        other.standard_price = 5.0
        self.assertFalse(self._press_post(writeoff))
        self.assertEqual(writeoff.value_posted, 100.0)

    def test_value_of_nothing(self):
        free = self._create_product("Gift", self.category_standard, standard_price=0)
        self._make_in_move(free, 10, 0.0)
        writeoff = self._approve((free, 5))
        free.standard_price = 15.0
        self._assert_void(writeoff, "0.00", "75.00")

    def test_fifo(self):
        """The first layer went to a customer: what is left is dearer."""
        self._make_in_move(self.fifo, 5, 10.0)
        self._make_in_move(self.fifo, 5, 20.0)
        writeoff = self._approve((self.fifo, 5))
        self._make_out_move(self.fifo, 5)
        self._assert_void(writeoff, "50.00", "100.00")
        self.assertEqual(writeoff.value_estimated, 100.0)

    def test_fifo_shared_by_documents(self):
        """Each takes the layers that the other leaves, in the order of posting."""
        self._make_in_move(self.fifo, 5, 10.0)
        self._make_in_move(self.fifo, 5, 20.0)
        first = self._approve((self.fifo, 5))
        second = self._approve((self.fifo, 5))
        self.assertEqual(second.value_approved, 50.0)
        action = self._press_post(first | second)
        self.assertIn(second.name, action["params"]["message"])
        self.assertNotIn(first.name, action["params"]["message"])
        self.assertEqual((first | second).mapped("state"), ["approved", "to_approve"])
        self.assertFalse(self._press_post(first))
        second.action_draft()
        second.action_submit()
        second.with_user(self.approver).action_approve()
        self.assertFalse(self._press_post(second))
        self.assertEqual((first | second).mapped("value_posted"), [50.0, 100.0])

    def test_judged_again_by_the_ledger(self):
        """What the moves turn out to be worth is refused, and nothing is posted."""
        writeoff = self._approve((self.product, 5))
        with self.assertRaisesRegex(UserError, "50.00 was approved, .*75.00 now"):
            self._post_at_another_price(writeoff)
        self.env.invalidate_all()
        self.assertEqual(writeoff.state, "approved")
        self.assertFalse(writeoff.sudo().account_move_ids)

    def _post_at_another_price(self, writeoff):
        """The price changes between the judgement and the moves."""
        posting = type(self.env["inventory.writeoff.posting"])
        post = posting._post
        product = self.product

        def post_later(model, writeoffs):
            product.standard_price = 15.0
            return post(model, writeoffs)

        self.patch(posting, "_post", post_later)
        with self.env.cr.savepoint():
            self._press_post(writeoff)

    def test_tolerance_is_not_negative(self):
        for name in ("writeoff_drift_percent", "writeoff_drift_amount"):
            with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                self.company[name] = -1
                self.env.flush_all()

    def test_one_setting_leaves_the_others(self):
        settings = self.env["inventory.writeoff.settings"].with_user(self.manager)
        before = self.company.writeoff_location_id
        settings.create({"writeoff_drift_percent": 9.0}).action_save()
        self.assertEqual(self.company.writeoff_drift_percent, 9.0)
        self.assertEqual(self.company.writeoff_drift_amount, 10.0)
        self.assertEqual(self.company.writeoff_location_id, before)

    def test_settings_of_the_manager(self):
        settings = Form(self.env["inventory.writeoff.settings"].with_user(self.manager))
        settings.writeoff_drift_amount = 7.0
        settings.save().action_save()
        self.assertEqual(self.company.writeoff_drift_amount, 7.0)
        self.assertEqual(self.company.writeoff_drift_percent, 5.0)
