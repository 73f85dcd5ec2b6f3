from datetime import date, datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .books import VALUES, BooksCommon
from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestDates(BooksCommon, WriteoffCommon):
    """A write-off is posted on the date it carries, or refused in words (A18, A19).

    Goods come in on 2 March, the stock is closed on 3 March, today is 20 March.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 09:00:00"):
            cls.products = {
                key: cls._create_product(category.name, category)
                for key, category in cls._create_categories().items()
            }
        cls.product = cls.products["average", "periodic"]

    def _prepare_once(self):
        super()._prepare_once()
        with freeze_time("2026-03-02 09:00:00"):
            for product in self.products.values():
                self._make_in_move(product, 10, 10.0)
                self._make_in_move(product, 10, 20.0)
        with freeze_time("2026-03-03 09:00:00"):
            self._close()
        # Nothing of the past is left to be written once a lock is set.
        self.env.flush_all()

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2026-03-20 09:00:00"))

    def _assert_refused(self, pattern, accounting_date, product=None):
        with self.assertRaisesRegex(UserError, pattern):
            self._submit((product or self.product, 1), accounting_date=accounting_date)

    def _user(self, role, timezone):
        user = self._create_role_user(f"{role}_{timezone}", role)
        user.tz = timezone
        return user

    def test_a19_back_dated(self):
        """Posted on exactly that date, and Odoo's closings agree before and after."""
        day = date(2026, 3, 10)
        for (method, valuation), product in self.products.items():
            with self.subTest(method=method, valuation=valuation):
                writeoff = self._post((product, 12), accounting_date=day)
                moves = writeoff.sudo().stock_move_ids
                self.assertEqual(writeoff.sudo().account_move_ids.date, day)
                self.assertEqual(writeoff.value_posted, VALUES[method])
                self.assertEqual(moves.date, datetime(2026, 3, 10))
                self.assertEqual(moves.move_line_ids.date, datetime(2026, 3, 10))
                for at_date in ("2026-03-09", "2026-03-10", "2026-03-20", None):
                    self._assert_closed(at_date)

    def test_no_date_is_the_day_of_posting(self):
        writeoff = self._approve((self.product, 1))
        with freeze_time("2026-03-21 10:00:00"):
            writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.accounting_date, date(2026, 3, 21))
        self.assertEqual(writeoff.sudo().account_move_ids.date, date(2026, 3, 21))
        self.assertEqual(writeoff.sudo().stock_move_ids.date, datetime(2026, 3, 21, 10))

    def test_future(self):
        self._assert_refused(
            "New.*03/21/2026 is in the future.*03/20/2026", "2026-03-21"
        )
        writeoff = self._approve((self.product, 1))
        writeoff.with_user(self.finance).accounting_date = "2026-03-21"
        with self.assertRaisesRegex(UserError, "is in the future"):
            writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "approved")

    def test_lock_dates(self):
        """Every lock that counts for a miscellaneous entry, and none that does not."""
        for lock in ("fiscalyear_lock_date", "hard_lock_date"):
            with self.subTest(lock):
                self.company[lock] = "2026-03-10"
                self._assert_refused(
                    r"03/10/2026 is locked by .*\(03/10/2026\).*date is 03/11/2026",
                    "2026-03-10",
                )
                writeoff = self._post((self.product, 1), accounting_date="2026-03-11")
                self.assertEqual(
                    writeoff.sudo().account_move_ids.date, date(2026, 3, 11)
                )
                if lock != "hard_lock_date":
                    self.company[lock] = False

    def test_locks_of_other_journals(self):
        for lock in ("tax_lock_date", "sale_lock_date", "purchase_lock_date"):
            with self.subTest(lock):
                self.company[lock] = "2026-03-10"
                writeoff = self._post((self.product, 1), accounting_date="2026-03-10")
                self.assertEqual(
                    writeoff.sudo().account_move_ids.date, date(2026, 3, 10)
                )

    def test_today_is_locked(self):
        """Odoo would post tomorrow and say nothing."""
        self.company.fiscalyear_lock_date = "2026-03-20"
        self._assert_refused("03/20/2026 is locked .*date is 03/21/2026", False)

    def test_lock_between_approval_and_posting(self):
        writeoff = self._approve((self.product, 1), accounting_date="2026-03-10")
        self.company.fiscalyear_lock_date = "2026-03-15"
        with self.assertRaisesRegex(UserError, f"{writeoff.name}: .* 03/16/2026"):
            writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "approved")
        self.assertFalse(writeoff.sudo().account_move_ids)
        writeoff.with_user(self.finance).accounting_date = "2026-03-16"
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.sudo().account_move_ids.date, date(2026, 3, 16))

    def test_lock_exception(self):
        """Who was given an exception may post; whoever was not may not."""
        writeoff = self._approve((self.product, 1), accounting_date="2026-03-10")
        self.company.fiscalyear_lock_date = "2026-03-15"
        self._create_exception(self.manager)
        with self.assertRaisesRegex(UserError, "is locked by"):
            writeoff.with_user(self.finance).action_post()
        self._create_exception(self.finance)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.sudo().account_move_ids.date, date(2026, 3, 10))

    def _create_exception(self, user):
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": user.id,
                "fiscalyear_lock_date": "2026-03-05",
                "end_datetime": False,
            }
        )

    def test_last_closing(self):
        """Nothing is written off as of a closed stock, but today always is."""
        message = "03/0[23]/2026 is not after the last .*03/03/2026.* is 03/04/2026"
        self._assert_refused(message, "2026-03-03")
        self._assert_refused(message, "2026-03-02")
        writeoff = self._approve((self.product, 1), accounting_date="2026-03-10")
        today = self._approve((self.product, 1))
        with freeze_time("2026-03-20 08:00:00"):
            self.company._save_closing_id(self._create_closing().id)
        with self.assertRaisesRegex(UserError, "is not after the last"):
            writeoff.with_user(self.finance).action_post()
        today.with_user(self.finance).action_post()
        self._assert_closed(None)

    def _create_closing(self):
        closing = self.env["account.move"].create(
            {
                "journal_id": self.company.account_stock_journal_id.id,
                "line_ids": [
                    (0, 0, {"account_id": self.loss_account.id, "balance": sign})
                    for sign in (1, -1)
                ],
            }
        )
        closing.action_post()
        return closing

    def test_later_valued_move(self):
        with freeze_time("2026-03-12 15:00:00"):
            self._make_in_move(self.product, 5, 30.0)
        message = r"item 1 \(average periodic\): on 03/12/2026 .* later accounting date"
        self._assert_refused(message, "2026-03-10")
        self._assert_refused(message, "2026-03-12")
        other = self.products["fifo", "periodic"]
        self._post((other, 1), accounting_date="2026-03-10")
        self._post((self.product, 1), accounting_date="2026-03-13")
        self._assert_closed_but_for(150.0)

    def _assert_closed_but_for(self, received):
        """The closing finds what was received meanwhile, and nothing else."""
        entry = self._close()
        self.assertEqual(sum(entry.line_ids.mapped("debit")), received)

    def test_two_on_the_same_date(self):
        """Back-dated write-offs of one day do not stand in each other's way."""
        self._post((self.product, 2), accounting_date="2026-03-10")
        self._post((self.product, 2), accounting_date="2026-03-10")
        self._assert_closed("2026-03-10")

    def test_later_change_of_cost(self):
        product = self.products["standard", "periodic"]
        with freeze_time("2026-03-12 15:00:00"):
            product.with_company(self.company).standard_price = 11.0
        self._assert_refused(
            "on 03/12/2026 .* moved or revalued", "2026-03-10", product
        )
        writeoff = self._post((product, 1), accounting_date="2026-03-13")
        self.assertEqual(writeoff.value_posted, 11.0)

    def test_later_move_between_approval_and_posting(self):
        writeoff = self._approve((self.product, 1), accounting_date="2026-03-10")
        with freeze_time("2026-03-12 15:00:00"):
            self._make_in_move(self.product, 5, 30.0)
        with self.assertRaisesRegex(UserError, f"{writeoff.name}.*on 03/12/2026"):
            writeoff.with_user(self.finance).action_post()
        self.assertEqual(self._on_hand(self.product), 25.0)

    def test_time_zones(self):
        """Today is the day in the user's calendar, also near midnight."""
        cases = [
            # time zone, time in UTC, the user's date
            ("Asia/Tokyo", "2026-03-20 23:30:00", date(2026, 3, 21)),
            ("Asia/Tokyo", "2026-03-20 14:30:00", date(2026, 3, 20)),
            ("America/New_York", "2026-03-21 02:30:00", date(2026, 3, 20)),
            ("America/New_York", "2026-03-20 05:00:00", date(2026, 3, 20)),
        ]
        users = {
            (role, timezone): self._user(role, timezone)
            for role in ("user", "finance")
            for timezone in ("Asia/Tokyo", "America/New_York")
        }
        for timezone, now, today in cases:
            requester, finance = users["user", timezone], users["finance", timezone]
            with self.subTest(timezone=timezone, now=now), freeze_time(now):
                for asked in (today, False):
                    line = (self.product, 1)
                    writeoff = self._approve(
                        line, user=requester, accounting_date=asked
                    )
                    writeoff.with_user(finance).action_post()
                    self.assertEqual(writeoff.accounting_date, today)
                    self.assertEqual(writeoff.sudo().account_move_ids.date, today)
                with self.assertRaisesRegex(UserError, "in the future"):
                    tomorrow = fields.Date.add(today, days=1)
                    self._submit(line, user=requester, accounting_date=tomorrow)
