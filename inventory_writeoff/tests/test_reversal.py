import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .reversals import ReversalCommon


@tagged("post_install", "-at_install")
class TestReversal(ReversalCommon):
    """A posted write-off is reversed by a document of its own, as people ask for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase", cls.category_fifo)

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 5, 10.0)
        self._make_in_move(self.product, 5, 20.0)

    def test_story(self):
        """Asked for, approved, posted: the goods, the loss and the links are back."""
        writeoff = self._post((self.product, 6))
        self.assertEqual(self._free(self.product), 4.0)
        reversal = writeoff.reverse("  They were in the wrong aisle.  ")
        self.assertRecordValues(
            reversal,
            [
                {
                    "state": "draft",
                    "reversal_of_id": writeoff.id,
                    "reversal_reason": "They were in the wrong aisle.",
                    "requester_id": self.requester.id,
                    "reason_id": self.reason.id,
                    "value_estimated": -70.0,
                }
            ],
        )
        reversal.action_submit()
        self.assertEqual(writeoff.state, "posted")
        self.assertFalse(reversal.sudo().stock_move_ids, "nothing is held for it")
        reversal.with_user(self.approver).action_approve()
        with self.assertRaisesRegex(UserError, "you need the role"):
            reversal.action_post()
        reversal.with_user(self.finance).action_post()
        self.assertRecordValues(
            reversal, [{"state": "posted", "value_posted": -70.0, "value": -70.0}]
        )
        self.assertEqual(reversal.value_after - reversal.value_before, 70.0)
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "reversed",
                    "value_posted": 70.0,
                    "value_reversed": 70.0,
                    "reversal_count": 1,
                }
            ],
        )
        self.assertEqual(writeoff.line_ids.quantity_reversed, 6.0)
        self.assertEqual(self._free(self.product), 10.0)
        move = reversal.sudo().stock_move_ids
        origin = writeoff.sudo().stock_move_ids
        self.assertEqual(move.origin_returned_move_id, origin)
        self.assertEqual(move.location_id, origin.location_dest_id)
        self.assertEqual(move.value, 70.0)
        entry = reversal.sudo().account_move_ids
        self.assertEqual(entry.reversed_entry_id, writeoff.sudo().account_move_ids)
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {"account_id": self.loss_account.id, "balance": -70.0},
                {"account_id": self.account_stock_valuation.id, "balance": 70.0},
            ],
        )
        self.assertIn(entry.name, reversal.message_ids[0].body)
        self.assertIn(reversal.name, writeoff.message_ids[0].body)
        self.assertEqual(writeoff.action_open_reversals()["res_id"], reversal.id)
        self.assertEqual(reversal.action_open_original()["res_id"], writeoff.id)

    def test_a21_parts_add_up_to_the_cent(self):
        """2 of 6 that cost 70.00 are 23.33; the last part takes what is left."""
        writeoff = self._post((self.product, 6))
        line = writeoff.line_ids
        for value, state in (
            (23.33, "partly_reversed"),
            (23.33, "partly_reversed"),
            (23.34, "reversed"),
        ):
            reversal = self._reverse(writeoff, {line: 2})
            self.assertEqual(reversal.value_posted, -value)
            self.assertEqual(reversal.sudo().stock_move_ids.value, value)
            self.assertEqual(
                sum(reversal.sudo().account_move_ids.line_ids.mapped("debit")), value
            )
            self.assertEqual(writeoff.state, state)
        self.assertEqual(writeoff.value_reversed, 70.0)
        self.assertEqual(len(writeoff.action_open_reversals()["domain"][0][2]), 3)

    def test_wizard(self):
        """The button offers what is left; items and quantities can be lowered."""
        other = self._create_product("Bowl")
        self._make_in_move(other, 3, 4.0)
        writeoff = self._post((self.product, 6), (other, 3))
        vases, bowls = writeoff.line_ids
        self._reverse(writeoff, {vases: 1})
        action = writeoff.action_reverse()
        wizard = self.env[action["res_model"]].with_user(self.requester)
        wizard = wizard.browse(action["res_id"])
        self.assertRecordValues(
            wizard.line_ids,
            [
                {"line_id": vases.id, "quantity_left": 5.0, "quantity": 5.0},
                {"line_id": bowls.id, "quantity_left": 3.0, "quantity": 3.0},
            ],
        )
        with Form(wizard) as form:
            self.assertEqual(form.cause, "error")
            form.cause = "found"
            form.reason = "Two vases were found"
            with form.line_ids.edit(0) as line:
                line.quantity = 2
            form.line_ids.remove(1)
        opened = wizard.action_reverse()
        reversal = self.env["inventory.writeoff"].browse(opened["res_id"])
        self.assertEqual(reversal.reversal_reason, "Two vases were found")
        self.assertEqual(reversal.reversal_cause, "found")
        self.assertRecordValues(
            reversal.line_ids, [{"origin_line_id": vases.id, "quantity": 2.0}]
        )

    def test_reason_is_asked_for(self):
        writeoff = self._post((self.product, 6))
        with self.assertRaisesRegex(UserError, "Say why.*is reversed"):
            writeoff.reverse("  ")
        reversal = writeoff.reverse("Wrong")
        reversal.reversal_reason = " "
        with self.assertRaisesRegex(UserError, "reason is missing"):
            reversal.action_submit()

    def test_a22_who_may(self):
        """Asked for by requesters, decided by another, posted by finance."""
        writeoff = self._post((self.product, 6))
        for user in (self.approver, self.finance, self.senior, self.manager):
            with self.assertRaisesRegex((UserError, AccessError), "role|allowed"):
                writeoff.with_user(user).reverse("Wrong")
        with self.assertRaises(AccessError):
            writeoff.with_user(self.auditor).reverse("Wrong")
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver,"
            "inventory_writeoff.group_writeoff_finance",
        )
        reversal = self._ask_back(writeoff.with_user(both))
        with self.assertRaisesRegex(UserError, "someone else must approve"):
            reversal.action_approve()
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.state, "posted")

    def test_who_sees_what(self):
        """Deciders see what is reversed; requesters what became of their own."""
        writeoff = self._post((self.product, 6))
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_finance",
        )
        other = self._create_role_user("other_approver", "approver")
        reversal = self._ask_back(writeoff.with_user(both))
        stranger = self._create_role_user("stranger", "user")
        model = self.env["inventory.writeoff"]
        self.assertEqual(model.with_user(other).search([]), reversal | writeoff)
        self.assertEqual(
            model.with_user(self.requester).search([]), reversal | writeoff
        )
        self.assertFalse(model.with_user(stranger).search([]))
        for record, user in ((writeoff, other), (reversal, self.requester)):
            record.with_user(user).line_ids.read(["quantity", "product_id"])
            with self.assertRaises(AccessError):
                record.with_user(user).message_subscribe(user.partner_id.ids)

    def test_a22_not_more_and_not_twice(self):
        writeoff = self._post((self.product, 6))
        line = writeoff.line_ids
        with self.assertRaisesRegex(UserError, "7.0 Units.*only 6.0 are left"):
            writeoff.reverse("Wrong", {line.id: 7})
        pending = self._ask_back(writeoff, {line: 4})
        with self.assertRaisesRegex(UserError, "only 2.0 are left"):
            writeoff.reverse("Wrong", {line.id: 3})
        draft = writeoff.reverse("Wrong")
        self.assertEqual(draft.line_ids.quantity, 2.0)
        with self.assertRaisesRegex(UserError, "Nothing of.*is left"):
            writeoff.reverse("Wrong")
        with self.assertRaisesRegex(UserError, "Nothing of.*is left"):
            writeoff.action_reverse()
        draft.line_ids.quantity = 3
        with self.assertRaisesRegex(UserError, "only 2.0 are left"):
            draft.action_submit()
        pending.with_user(self.approver).reject("Not so many")
        draft.action_submit()
        pending.action_draft()
        with self.assertRaisesRegex(UserError, "only 3.0 are left"):
            pending.action_submit()
        draft.with_user(self.approver).action_approve()
        draft.with_user(self.finance).action_post()
        self.assertEqual(writeoff.line_ids.quantity_reversed, 3.0)
        with self.assertRaisesRegex(UserError, "Posted, so this is no longer"):
            draft.with_user(self.finance).action_post()

    def test_two_reversals_in_one_call(self):
        """Both fit alone, not together."""
        writeoff = self._post((self.product, 6))
        line = writeoff.line_ids
        drafts = writeoff.reverse("Wrong", {line.id: 3})
        drafts |= writeoff.reverse("Wrong", {line.id: 3})
        drafts.line_ids.quantity = 4
        with self.assertRaisesRegex(UserError, "only 2.0 are left"):
            drafts.action_submit()
        drafts.line_ids.quantity = 3
        drafts.action_submit()
        drafts.with_user(self.approver).action_approve()
        drafts.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "reversed")

    def test_only_posted_ones(self):
        writeoff = self._approve((self.product, 6))
        with self.assertRaisesRegex(UserError, "Approved, so this is no longer"):
            writeoff.reverse("Wrong")
        writeoff.with_user(self.finance).action_post()
        reversal = self._reverse(writeoff)
        with self.assertRaisesRegex(UserError, "is a reversal itself"):
            reversal.reverse("Wrong")
        with self.assertRaisesRegex(UserError, "Reversed, so this is no longer"):
            writeoff.reverse("Wrong")

    def test_quantities_by_line_of_a_client(self):
        """Keys are texts in JSON; nonsense is refused in words."""
        writeoff = self._post((self.product, 6))
        line = writeoff.line_ids
        other = self._post((self.product, 1)).line_ids
        for quantities, message in (
            ({str(other.id): 1}, "has no item with the id"),
            ({str(line.id): -1}, "is no quantity"),
            ({str(line.id): "many"}, "is no quantity"),
            ({str(line.id): 0}, "Nothing of"),
            ({}, "Nothing of"),
        ):
            with self.subTest(quantities), self.assertRaisesRegex(UserError, message):
                writeoff.reverse("Wrong", quantities)
        reversal = writeoff.reverse("Wrong", {str(line.id): 1.5})
        self.assertEqual(reversal.line_ids.quantity, 1.5)

    def test_content_is_the_original(self):
        """Nothing else can be made to come back, nor at another cost or place."""
        writeoff = self._post((self.product, 6))
        draft = self._create_writeoff((self.product, 1))
        reversal = writeoff.reverse("Wrong")
        line = self._line_vals(self.product, 1)
        elsewhere = self.stock_location.copy({"name": "Elsewhere"})
        reversal.line_ids.note = "On the shelf below"
        for vals in (
            {"location_id": elsewhere.id},
            {"line_ids": [Command.create(line)]},
            {"line_ids": [Command.update(reversal.line_ids.id, {"lot_id": False})]},
        ):
            with self.subTest(vals):
                with self.assertRaisesRegex(UserError, "takes its items from"):
                    reversal.write(vals)
        for vals in (
            {"product_id": self._create_product("Gold").id},
            {"location_id": elsewhere.id},
            {"writeoff_id": draft.id},
        ):
            with self.subTest(vals):
                with self.assertRaisesRegex(UserError, "takes its items from"):
                    reversal.line_ids.write(vals)
        with self.assertRaisesRegex(AccessError, "recorded"):
            draft.line_ids.origin_line_id = writeoff.line_ids
        with self.assertRaisesRegex(UserError, "takes its items from"):
            draft.line_ids.writeoff_id = reversal
        with self.assertRaisesRegex(AccessError, "buttons"):
            draft.reversal_of_id = writeoff
        with self.assertRaisesRegex(UserError, "is not duplicated"):
            reversal.copy()
        copied = writeoff.copy()
        self.assertEqual(copied.line_ids.quantity_reversed, 0.0)

    def test_ways_back_of_a_reversal(self):
        """Rejected, back in draft, cancelled: the write-off stays posted."""
        writeoff = self._post((self.product, 6))
        reversal = self._ask_back(writeoff)
        reversal.with_user(self.approver).reject("No")
        self.assertIn("stay written off", reversal.message_ids[0].body)
        reversal.action_draft()
        reversal.action_submit()
        reversal.action_cancel()
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(writeoff.reversal_count, 0)
        self.assertEqual(self._on_hand(self.product), 4.0)
        self._reverse(writeoff)
        self.assertEqual(writeoff.state, "reversed")

    def test_a22a_other_ways_stay_shut(self):
        """Odoo's own reset and reverse, before and after; the words say what to do."""
        writeoff = self._post((self.product, 6))
        entry = writeoff.sudo().account_move_ids
        accountant = self._create_user("accountant", "account.group_account_manager")
        with self.assertRaisesRegex(UserError, "reverse the write-off"):
            entry.with_user(accountant).button_draft()
        wizard = self.env["account.move.reversal"].with_user(accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=entry.ids)
        with self.assertRaisesRegex(UserError, "reverse the write-off"):
            wizard.create({"journal_id": entry.journal_id.id}).reverse_moves()
        reversal = self._reverse(writeoff)
        back = reversal.sudo().account_move_ids
        with self.assertRaisesRegex(UserError, "reverses write-off"):
            back.with_user(accountant).button_draft()
        with self.assertRaisesRegex(UserError, "reverses write-off"):
            reversal.sudo().stock_move_ids.with_user(self.stock_user).quantity = 1

    def test_checks_let_it_pass(self):
        """A reversal is no loss; what was reversed is none any more."""
        checks = self.env["inventory.writeoff.check"].with_company(self.company)
        repeated = checks.search([("code", "=", "repeated")])
        repeated.severity = "block"
        writeoff = self._post((self.product, 2))
        (checks.search([]) - repeated).severity = "block"
        again = self._create_writeoff((self.product, 2))
        with self.assertRaisesRegex(UserError, f"already in {writeoff.name}"):
            again.action_submit()
        self._reverse(writeoff)
        (checks.search([]) - repeated).severity = "inform"
        again.action_submit()
        self.assertEqual(again.state, "to_approve")

    def test_log(self):
        """Logged on the write-off with what came back, by whom and why."""
        writeoff = self._post((self.product, 6))
        reversal = self._reverse(writeoff, {writeoff.line_ids: 2})
        event = writeoff.sudo().event_ids.filtered(lambda e: e.kind == "reversed")
        payload = json.loads(event.payload)
        expected = {
            "from": "posted",
            "to": "partly_reversed",
            "reversal": reversal.name,
            "reason": "Counted wrong",
            "value": 23.33,
            "stock_move_ids": reversal.sudo().stock_move_ids.ids,
            "account_move_ids": reversal.sudo().account_move_ids.ids,
            "items": {str(writeoff.line_ids.id): [2.0, 23.33]},
        }
        self.assertEqual({key: payload[key] for key in expected}, expected)
        self.assertEqual(event.user_login, self.finance.login)
        self.assertFalse(event.is_superuser)
        kinds = set(reversal.sudo().event_ids.mapped("kind"))
        self.assertLessEqual({"submitted", "approved", "posted"}, kinds)
        self.assertNotIn("held", kinds)
        self._reverse(writeoff)
        events = writeoff.sudo().event_ids.filtered(lambda e: e.kind == "reversed")
        self.assertEqual(len(events), 2)

    def test_verification_finds_nothing(self):
        """What a reversal changes on the write-off is in the log."""
        writeoff = self._post((self.product, 6))
        self._reverse(writeoff, {writeoff.line_ids: 2})
        self._reverse(writeoff)
        verification = self.env["inventory.writeoff.verification"]
        self.assertFalse(verification._verify(self.company)["problems"])

    def test_evidence_and_disposal(self):
        """No proof of a loss is asked for, and nothing is disposed of twice."""
        proof = self.env["inventory.writeoff.evidence.type"].search([], limit=1)
        writeoff = self._post((self.product, 6))
        self.assertEqual(writeoff.disposal_ids.state, "open")
        self.reason.evidence_type_ids = proof
        self.reason.evidence_requirement_ids.due = "submission"
        self._reverse(writeoff, {writeoff.line_ids: 2})
        self.assertEqual(writeoff.disposal_ids.value, 46.67)
        reversal = self._reverse(writeoff)
        self.assertFalse(reversal.disposal_ids)
        self.assertEqual(writeoff.disposal_ids.state, "cancelled")
        self.assertEqual(writeoff.disposal_state, "closed")
