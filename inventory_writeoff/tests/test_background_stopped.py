from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .background import BackgroundCommon


@tagged("post_install", "-at_install")
class TestBackgroundStopped(BackgroundCommon):
    """An error half-way stops one write-off, in words, and there are two ways on."""

    def _stop_half(self):
        """Return a write-off that stopped after two of five items."""
        writeoff = self._start_half()
        self.loss_account.active = False
        self.assertEqual(self._work(writeoff, 1), [False])
        return writeoff

    def test_archived_account(self):
        writeoff = self._stop_half()
        self._assert_stopped(writeoff, "Inventory losses.*archived")
        self.assertEqual(writeoff.value_posted, 20.0)
        self.assertEqual(len(writeoff.account_move_ids), 1)
        self._assert_log_is_whole()
        self._assert_ties_out()
        message = writeoff.message_ids[0]
        self.assertIn(self.finance.partner_id, message.notified_partner_ids)
        # It waits for people; the scheduled action leaves it alone.
        self.loss_account.active = True
        self._run_cron()
        self.assertEqual(writeoff.posting_done, 2)

    def test_others_go_on(self):
        other, stopped = self._approve_five(), self._stop_half()
        self.loss_account.active = True
        self._start(other)
        self._run_cron()
        self.assertEqual(other.state, "posted")
        self.assertEqual(stopped.state, "posting")

    def test_retry(self):
        writeoff = self._stop_half()
        self.loss_account.active = True
        writeoff.with_user(self.second_finance).action_retry()
        self.assertFalse(writeoff.posting_error)
        self._run_cron()
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "posted",
                    "value_posted": 50.0,
                    "poster_id": self.second_finance.id,
                }
            ],
        )
        authors = [e.create_uid for e in writeoff.account_move_ids.sorted("id")]
        self.assertEqual(authors, [self.finance, *[self.second_finance] * 2])
        self._assert_log_is_whole()
        self._assert_ties_out()

    def test_who_retries_and_closes(self):
        writeoff = self._stop_half()
        for user in (self.senior, self.manager, self.auditor):
            for action in ("action_retry", "action_close"):
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaisesRegex(Exception, "role Finance|not allowed"),
                ):
                    getattr(writeoff.with_user(user), action)()

    def test_who_asked_for_it_does_not_retry(self):
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_finance",
        )
        writeoff = self._start(self._approve_five(user=both))
        self._work(writeoff, 2)
        self.loss_account.active = False
        self._work(writeoff, 1)
        with self.assertRaisesRegex(UserError, "You asked for .*someone else must"):
            writeoff.with_user(both).action_retry()

    def test_close_as_partly_posted(self):
        writeoff = self._stop_half()
        lines = writeoff.line_ids
        self.loss_account.active = True
        writeoff.with_user(self.finance).action_close()
        rest = writeoff.rest_ids
        self.assertRecordValues(
            writeoff | rest,
            [
                {"state": "partly_posted", "value": 20.0, "value_posted": 20.0},
                {"state": "draft", "value": 30.0, "value_posted": 0.0},
            ],
        )
        self.assertEqual(writeoff.line_ids, lines[:2])
        self.assertEqual(rest.line_ids, lines[2:])
        self.assertEqual(rest.requester_id, self.requester)
        self.assertEqual(rest.note, writeoff.note)
        self.assertTrue(writeoff.posted_at)
        self.assertTrue(writeoff.posted_impact)
        self.assertEqual(self._free(self.products[4]), 10)
        self.assertFalse(writeoff.stock_move_ids.filtered(lambda m: m.state == "draft"))
        self._assert_log_is_whole()
        self._assert_ties_out()
        # The rest goes the way of any draft.
        rest.with_user(self.requester).action_submit()
        rest.with_user(self.approver).action_approve()
        self._start(rest)
        self._run_cron()
        self.assertEqual(rest.state, "posted")
        self.assertEqual(self._on_hand(self.products[4]), 9)
        self._assert_log_is_whole()

    def test_reverse_what_is_partly_posted(self):
        writeoff = self._stop_half()
        self.loss_account.active = True
        writeoff.with_user(self.finance).action_close()
        line = writeoff.line_ids[0]
        writeoff = writeoff.with_user(self.requester)
        for quantities, state in (
            ({line.id: 1}, "partly_reversed"),
            (None, "reversed"),
        ):
            reversal = writeoff.reverse("Found again", quantities)
            reversal.action_submit()
            reversal.with_user(self.approver).action_approve()
            reversal.with_user(self.finance).action_post()
            self.assertEqual(writeoff.state, state)
        self.assertEqual(writeoff.value_reversed, 20.0)
        self._assert_log_is_whole()
        self._assert_ties_out()

    def test_close_a_reversal_half_way(self):
        """What has come back counts on the original, and the rest is a new draft."""
        writeoff = self._start()
        self._run_cron()
        reversal = writeoff.with_user(self.requester).reverse("Found again")
        reversal.action_submit()
        reversal.with_user(self.approver).action_approve()
        self._start(reversal)
        self._work(reversal, 2)
        self.loss_account.active = False
        self._work(reversal, 1)
        self._assert_stopped(reversal, "archived")
        self.loss_account.active = True
        reversal.with_user(self.finance).action_close()
        self.assertEqual(reversal.state, "partly_posted")
        self.assertEqual(writeoff.state, "partly_reversed")
        self.assertEqual(writeoff.value_reversed, 20.0)
        rest = reversal.rest_ids
        self.assertEqual(rest.reversal_of_id, writeoff)
        rest.with_user(self.requester).action_submit()
        rest.with_user(self.approver).action_approve()
        self._start(rest)
        self._run_cron()
        self.assertEqual(writeoff.state, "reversed")
        self._assert_log_is_whole()
        self._assert_ties_out()

    def test_back_to_approved(self):
        """Nothing was posted: it is what it was, signed by whom it was signed."""
        writeoff = self._start()
        digest = writeoff.approved_digest
        self.loss_account.active = False
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "archived", done=0)
        writeoff.with_user(self.finance).action_close()
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "approved",
                    "approved_digest": digest,
                    "poster_id": False,
                    "accounting_date": False,
                    "posting_error": False,
                }
            ],
        )
        self._assert_log_is_whole()
        self.loss_account.active = True
        self._start(writeoff)
        self._run_cron()
        self.assertEqual(writeoff.state, "posted")

    def test_tampered_while_it_waits(self):
        """Calling it off does not sign what somebody has changed meanwhile."""
        writeoff = self._start()
        self.loss_account.active = False
        self._work(writeoff, 1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE inventory_writeoff_line SET quantity = 9 WHERE id = %s",
            (writeoff.line_ids[0].id,),
        )
        self.env.invalidate_all()
        writeoff.with_user(self.finance).action_close()
        self.loss_account.active = True
        self._start(writeoff)
        self._work(writeoff, 1)
        self.assertEqual(writeoff.state, "to_approve")
        self.assertRegex(writeoff.void_reason, "is not what was approved")

    def test_account_changed_half_way(self):
        """The approval was given for the account, too: no chunk goes to another one."""
        writeoff = self._start_half()
        self.reason.loss_account_id = self._create_account("WOELSE", "Other losses")
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "is not what was approved.*Other losses")
        self.assertTrue(writeoff.posting_void)
        self.assertEqual(self._on_hand(self.products[2]), 10)
        with self.assertRaisesRegex(UserError, "approval of the rest is void"):
            writeoff.with_user(self.finance).action_retry()

    def test_tampered_half_way(self):
        writeoff = self._start_half()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE inventory_writeoff_line SET quantity = 9 WHERE id = %s",
            (writeoff.line_ids[2].id,),
        )
        self.env.invalidate_all()
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "is not what was approved.*quantity 1 → 9")

    def test_lock_date(self):
        writeoff = self._start_half()
        self.company.fiscalyear_lock_date = fields.Date.today()
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "is locked by")
        self.company.fiscalyear_lock_date = False
        writeoff.with_user(self.finance).action_retry()
        self._run_cron()
        self.assertEqual(writeoff.state, "posted")

    def test_user_deactivated(self):
        writeoff = self._start_half()
        self.finance.active = False
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "name of wo_finance.*deactivated.*press Retry")
        writeoff.with_user(self.second_finance).action_retry()
        self._run_cron()
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(writeoff.poster_id, self.second_finance)

    def test_role_taken_away(self):
        writeoff = self._start_half()
        group = self.env.ref("inventory_writeoff.group_writeoff_finance")
        self.finance.write({"group_ids": [(3, group.id)]})
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "not allowed|role Finance")

    def test_company_taken_away(self):
        writeoff = self._start_half()
        other = self.env["res.company"].search([("id", "!=", self.company.id)], limit=1)
        self.finance.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "no longer has access to")

    def test_count_takes_stock(self):
        """A count finds nothing of an item that is not posted yet."""
        writeoff = self._start_half()
        self._count_nothing(self.products[4])
        self._assert_stopped(writeoff, "found less than is held")
        self.assertTrue(writeoff.posting_void)
        with self.assertRaisesRegex(UserError, "approval of the rest is void"):
            writeoff.with_user(self.finance).action_retry()
        writeoff.with_user(self.finance).action_close()
        self.assertEqual(writeoff.state, "partly_posted")
        self.assertEqual(writeoff.rest_ids.line_ids.mapped("quantity"), [1, 1, 0])
        self._assert_log_is_whole()
        self._assert_ties_out()

    def test_count_takes_stock_before_it_begins(self):
        writeoff = self._start()
        self._count_nothing(self.products[4])
        self.assertEqual(writeoff.state, "to_approve")
        self._assert_log_is_whole()

    def _count_nothing(self, product):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", self.stock_location.id),
            ]
        )
        quants.inventory_quantity = 0
        quants.action_apply_inventory()

    def test_cost_drifts_half_way(self):
        self.company.writeoff_drift_amount = 5.0
        writeoff = self._start_half()
        self.products.standard_price = 20.0
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "50.00 was approved, .* worth .*80.00 now")
        self.assertTrue(writeoff.posting_void)
        self.assertEqual(self._on_hand(self.products[2]), 10)

    def test_cost_drifts_and_comes_back(self):
        """The whole counts: what one chunk loses another one makes up for."""
        self.company.writeoff_drift_amount = 5.0
        writeoff = self._start_half()
        self.products[2:4].standard_price = 14.0
        self.products[4].standard_price = 2.0
        self._run_cron()
        self.assertEqual(writeoff.state, "posted", writeoff.posting_error)
        self.assertEqual(writeoff.value_posted, 50.0)

    @mute_logger("odoo.addons.inventory_writeoff.models.inventory_writeoff_worker")
    def test_unexpected_error(self):
        """A bug in some other add-on stops it as well, and says what it was."""
        writeoff = self._start_half()

        def fail(*args, **kwargs):
            raise ZeroDivisionError("one by nothing")

        with self._worker() as worker:
            self.patch(worker.env.registry["stock.move"], "_action_done", fail)
            worker._post_chunk(writeoff.id)
        self._assert_stopped(writeoff, "ZeroDivisionError: one by nothing")
        self.assertEqual(self._on_hand(self.products[2]), 10)
