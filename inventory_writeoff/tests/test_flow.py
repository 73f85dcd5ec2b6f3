from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestFlow(WriteoffCommon):
    """The way of a write-off from draft to posted, and the ways back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Broken Vase", cls.category_avco)

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 10, 10.0)
        self._make_in_move(self.product, 10, 15.0)

    def test_item_removed_after_a_rejection(self):
        writeoff = self._create_writeoff((self.product, 12), (self.product, 3))
        first, second = writeoff.line_ids
        writeoff.action_submit()
        with self.assertRaises(UserError), self.cr.savepoint():
            first.unlink()
        with self.assertRaises(AccessError), self.cr.savepoint():
            first.with_user(self.manager).unlink()
        writeoff.with_user(self.approver).reject("The second item is somebody else's.")
        writeoff.action_draft()
        writeoff.write({"line_ids": [Command.delete(second.id)]})
        writeoff.action_submit()
        self.assertEqual(writeoff.line_ids, first)
        self.assertEqual(self._free(self.product), 8.0)

    def test_story(self):
        """Requester submits, approver approves, finance posts: 12 at 12.50."""
        writeoff = self._create_writeoff((self.product, 12))
        self.assertEqual(writeoff.value_estimated, 150.0)
        writeoff.action_submit()
        self.assertEqual(writeoff.state, "to_approve")
        self.assertTrue(writeoff.name.startswith("WO/"))
        self.assertEqual(self._free(self.product), 8.0)
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.approver_id, self.approver)
        writeoff.with_user(self.finance).action_post()
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "posted",
                    "value_posted": 150.0,
                    "value_before": 250.0,
                    "value_after": 100.0,
                    "poster_id": self.finance.id,
                }
            ],
        )
        self.assertEqual(self._on_hand(self.product), 8.0)
        self.assertEqual(self._on_hand(self.product, self.loss_location), 12.0)
        entry = writeoff.sudo().account_move_ids
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "posted",
                    "ref": writeoff.name,
                    "journal_id": self.company.account_stock_journal_id.id,
                }
            ],
        )
        self.assertRecordValues(
            entry.line_ids.sorted("credit"),
            [
                {"account_id": self.loss_account.id, "debit": 150.0, "credit": 0.0},
                {
                    "account_id": self.account_stock_valuation.id,
                    "debit": 0.0,
                    "credit": 150.0,
                },
            ],
        )
        self.assertEqual(writeoff.sudo().stock_move_ids.account_move_id, entry)
        self.assertIn(entry.name, writeoff.message_ids[0].body)

    def test_reject_releases_and_can_be_resubmitted(self):
        writeoff = self._submit((self.product, 12))
        writeoff.with_user(self.approver).reject("The photo is missing.")
        self.assertRecordValues(
            writeoff,
            [{"state": "rejected", "rejection_reason": "The photo is missing."}],
        )
        self.assertEqual(self._free(self.product), 20.0)
        name = writeoff.name
        writeoff.action_draft()
        writeoff.line_ids.quantity = 5
        writeoff.action_submit()
        self.assertEqual(writeoff.name, name)
        self.assertEqual(self._free(self.product), 15.0)

    def test_reject_needs_a_reason(self):
        writeoff = self._submit((self.product, 12))
        with self.assertRaisesRegex(UserError, "Say why"):
            writeoff.with_user(self.approver).reject("  ")
        self.assertEqual(writeoff.state, "to_approve")

    def test_cancel_and_draft_release(self):
        for action, state in (
            ("action_cancel", "cancelled"),
            ("action_draft", "draft"),
        ):
            writeoff = self._approve((self.product, 12))
            self.assertEqual(self._free(self.product), 8.0)
            getattr(writeoff, action)()
            self.assertEqual(writeoff.state, state)
            self.assertEqual(self._free(self.product), 20.0)

    def test_requester_cannot_approve_own(self):
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver",
        )
        writeoff = self._submit((self.product, 2), user=both)
        self.assertFalse(writeoff.can_approve)
        self.assertIn("someone else", writeoff.hint)
        with self.assertRaisesRegex(UserError, "someone else must approve"):
            writeoff.action_approve()

    def test_activity_for_approver(self):
        writeoff = self._submit((self.product, 2))
        activities = writeoff.sudo().activity_ids
        self.assertIn(self.approver, activities.user_id)
        self.assertNotIn(self.requester, activities.user_id)
        writeoff.with_user(self.approver).action_approve()
        self.assertFalse(writeoff.sudo().activity_ids)

    def test_state_by_write(self):
        writeoff = self._create_writeoff((self.product, 2))
        with self.assertRaisesRegex(AccessError, "buttons"):
            writeoff.state = "approved"

    def test_delete_only_fresh_drafts(self):
        writeoff = self._create_writeoff((self.product, 2))
        writeoff.unlink()
        submitted = self._submit((self.product, 2))
        with self.assertRaisesRegex(UserError, "Cancel it"):
            submitted.unlink()

    def test_refusal_names_who_holds_the_goods(self):
        first = self._submit((self.product, 15))
        second = self._create_writeoff((self.product, 6))
        held = f"only 5.0 are free.*Held by write-off {first.name}"
        with self.assertRaisesRegex(UserError, held):
            second.action_submit()
        self.assertEqual(second.state, "draft")
