import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .background import BackgroundCommon


@tagged("post_install", "-at_install")
class TestStep(BackgroundCommon):
    """Five items where two are held at once: each step that holds or releases them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.writeoff_hold_size = 2

    def _draft_five(self):
        return self._create_writeoff(*((product, 1) for product in self.products))

    def _submit_five(self):
        writeoff = self._draft_five()
        writeoff.action_submit()
        self._work(writeoff, 1)
        self.assertEqual(writeoff.state, "to_approve", writeoff.step_error)
        return writeoff

    def _get_kinds(self, writeoff):
        kinds = writeoff.sudo().event_ids.sorted("id").mapped("kind")
        return [kind for kind in kinds if not kind.startswith("step_asked")]

    def test_button_only_asks(self):
        """Nothing is held before the worker comes; every scheduled action is called."""
        writeoff = self._draft_five()
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search([])
        writeoff.action_submit()
        self.assertEqual(len((triggers.search([]) - before).cron_id), 4)
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "draft",
                    "step_asked": "submit",
                    "step_user_id": self.requester.id,
                    "can_submit": False,
                    "can_cancel": False,
                    "can_call_off_step": True,
                    "can_retry_step": False,
                }
            ],
        )
        self.assertFalse(writeoff.sudo().stock_move_ids)
        self.assertEqual(self._free(self.products[0]), 10)

    def test_a_list_says_that_it_goes_on(self):
        """Who presses a button for several is told, and nobody else."""
        writeoffs = self._draft_five() | self._draft_five()
        self.env.cr.precommit.run()
        before = self.env["bus.bus"].search([])
        writeoffs.action_submit()
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].search([("message", "ilike", "simple_notif")])
        (notice,) = sent - before
        names = ", ".join(writeoffs.mapped("display_name"))
        self.assertIn(
            f"{names}: Submission goes on",
            json.loads(notice.message)["payload"]["message"],
        )
        self.assertIn(str(self.requester.partner_id.id), notice.channel)

    def test_small_is_done_at_once(self):
        writeoff = self._submit((self.products[0], 1), (self.products[1], 1))
        self.assertEqual((writeoff.state, writeoff.step_asked), ("to_approve", False))

    def test_same_as_at_once(self):
        """Each way of a write-off leads to what it leads to in one go."""
        ways = {
            "submit": [],
            "approve": [(self.approver, "action_approve", ())],
            "reject": [(self.approver, "reject", ("No",))],
            "draft": [(self.requester, "action_draft", ())],
            "cancel": [(self.requester, "action_cancel", ())],
        }
        names = ["state", "value_estimated", "submitted_by_id", "approver_id"]
        names += ["rejection_reason", "approval_round", "step_asked", "step_error"]
        for way, steps in ways.items():
            found = []
            for size in (5, 1):
                self.company.writeoff_hold_size = size
                writeoff = self._draft_five()
                for user, method, args in [
                    (self.requester, "action_submit", ())
                ] + steps:
                    getattr(writeoff.with_user(user), method)(*args)
                    if size == 1:
                        self._run_cron()
                moves = writeoff.sudo().stock_move_ids
                found.append(
                    [
                        writeoff.sudo().read(names, load=None)[0] | {"id": 0},
                        sorted(moves.mapped("state")),
                        self._get_kinds(writeoff),
                        writeoff.sudo().event_ids.user_id.ids,
                    ]
                )
                self._assert_log_is_whole()
                writeoff.sudo().stock_move_ids and self._release(writeoff)
            with self.subTest(way):
                self.assertEqual(*found)

    def _release(self, writeoff):
        self.company.writeoff_hold_size = 5
        if writeoff.state in ("to_approve", "approved"):
            writeoff.action_cancel()

    def test_refused_meanwhile(self):
        """Neither buttons nor remote calls change what waits for a step."""
        writeoff = self._draft_five()
        writeoff.action_submit()
        product = self.products[0]
        extra = Command.create(self._line_vals(product, 1))
        for name, change in (
            ("submit", writeoff.action_submit),
            ("cancel", writeoff.action_cancel),
            ("delete", writeoff.unlink),
            ("note", lambda: writeoff.write({"note": "Other"})),
            ("add", lambda: writeoff.write({"line_ids": [extra]})),
            ("edit", lambda: writeoff.line_ids[0].write({"quantity": 2})),
            ("remove", lambda: writeoff.line_ids[0].unlink()),
        ):
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "Submission, .* in the background"),
            ):
                change()
        self._work(writeoff, 1)
        self.assertEqual(writeoff.state, "to_approve")

    def test_refused_steps_while_it_is_released(self):
        writeoff = self._submit_five()
        writeoff.action_draft()
        for user, method, args in (
            (self.approver, "action_approve", ()),
            (self.approver, "reject", ("No",)),
            (self.requester, "action_cancel", ()),
        ):
            with (
                self.subTest(method),
                self.assertRaisesRegex(UserError, "Back to draft, .* background"),
            ):
                getattr(writeoff.with_user(user), method)(*args)
        self.assertEqual(self._free(self.products[0]), 9)
        self._run_cron()
        self.assertEqual(writeoff.state, "draft")
        self.assertEqual(self._free(self.products[0]), 10)

    def test_stopped_then_retried(self):
        """Somebody takes goods meanwhile: nothing is held, and it says why."""
        writeoff = self._draft_five()
        writeoff.action_submit()
        quants = self.env["stock.quant"]
        product = self.products[4]
        quants._update_available_quantity(product, self.stock_location, -10)
        self._work(writeoff, 1)
        self.assertEqual(writeoff.state, "draft")
        self.assertRegex(writeoff.step_error, "Tile 4.*0")
        self.assertEqual(writeoff.name, "New")
        self.assertFalse(writeoff.sudo().stock_move_ids)
        self.assertIn("step_stopped", self._get_kinds(writeoff))
        self.assertIn(
            self.requester.partner_id, writeoff.message_ids.notified_partner_ids
        )
        self.assertEqual(self._work(writeoff, 1), [False])
        self.assertTrue(writeoff.can_retry_step)
        self.assertTrue(writeoff.can_submit)
        quants._update_available_quantity(product, self.stock_location, 10)
        writeoff.action_retry_step()
        self.assertFalse(writeoff.step_error)
        self._run_cron()
        self.assertRecordValues(
            writeoff, [{"state": "to_approve", "step_asked": False}]
        )

    def test_called_off(self):
        """Who asked, or could have asked, calls it off; nobody else."""
        writeoff = self._draft_five()
        writeoff.action_submit()
        with self.assertRaisesRegex(UserError, "role Requester"):
            writeoff.with_user(self.finance).action_call_off_step()
        writeoff.action_call_off_step()
        self.assertFalse(writeoff.step_asked)
        self.assertIn("step_called_off", self._get_kinds(writeoff))
        self._run_cron()
        self.assertEqual(writeoff.state, "draft")
        with self.assertRaisesRegex(UserError, "nothing goes on in the background"):
            writeoff.action_call_off_step()

    def test_only_who_may_asks(self):
        writeoff = self._submit_five()
        with self.assertRaisesRegex(UserError, "role"):
            writeoff.with_user(self.finance).reject("No")
        with self.assertRaisesRegex(UserError, "Say why"):
            writeoff.with_user(self.approver).reject(" ")
        self.assertFalse(writeoff.step_asked)

    def test_asked_by_somebody_deactivated(self):
        writeoff = self._submit_five()
        writeoff.with_user(self.approver).reject("No")
        self.approver.active = False
        self._work(writeoff, 1)
        self.assertEqual(writeoff.state, "to_approve")
        self.assertRegex(writeoff.step_error, "was deactivated")

    def test_approval_is_for_what_was_seen(self):
        """What changes between the button and the worker is not approved."""
        self.company.writeoff_hold_size = 6
        lines = [(product, 1) for product in (*self.products, self.products[0])]
        writeoff = self._submit(*lines)
        self.company.writeoff_hold_size = 1
        writeoff.with_user(self.approver).action_approve()
        self.assertRecordValues(
            writeoff, [{"state": "to_approve", "step_asked": "approve"}]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE inventory_writeoff_line SET quantity = 2 WHERE id = %s",
            (writeoff.line_ids[0].id,),
        )
        self._work(writeoff, 1)
        self.assertEqual(writeoff.state, "to_approve")
        self.assertRegex(writeoff.step_error, "changed since you approved it")

    def test_fields_are_written_by_buttons_only(self):
        writeoff = self._draft_five()
        with self.assertRaisesRegex(Exception, "recorded by its buttons"):
            writeoff.write({"step_asked": "submit"})
        created = writeoff.create(
            {"step_asked": "submit", "step_user_id": self.finance.id}
        )
        self.assertFalse(created.step_asked)

    def test_check_in_the_background(self):
        self.company.writeoff_hold_size = 1
        writeoff = self._draft_five()
        writeoff.action_check()
        self.assertEqual((writeoff.step_asked, writeoff.can_check), ("check", False))
        with self.assertRaisesRegex(UserError, "Check, .* in the background"):
            writeoff.action_submit()
        self._work(writeoff, 1)
        self.assertEqual((writeoff.step_asked, writeoff.step_error), (False, False))
        self.assertTrue(writeoff.checked_at)
        self.assertTrue(writeoff.can_check)

    def _post_five(self):
        self.company.writeoff_hold_size = self.company.writeoff_chunk_size = 5
        writeoff = self._start()
        self.company.writeoff_hold_size = 2
        return writeoff.with_user(self.requester)

    def test_items_of_a_reversal(self):
        """The draft is there at once; its items are those of a reversal in one go."""
        writeoff = self._post_five()
        lines = writeoff.line_ids
        reversal = writeoff.reverse("Found", {line.id: 0.5 for line in lines})
        self.assertEqual((reversal.step_asked, len(reversal.line_ids)), ("fill", 0))
        self._work(reversal, 1)
        self.assertEqual((reversal.step_asked, reversal.step_error), (False, False))
        self.assertEqual(reversal.line_ids.origin_line_id, lines)
        self.assertEqual(reversal.line_ids.mapped("quantity"), [0.5] * 5)
        self.assertEqual(reversal.value_estimated, -25.0)

    def test_reversed_twice_meanwhile(self):
        """Of two requests for the same items the second is refused, in words."""
        writeoff = self._post_five()
        first, second = writeoff.reverse("Found"), writeoff.reverse("Found, too")
        self._work(first, 1)
        self._work(second, 1)
        self.assertEqual(len(first.line_ids), 5)
        self.assertFalse(second.line_ids)
        self.assertRegex(second.step_error, "left")

    def test_closed_as_partly_posted(self):
        """The rest is released in the background, and is a draft only then."""
        self.company.writeoff_hold_size = 5
        writeoff = self._start_half()
        self.loss_account.active = False
        self._work(writeoff, 1)
        self._assert_stopped(writeoff, "archived")
        self.company.writeoff_hold_size = 2
        writeoff.with_user(self.finance).action_close()
        self.assertEqual((writeoff.state, writeoff.step_asked), ("posting", "close"))
        self.assertFalse(writeoff.with_user(self.finance).can_retry)
        self.assertEqual(self._free(self.products[4]), 9)
        self._run_cron()
        self.assertEqual(writeoff.state, "partly_posted", writeoff.step_error)
        self.assertEqual(len(writeoff.rest_id.line_ids), 3)
        self.assertEqual(self._free(self.products[4]), 10)
        self._assert_log_is_whole()
