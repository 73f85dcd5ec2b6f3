from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .taxes import TaxCommon


@tagged("post_install", "-at_install")
class TestDatesOpen(TaxCommon):
    """A18: the first open date is taken with one click, before submission or posting.

    Goods come in on 2 March, today is 20 March.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 09:00:00"):
            cls.plain, cls.other = (
                cls._create_product(name, supplier_taxes_id=[Command.clear()])
                for name in ("Plain", "Other")
            )
            cls.taxed = cls._create_product(
                "Taxed", supplier_taxes_id=[Command.set(cls.vat.ids)]
            )

    def _prepare_once(self):
        super()._prepare_once()
        with freeze_time("2026-03-02 09:00:00"):
            for product in (self.plain, self.other, self.taxed):
                self._make_in_move(product, 50, 10.0)
        # Nothing of the past is left to be written once a lock is set.
        self.env.flush_all()

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2026-03-20 09:00:00"))

    def _lock(self, lock, day):
        self.company[lock] = day
        self.env.flush_all()
        self.env.invalidate_all()

    def test_a18_at_submission_and_at_posting(self):
        """Every lock that applies, and what the click makes of the date."""
        locks = (
            ("fiscalyear_lock_date", self.plain),
            ("tax_lock_date", self.taxed),
            ("hard_lock_date", self.other),
        )
        for lock, product in locks:
            with self.subTest(lock):
                draft = self._create_writeoff(
                    (product, 1), accounting_date="2026-03-03"
                )
                self.assertFalse(draft.first_open_date)
                self._lock(lock, "2026-03-05")
                with self.assertRaisesRegex(UserError, "first open date is 03/06/2026"):
                    draft.action_submit()
                self.assertEqual(draft.first_open_date, date(2026, 3, 6))
                draft.action_take_first_open_date()
                self.assertFalse(draft.first_open_date)
                draft.action_submit()
                draft.with_user(self.approver).action_approve()
                self._lock(lock, "2026-03-10")
                self.assertFalse(draft.first_open_date, "the requester does not post")
                approved = draft.with_user(self.finance)
                with self.assertRaisesRegex(UserError, "first open date is 03/11/2026"):
                    approved.action_post()
                approved.action_take_first_open_date()
                approved.action_post()
                entry = draft.sudo().account_move_ids
                self.assertEqual(entry.date, date(2026, 3, 11))
                if lock != "hard_lock_date":
                    self._lock(lock, False)

    def test_a18_locks_that_do_not_apply(self):
        """Other journals' locks, the tax lock without a tax, and a user's exception."""
        for lock in ("sale_lock_date", "purchase_lock_date", "tax_lock_date"):
            self._lock(lock, "2026-03-10")
            draft = self._create_writeoff((self.plain, 1), accounting_date="2026-03-09")
            self.assertFalse(draft.first_open_date, lock)
        self._lock("fiscalyear_lock_date", "2026-03-10")
        self.assertEqual(draft.first_open_date, date(2026, 3, 11))
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": self.requester.id,
                "fiscalyear_lock_date": "2026-03-05",
                "end_datetime": False,
            }
        )
        self.env.invalidate_all()
        self.assertFalse(draft.first_open_date, "an exception is what it says")
        draft.action_submit()

    def test_a18_a_user_of_other_journals(self):
        """A journal of purchases is locked by the lock of purchases."""
        journal = self.env["account.journal"].create(
            {"name": "Purchases", "code": "WOPUR", "type": "purchase"}
        )
        self._lock("purchase_lock_date", "2026-03-10")
        locks = self.company._get_violated_lock_dates(date(2026, 3, 9), False, journal)
        self.assertEqual([field for _date, field in locks], ["purchase_lock_date"])
        with self.assertRaises(UserError):
            self.company.writeoff_journal_id = journal

    def test_a18_today_is_locked(self):
        """Tomorrow cannot be taken: it is said, and the button is refused."""
        self._lock("fiscalyear_lock_date", "2026-03-20")
        draft = self._create_writeoff((self.plain, 1))
        self.assertEqual(draft.first_open_date, date(2026, 3, 21))
        self.assertFalse(draft.can_take_open_date)
        with self.assertRaisesRegex(UserError, "locked until 03/21/2026.*unlock"):
            draft.action_take_first_open_date()

    def test_a19_after_what_has_used_the_cost(self):
        """The date that is offered is one that is not refused in its turn."""
        with freeze_time("2026-03-12 15:00:00"):
            self._make_in_move(self.plain, 5, 30.0)
        self._lock("fiscalyear_lock_date", "2026-03-10")
        draft = self._create_writeoff((self.plain, 1), accounting_date="2026-03-09")
        self.assertEqual(draft.first_open_date, date(2026, 3, 13))
        draft.action_take_first_open_date()
        draft.action_submit()

    def test_a18_on_the_form(self):
        """Also before anything is saved; nobody else is offered a date to take."""
        self._lock("fiscalyear_lock_date", "2026-03-10")
        with Form(self.env["inventory.writeoff"].with_user(self.requester)) as form:
            form.reason_id = self.reason
            form.disposal_method_id = self.disposal
            self.assertFalse(form.first_open_date)
            form.accounting_date = "2026-03-09"
            self.assertEqual(form.first_open_date, date(2026, 3, 11))
        writeoff = form.record
        for user in (self.auditor, self.manager):
            self.assertFalse(writeoff.with_user(user).first_open_date)
            writeoff.with_user(user).action_take_first_open_date()
        self.assertEqual(writeoff.accounting_date, date(2026, 3, 9))
