from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WriteoffCommon
from .taxes import TaxCommon

CRON = "inventory_writeoff.ir_cron_cut_off"


@tagged("post_install", "-at_install")
class TestCutOff(WriteoffCommon):
    """What is not posted at the end of a period, and who is told before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.finance.email = "finance@example.com"

    def _get_cut_off(self, user=None, **values):
        cut_offs = self.env["inventory.writeoff.cut.off"]
        return cut_offs.with_user(user or self.finance).create(values)

    def _get_values(self, cut_off):
        names = ("value_to_approve", "value_approved", "value_later", "value")
        return tuple(cut_off[name] for name in names)

    def _read_mails(self):
        """Return the messages that finance was told of."""
        return self.env["mail.message"].search(
            [("partner_ids", "in", self.finance.partner_id.ids)]
        )

    @freeze_time("2026-03-20 10:00:00")
    def test_what_is_open(self):
        """To approve, approved, and posted with a later date; the oldest first."""
        self._make_in_move(self.product, 50, 10.0)
        with freeze_time("2026-03-18"):
            approved = self._approve((self.product, 3))
        submitted = self._submit((self.product, 2))
        self._create_writeoff((self.product, 1))
        self._post((self.product, 4))
        cut_off = self._get_cut_off(date=date(2026, 3, 31))
        self.assertEqual(cut_off.writeoff_ids, approved | submitted)
        self.assertEqual(self._get_values(cut_off), (20.0, 30.0, 0.0, 50.0))
        with freeze_time("2026-04-02"):
            approved.with_user(self.finance).action_post()
            self._submit((self.product, 1))
        self.env.invalidate_all()
        self.assertEqual(self._get_values(cut_off), (20.0, 0.0, 30.0, 20.0))
        self.assertEqual(cut_off.writeoff_ids, approved | submitted)
        # What the list adds up is what is not posted.
        self.assertEqual(approved.value_open, 0.0)
        self.assertEqual(sum(cut_off.writeoff_ids.mapped("value_open")), 20.0)
        listed = cut_off.action_open_writeoffs()["domain"]
        self.assertEqual(
            self.env["inventory.writeoff"].search(listed), submitted | approved
        )

    @freeze_time("2026-03-20 10:00:00")
    def test_what_it_means(self):
        self._make_in_move(self.product, 50, 10.0)
        self._submit((self.product, 2))
        cut_off = self._get_cut_off()
        self.assertEqual(cut_off.date, date(2026, 3, 31))
        self.assertFalse(cut_off.is_locked)
        self.assertIn("20.00 counts in this period", cut_off.before)
        self.assertIn("20.00 counts in the next period", cut_off.after)
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        cut_off = self._get_cut_off(date=date(2026, 2, 20))
        self.assertTrue(cut_off.is_locked)
        self.assertIn("The first open date is 03/01/2026", cut_off.before)

    @freeze_time("2026-03-20 10:00:00")
    def test_closed_by_an_inventory_closing(self):
        """Nothing can be posted before it, locked or not."""
        with freeze_time("2026-03-05"):
            self._make_in_move(self.product, 50, 10.0)
        self._submit((self.product, 2))
        self._close(at_date=date(2026, 3, 10))
        cut_off = self._get_cut_off(date=date(2026, 3, 10))
        self.assertTrue(cut_off.is_locked)
        self.assertIn("The first open date is 03/11/2026", cut_off.before)
        self.assertFalse(self._get_cut_off(date=date(2026, 3, 11)).is_locked)

    def test_who_may_look(self):
        for user in (self.finance, self.senior, self.auditor, self.manager):
            self.assertEqual(self._get_cut_off(user).count, 0)
        for user in (self.requester, self.approver, self.invoicing_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._get_cut_off(user)
        with self.assertRaises(AccessError):
            self._get_cut_off(company_id=self.other_company.id)

    @freeze_time("2026-03-20 10:00:00")
    def test_period_end(self):
        """The company's date, and the end of the month when there is none ahead."""
        for setting, expected in (
            (False, date(2026, 3, 31)),
            (date(2026, 4, 5), date(2026, 4, 5)),
            (date(2026, 3, 20), date(2026, 3, 20)),
            (date(2026, 3, 19), date(2026, 3, 31)),
        ):
            with self.subTest(setting=setting):
                self.company.writeoff_cut_off_date = setting
                self.assertEqual(self.company._get_cut_off_date(), expected)

    def test_mail(self):
        """Sent once, N days before; 0 is off."""
        with freeze_time("2026-03-10"):
            self._make_in_move(self.product, 50, 10.0)
            writeoff = self._submit((self.product, 2))
        for days, day, expected in (
            (0, "2026-03-31", 0),
            (5, "2026-03-25", 0),
            (5, "2026-03-26", 1),
            (5, "2026-03-27", 1),
            (5, "2026-04-24", 1),
            (5, "2026-04-27", 2),
        ):
            with self.subTest(days=days, day=day), freeze_time(f"{day} 06:00:00"):
                self.company.writeoff_cut_off_days = days
                self._run_cron()
                self.assertEqual(len(self._read_mails()), expected)
        message = self._read_mails()[-1]
        self.assertIn("03/31/2026", message.subject)
        for text in (writeoff.name, "To Approve", "20.00", "write-offs-cut-off"):
            self.assertIn(text, message.body)
        self.assertNotIn(self.requester.partner_id, message.partner_ids)
        self.assertNotIn(self.auditor.partner_id, message.partner_ids)
        events = self.env["inventory.writeoff.event"].search(
            [("kind", "=", "cut_off_sent")]
        )
        self.assertEqual(len(events), 2)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def test_mail_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.finance.lang = "fr_FR"
        self.company.writeoff_cut_off_days = 366
        self._run_cron()
        (message,) = self._read_mails()
        self.assertIn("Passages en perte non comptabilisés", message.subject)


@tagged("post_install", "-at_install")
class TestCutOffTaxes(TaxCommon):
    """A18: the lock of the tax return counts for what gives taxes back, only."""

    @freeze_time("2026-03-20 10:00:00")
    def test_tax_return_is_locked(self):
        cut_offs = self.env["inventory.writeoff.cut.off"].with_user(self.finance)
        plain = self._submit((self._stock("Bowl", taxes=self.env["account.tax"]), 2))
        taxed = self._submit((self._stock(), 3))
        for lock, expected in (
            (False, False),
            (date(2026, 3, 30), False),
            (date(2026, 3, 31), True),
        ):
            with self.subTest(lock=lock):
                self.company.tax_lock_date = lock
                cut_off = cut_offs.create({"date": date(2026, 3, 31)})
                self.assertEqual(cut_off.writeoff_ids, plain | taxed)
                self.assertFalse(cut_off.is_locked)
                self.assertEqual("tax return is locked" in cut_off.before, expected)
        self.assertIn(f"from 04/01/2026 on only ({taxed.name})", cut_off.before)
        taxed.with_user(self.requester).action_cancel()
        self.env.invalidate_all()
        self.assertNotIn("tax return", cut_off.before)
