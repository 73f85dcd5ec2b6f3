from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .background import CRONS, BackgroundCommon


@tagged("post_install", "-at_install")
class TestBackground(BackgroundCommon):
    """Five items in chunks of two: what is committed after each, and at the end."""

    def test_small_is_posted_at_once(self):
        writeoff = self._post((self.products[0], 1), (self.products[1], 1))
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(writeoff.line_ids.mapped("posted_chunk"), [0, 0])

    def test_button_only_begins(self):
        """Nothing moves before the worker comes; every scheduled action is called."""
        crons = self.env["ir.cron"].union(*(self.env.ref(name) for name in CRONS))
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "in", crons.ids)]
        before = triggers.search(domain)
        writeoff = self._start()
        self.assertEqual((triggers.search(domain) - before).cron_id, crons)
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "posting",
                    "poster_id": self.finance.id,
                    "posting_total": 5,
                    "posting_done": 0,
                    "value_posted": 0.0,
                    "value": 50.0,
                }
            ],
        )
        self.assertFalse(writeoff.account_move_ids)
        self.assertEqual(self._on_hand(self.products[0]), 10)

    def test_each_chunk_is_whole(self):
        """After each chunk stock, ledger, items, log and totals agree."""
        writeoff = self._start()
        value = self.env["inventory.valuation"]._get_value(self.company)
        for done, is_more in ((0, True), (2, True), (4, True), (5, False)):
            self.assertEqual(self._work(writeoff, 1), [is_more])
            with self.subTest(done=done):
                self.assertEqual(writeoff.posting_done, done)
                posted = writeoff.line_ids.filtered("posted_chunk")
                self.assertEqual(posted, writeoff.line_ids[:done])
                self.assertEqual(writeoff.value_posted, 10.0 * done)
                self.assertEqual(writeoff.value, 50.0)
                self.assertEqual(writeoff.value_before, value)
                self.assertEqual(writeoff.value_after, value - 50.0)
                moves = writeoff.stock_move_ids.filtered(lambda m: m.state == "done")
                self.assertEqual(moves.writeoff_line_id, posted)
                self.assertEqual(sum(moves.mapped("value")), 10.0 * done)
                entries = writeoff.account_move_ids
                self.assertEqual(len(entries), -(-done // 2))
                self.assertEqual(sum(entries.mapped("amount_total")), 10.0 * done)
                self._assert_log_is_whole()
                if done:
                    self._assert_ties_out()
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(self._work(writeoff, 1), [False])

    def test_scheduled_action_posts_all(self):
        first, second = self._start(), self._start()
        self._run_cron()
        for writeoff in (first, second):
            self.assertEqual(writeoff.state, "posted")
            self.assertEqual(writeoff.value_posted, 50.0)
            self.assertEqual(len(writeoff.account_move_ids), 3)
        self.assertEqual(self._on_hand(self.products[4]), 8)

    def test_same_as_in_one_go(self):
        """Two write-offs of the same goods differ in nothing that counts."""
        self.company.writeoff_chunk_size = 5
        at_once = self._start()
        self.company.writeoff_chunk_size = 2
        chunked = self._start()
        self._run_cron()
        for name in ("state", "value_posted", "value_estimated", "accounting_date"):
            self.assertEqual(chunked[name], at_once[name], name)
        self.assertEqual(
            self._get_balances(chunked),
            self._get_balances(at_once),
        )
        values = chunked.line_ids.mapped("posted_stock_value_before")
        self.assertEqual(
            [value + 10.0 for value in values],
            at_once.line_ids.mapped("posted_stock_value_before"),
        )
        self.assertEqual(
            chunked.posted_impact["change"], at_once.posted_impact["change"]
        )

    def _get_balances(self, writeoff):
        items = writeoff.account_move_ids.line_ids
        return {
            account: sum(group.mapped("balance"))
            for account, group in items.grouped("account_id").items()
        }

    def test_in_the_name_of_who_pressed(self):
        writeoff = self._start()
        self._run_cron()
        self.assertEqual(writeoff.poster_id, self.finance)
        self.assertEqual(writeoff.account_move_ids.create_uid, self.finance)
        kinds = ("posting_started", "chunk_posted", "posted")
        events = writeoff.event_ids.filtered(lambda event: event.kind in kinds)
        self.assertEqual(len(events), 5)
        for event in events:
            self.assertEqual(event.user_id, self.finance)
            self.assertFalse(event.is_superuser)

    def test_poster_is_told(self):
        writeoff = self._start()
        self._run_cron()
        message = writeoff.message_ids.filtered(
            lambda m: self.finance.partner_id in m.notified_partner_ids
        )
        self.assertRegex(message.body, "Posted: the goods are off stock, and .*50.00")

    def test_forms_are_told(self):
        """Whoever may read write-offs is sent how far it is, and nothing else."""
        writeoff = self._start()
        with self._worker() as worker:
            sent = []
            group = self.env.ref("inventory_writeoff.group_writeoff_auditor")
            self.patch(
                self.env.registry["bus.bus"],
                "_sendone",
                lambda bus, channel, kind, message: sent.append(
                    (channel, kind, message)
                ),
            )
            for _step in range(4):
                worker._post_chunk(writeoff.id)
        told = [
            (message["done"], message["is_over"])
            for channel, kind, message in sent
            if kind == "writeoff_progress" and channel == group
        ]
        self.assertEqual(told, [(0, False), (2, False), (4, False), (5, True)])

    def test_date_is_fixed_when_it_begins(self):
        """Midnight passes, and then the clock is set back: the date stays."""
        today = fields.Date.today()
        writeoff = self._start_half()
        for day in (1, -3):
            moment = fields.Datetime.add(fields.Datetime.now(), days=day)
            with freeze_time(moment):
                self._work(writeoff, 1)
        self.assertEqual(writeoff.state, "posted", writeoff.posting_error)
        self.assertEqual(writeoff.accounting_date, today)
        self.assertEqual(set(writeoff.account_move_ids.mapped("date")), {today})
        self._assert_ties_out()

    def test_nobody_cancels_it_half_way(self):
        writeoff = self._start_half()
        for user, action in (
            (self.requester, "action_cancel"),
            (self.requester, "action_draft"),
            (self.finance, "action_post"),
            (self.finance, "action_retry"),
            (self.finance, "action_close"),
        ):
            with (
                self.subTest(action=action),
                self.assertRaisesRegex(UserError, "is being posted: 2 of 5 items"),
            ):
                getattr(writeoff.with_user(user), action)()
        with self.assertRaisesRegex(UserError, "is being posted: 2 of 5 items"):
            writeoff.with_user(self.approver).reject("Stop")
        with self.assertRaisesRegex(UserError, "which is being posted"):
            writeoff.sudo().stock_move_ids._action_cancel()

    def test_cut_off_counts_what_is_left(self):
        self._start_half()
        cut_off = self.env["inventory.writeoff.cut.off"].with_user(self.finance)
        cut_off = cut_off.create({"date": fields.Date.today()})
        self.assertEqual(cut_off.value_half_posted, 30.0)
        self.assertEqual(cut_off.writeoff_ids.mapped("value_open"), [30.0])
        self.assertEqual(cut_off.value, 30.0)

    def test_closed_period_is_refused_by_the_button(self):
        writeoff = self._approve_five(accounting_date="2024-03-01")
        self.company.fiscalyear_lock_date = "2024-03-31"
        with self.assertRaisesRegex(UserError, "is locked by"):
            self._start(writeoff)
        self.assertEqual(writeoff.state, "approved")

    def test_only_finance_begins(self):
        writeoff = self._approve_five()
        with self.assertRaisesRegex(UserError, "role Finance"):
            self._start(writeoff, self.senior)

    def test_void_before_it_begins(self):
        """What drifted since the approval goes back, and nothing is posted."""
        self.company.writeoff_drift_amount = 1.0
        writeoff = self._start()
        self.products.standard_price = 20.0
        self.assertEqual(self._work(writeoff, 1), [False])
        self.assertEqual(writeoff.state, "to_approve")
        self.assertRegex(writeoff.void_reason, "50.00 was approved, .* worth .*100.00")
        self.assertFalse(writeoff.posting_date)
        self.assertFalse(writeoff.poster_id)
        self.assertEqual(self._on_hand(self.products[0]), 10)
        self.assertIn(
            self.finance.partner_id, writeoff.message_ids.notified_partner_ids
        )
        self._assert_log_is_whole()

    def test_reversal_of_what_was_chunked(self):
        """It is posted in chunks as well, and mirrors all entries of the original."""
        writeoff = self._start()
        self._run_cron()
        reversal = writeoff.with_user(self.requester).reverse("Found again")
        reversal.action_submit()
        reversal.with_user(self.approver).action_approve()
        reversal = self._start(reversal.with_env(self.env))
        self.assertEqual(self._work(reversal, 3), [True] * 3)
        self._assert_log_is_whole()
        self._assert_ties_out()
        self.assertEqual(self._work(reversal, 1), [False])
        self.assertEqual(reversal.state, "posted")
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(reversal.value_posted, -50.0)
        mirrored = reversal.account_move_ids.reversed_entry_id
        self.assertEqual(mirrored, writeoff.account_move_ids)
        both = writeoff.account_move_ids | reversal.account_move_ids
        for account, items in both.line_ids.grouped("account_id").items():
            self.assertAlmostEqual(sum(items.mapped("balance")), 0.0, msg=account.name)
        self.assertEqual(self._on_hand(self.products[0]), 10)
        self._assert_log_is_whole()
        self._assert_ties_out()
