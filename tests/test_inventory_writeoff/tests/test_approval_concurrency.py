from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.writer import as_writer

from .busy_company import BusyCompanyCase


@tagged("post_install", "-at_install")
class TestApprovalConcurrency(BusyCompanyCase):
    """Several people decide in the same second: no decision is lost or made twice."""

    roles = {
        "asks": "user",
        "decides": "approver",
        "decides_too": "approver",
        "decides_last": "senior",
    }

    @classmethod
    def prepare_company(cls, env):
        senior = env.ref("inventory_writeoff.group_writeoff_senior")
        rules = env["inventory.writeoff.approval.rule"]
        rules.create({"name": "Approver", "needed": 2})
        rules.create({"name": "Senior", "sequence": 20, "group_id": senior.id})
        changes = as_writer(env["inventory.writeoff.policy.change"].search([]))
        changes.changed_at = fields.Datetime.now() - timedelta(days=1)

    def _submit(self):
        (writeoff_id,) = self._drafts(self._stock(), 1)
        self._act("asks", "action_submit", writeoff_id)
        return writeoff_id

    def _at_once_on(self, writeoff_id, *calls):
        return self._at_once(
            *(
                (self.users[login], self._call(writeoff_id, method, *args))
                for login, method, *args in calls
            )
        )

    def _check_refusals(self, results, sentence):
        for result in results:
            if result != "done":
                self.assertIsInstance(result, UserError)
                self.assertRegex(str(result), sentence)

    def _read(self, writeoff_id):
        """Return the state, and [(round, state, decided by)] of the steps."""
        with self._open() as env:
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            steps = writeoff.approval_ids.sorted("id")
            return writeoff.state, [
                (step.round, step.state, step.decided_by_id.id) for step in steps
            ]

    def test_two_approvers_at_once(self):
        """Both decisions count, each on a place of its own."""
        writeoff_id = self._submit()
        both = ("decides", "decides_too")
        results = self._at_once_on(
            writeoff_id, *((login, "action_approve") for login in both)
        )
        self.assertIn("done", results)
        self._check_refusals(results, "Someone else is working")
        for login, result in zip(both, results, strict=True):
            if result != "done":
                self._act(login, "action_approve", writeoff_id)
        state, steps = self._read(writeoff_id)
        self.assertEqual(state, "to_approve")
        self.assertEqual([step[1] for step in steps], ["approved"] * 2 + ["asked"])
        self.assertEqual(
            {step[2] for step in steps[:2]}, {self.users[login] for login in both}
        )

    def test_one_person_twice_at_once(self):
        """Two clicks, or two browsers: one decision."""
        writeoff_id = self._submit()
        results = self._at_once_on(writeoff_id, *[("decides", "action_approve")] * 2)
        self.assertEqual(results.count("done"), 1)
        self._check_refusals(results, "Someone else is working|You have approved")
        _state, steps = self._read(writeoff_id)
        self.assertEqual([step[1] for step in steps], ["approved", "asked", "waiting"])

    def test_approve_while_rejecting(self):
        writeoff_id = self._submit()
        results = self._at_once_on(
            writeoff_id,
            ("decides", "action_approve"),
            ("decides_too", "reject", "Not broken"),
        )
        self._check_refusals(results, "Someone else is working|is Rejected")
        state, steps = self._read(writeoff_id)
        given = [step[1] for step in steps]
        if results[1] == "done":
            self.assertEqual(state, "rejected")
            self.assertIn("rejected", given)
            self.assertNotIn("asked", given)
        else:
            self.assertEqual((state, given[0]), ("to_approve", "approved"))
        self.assertEqual(given.count("approved"), results[0] == "done")

    def test_resubmit_while_approving(self):
        """An approval never lands in the round that came after it."""
        writeoff_id = self._submit()

        def resubmit(env):
            writeoff = env["inventory.writeoff"].browse(writeoff_id)
            writeoff.action_draft()
            writeoff.line_ids.quantity = 5
            writeoff.action_submit()
            return "done"

        results = self._at_once(
            (self.users["decides"], self._call(writeoff_id, "action_approve")),
            (self.users["asks"], resubmit),
        )
        self._check_refusals(results, "Someone else is working")
        self.assertIn("done", results)
        state, steps = self._read(writeoff_id)
        self.assertEqual(state, "to_approve")
        last = max(step[0] for step in steps)
        self.assertEqual(last, 2 if results[1] == "done" else 1)
        self.assertEqual(len(steps), 3 * last)
        approved = [step for step in steps if step[1] == "approved"]
        self.assertEqual(len(approved), results[0] == "done")
