from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..writer import as_writer
from .approval import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalAbsence(ApprovalCommon):
    """Those who are asked are away, slow, or want to know more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_two_steps()
        cls.deputy = cls._create_role_user("deputy", "senior")
        cls.delegations = cls.env["inventory.writeoff.delegation"]
        cls._age_policy_changes()

    def _delegate(self, user, to, first=0, last=5, **values):
        today = fields.Date.context_today(self.env.user)
        delegation = self.delegations.with_user(user).create(
            {
                "from_id": user.id,
                "to_id": to.id,
                "date_from": today + timedelta(days=first),
                "date_to": today + timedelta(days=last),
                **values,
            }
        )
        self._age_policy_changes()
        return delegation

    def _cannot(self, writeoff, user):
        return writeoff.with_user(user)._get_cannot_reasons("approve")[writeoff]

    def test_deputy_decides_on_behalf(self):
        self._delegate(self.approver, self.deputy)
        writeoff = self._submit((self.product, 1))
        self.assertIn(self.deputy, writeoff.next_decider_ids)
        self.assertIn(self.deputy, writeoff.sudo().activity_ids.user_id)
        todo = self.env["inventory.writeoff"].with_user(self.deputy)
        self.assertIn(writeoff, todo.search([("is_to_decide", "=", True)]))
        writeoff.with_user(self.deputy).action_approve()
        self.assertRecordValues(
            writeoff.approval_ids,
            [{"decided_by_id": self.deputy.id, "behalf_of_id": self.approver.id}],
        )

    def test_an_approver_as_deputy_sees_the_write_off(self):
        outsider = self._create_role_user("outsider", "approver")
        self._create_rule("Named", users=self.approver, sequence=1)
        self.rules.search([("name", "!=", "Named")]).unlink()
        writeoff = self._submit((self.product, 1))
        with self.assertRaises(AccessError):
            writeoff.with_user(outsider).read(["name"])
        delegation = self._delegate(self.approver, outsider)
        writeoff.with_user(outsider).line_ids.read(["quantity"])
        delegation.with_user(self.approver).date_to = delegation.date_from
        self._age_policy_changes()
        writeoff.with_user(outsider).action_approve()
        self.assertEqual(writeoff.state, "approved")

    def test_only_in_the_period(self):
        writeoff = self._submit((self.product, 1))
        for first, last in ((1, 5), (-5, -1)):
            self._delegate(self.approver, self.deputy, first, last)
            self.assertRegex(self._cannot(writeoff, self.deputy), "of others than you")
        self._delegate(self.approver, self.deputy, 0, 0)
        self.assertFalse(self._cannot(writeoff, self.deputy))

    def test_nobody_delegates_to_the_requester(self):
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver",
        )
        self._delegate(self.approver, both)
        writeoff = self._submit((self.product, 1), user=both)
        self.assertRegex(self._cannot(writeoff, both), "You asked for")
        self.assertNotIn(both, writeoff.next_decider_ids)
        self.assertNotIn(both, writeoff.sudo().activity_ids.user_id)

    def test_one_persons_voice_counts_once(self):
        """Who stands in for somebody uses that one's voice, not a second own one."""
        self.rules.search([("name", "=", "Approver")]).needed = 2
        self._delegate(self.approver, self.deputy)
        self._age_policy_changes()
        writeoff = self._submit((self.product, 1))
        writeoff.with_user(self.deputy).action_approve()
        self.assertRegex(self._cannot(writeoff, self.approver), "have approved")
        self.assertRegex(self._cannot(writeoff, self.deputy), "have approved")
        self.assertFalse(self._cannot(writeoff, self.approver_2))

    def test_a_deputy_has_no_deputy(self):
        self._delegate(self.approver, self.approver_2)
        third = self._create_role_user("third", "senior")
        self._delegate(self.approver_2, third)
        self._create_rule("Named", users=self.approver, sequence=1)
        self.rules.search([("name", "!=", "Named")]).unlink()
        self._age_policy_changes()
        writeoff = self._submit((self.product, 1))
        self.assertFalse(self._cannot(writeoff, self.approver_2))
        self.assertTrue(self._cannot(writeoff, third))

    def test_whose_delegation(self):
        """One's own; administrators for those away; nobody else's."""
        self._delegate(self.approver, self.deputy)
        with self.assertRaisesRegex(AccessError, "your own decisions only"):
            self._delegate(self.senior, self.senior, from_id=self.approver.id)
        with self.assertRaises(AccessError):
            self._delegate(self.senior, self.deputy, from_id=self.approver.id)
        self._delegate(self.manager, self.deputy, from_id=self.approver.id)
        for user in self.requester, self.finance, self.auditor:
            with self.assertRaises(AccessError):
                self._delegate(user, self.deputy)
        delegation = self._delegate(self.approver, self.deputy)
        with self.assertRaises(AccessError):
            delegation.with_user(self.approver).unlink()
        with self.assertRaisesRegex(UserError, "stay as they are"):
            delegation.with_user(self.approver).to_id = self.senior
        with self.assertRaises(AccessError):
            delegation.with_user(self.approver_2).date_to = delegation.date_from
        with self.assertRaisesRegex(ValidationError, "neither the role Approver nor"):
            self._delegate(self.approver, self.finance)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._delegate(self.approver, self.deputy, 5, 4)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._delegate(self.approver, self.approver)
        changes = self.env["inventory.writeoff.policy.change"].search(
            [("user_id", "=", self.approver.id)]
        )
        self.assertEqual(set(changes.mapped("kind")), {"delegation_created"})

    def test_question(self):
        writeoff = self._submit((self.product, 1))
        action = writeoff.with_user(self.approver).action_ask()
        wizard = self.env[action["res_model"]].with_user(self.approver)
        wizard = wizard.with_context(**action["context"])
        wizard.create({"question": "Which shelf?"}).action_ask()
        self.assertEqual(writeoff.state, "to_approve")
        asked = writeoff.sudo().activity_ids.filtered(
            lambda activity: activity.user_id == self.requester
        )
        self.assertIn("Which shelf?", asked.note)
        message = writeoff.message_ids[0]
        self.assertIn("Which shelf?", message.body)
        self.assertIn(self.requester.partner_id, message.partner_ids)
        events = self.env["inventory.writeoff.event"]
        event = events.search([("kind", "=", "question_asked")], limit=1)
        self.assertEqual(event.payload, '{"question":"Which shelf?"}')
        with self.assertRaisesRegex(UserError, "Write what you want to know"):
            writeoff.with_user(self.approver).ask("  ")
        for user in self.requester, self.finance:
            with self.assertRaises(UserError):
                writeoff.with_user(user).ask("Why?")
        self.assertFalse(writeoff.with_user(self.requester).can_ask)
        writeoff.with_user(self.approver).action_approve()
        self.assertFalse(writeoff.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "no longer possible"):
            writeoff.with_user(self.approver).ask("Why?")

    def _age(self, writeoff, days):
        steps = as_writer(writeoff.sudo()._get_asked_steps())
        steps.asked_at = fields.Datetime.now() - timedelta(days=days, minutes=5)

    def _run_cron(self):
        cron = self.env.ref("inventory_writeoff.ir_cron_writeoff_remind")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def test_reminder(self):
        self.company.writeoff_remind_days = 3
        young, old = (self._submit((self.product, 1)) for _number in range(2))
        self._age(young, 2)
        self._age(old, 3)
        for _run in range(2):
            self._run_cron()
        reminders = old.message_ids.filtered(lambda m: "Reminder" in (m.body or ""))
        self.assertEqual(len(reminders), 1)
        self.assertIn(self.approver.partner_id, reminders.partner_ids)
        self.assertNotIn("Reminder", "".join(young.message_ids.mapped("body")))
        self._age(old, 7)
        as_writer(old.sudo().approval_ids).reminded_at -= timedelta(days=3, minutes=5)
        self._run_cron()
        reminders = old.message_ids.filtered(lambda m: "Reminder" in (m.body or ""))
        self.assertEqual(len(reminders), 2)

    def test_no_reminder_of_what_is_decided(self):
        writeoff = self._submit((self.product, 1))
        self._age(writeoff, 10)
        writeoff.with_user(self.approver).action_approve()
        self.company.writeoff_remind_days = 0
        other = self._submit((self.product, 1))
        self._age(other, 10)
        self._run_cron()
        bodies = "".join((writeoff | other).message_ids.mapped("body"))
        self.assertNotIn("Reminder", bodies)

    def test_escalation(self):
        """After some days another one decides, too; never on what they asked for."""
        with self.assertRaisesRegex(ValidationError, "could not decide on write-offs"):
            self.company.writeoff_escalation_id = self.finance
        self.company.write(
            {"writeoff_escalate_days": 5, "writeoff_escalation_id": self.deputy.id}
        )
        self._age_policy_changes()
        writeoff = self._submit((self.product, 1))
        self._age(writeoff, 4)
        self._run_cron()
        self.assertTrue(self._cannot(writeoff, self.deputy))
        self._age(writeoff, 5)
        self._run_cron()
        self.assertFalse(self._cannot(writeoff, self.deputy))
        self.assertIn(self.deputy, writeoff.sudo().activity_ids.user_id)
        self.assertIn("Escalated", "".join(writeoff.message_ids.mapped("body")))
        self.deputy.group_ids += self.env.ref("inventory_writeoff.group_writeoff_user")
        self._age_policy_changes()
        own = self._submit((self.product, 1), user=self.deputy)
        self._age(own, 6)
        self._run_cron()
        self.assertRegex(self._cannot(own, self.deputy), "You asked for")


@tagged("post_install", "-at_install")
class TestApprovalReports(ApprovalCommon):
    """What a changed policy would have meant, and who could get round it."""

    def _dry_run(self):
        dry_run = self.env["inventory.writeoff.dry.run"].with_user(self.manager)
        dry_run = dry_run.create({})
        dry_run.action_run()
        return dry_run

    def test_dry_run(self):
        small, large = self._submit((self.product, 10)), self._submit((self.jar, 200))
        self.assertFalse(self._dry_run().line_ids)
        self._create_two_steps()
        dry_run = self._dry_run()
        self.assertEqual(dry_run.line_ids.writeoff_id, large)
        self.assertIn("1 of 2", dry_run.result)
        self.assertIn(self.senior.name, dry_run.line_ids.would_be_asked)
        self.assertNotIn(self.senior.name, dry_run.line_ids.was_asked)
        self.rules.search([]).unlink()
        self._create_rule("Trifles", approval="none", amount_to=500.0)
        dry_run = self._dry_run()
        self.assertEqual(dry_run.line_ids.writeoff_id, small)
        self.assertEqual(dry_run.line_ids.would_be_asked, "No approval needed")
        self.assertEqual(len(small.approval_ids | large.approval_ids), 2)
        for user in self.approver, self.auditor:
            with self.assertRaises(AccessError):
                self.env["inventory.writeoff.dry.run"].with_user(user).create({})

    def _conflicts(self, user):
        found = self.env["inventory.writeoff.conflict"].with_user(self.auditor)
        return {
            row.conflict: (row.alone_count, row.alone_value)
            for row in found.search([("user_id", "=", user.id)])
        }

    def test_conflicts(self):
        """Every pair is found; what was done alone is counted where it was possible."""
        names = ("four_eyes", "one_step", "separate_poster", "policy_lock")
        self.company.write({f"writeoff_{name}": False for name in names})
        roles = "user", "approver", "finance"
        groups = [f"inventory_writeoff.group_writeoff_{role}" for role in roles]
        alone = self._create_user("alone", ",".join(groups))
        writeoff = self._submit((self.product, 3), user=alone)
        writeoff.action_approve()
        writeoff.action_post()
        decided = self._submit((self.product, 1))
        decided.with_user(alone).action_approve()
        self.assertEqual(
            self._conflicts(alone),
            {
                "requester_approver": (1, 30.0),
                "requester_finance": (1, 30.0),
                "approver_finance": (1, 30.0),
            },
        )
        rows = self.env["inventory.writeoff.conflict"].with_user(self.auditor)
        row = rows.search([("conflict", "=", "requester_approver")])
        found = self.env["inventory.writeoff"].search(
            row.action_open_writeoffs()["domain"]
        )
        self.assertEqual(found, writeoff)
        for user in self.requester, self.approver, self.finance, self.manager:
            self.assertFalse(self._conflicts(user))
        with self.assertRaises(AccessError):
            rows.with_user(self.approver).search([])

    def test_conflicts_of_administrators(self):
        admin = self._create_user(
            "admin_approver",
            "inventory_writeoff.group_writeoff_manager,"
            "inventory_writeoff.group_writeoff_approver,"
            "inventory_writeoff.group_writeoff_senior",
        )
        self._create_two_steps()
        self._age_policy_changes()
        self._submit((self.product, 1)).with_user(admin).action_approve()
        self.assertEqual(
            self._conflicts(admin),
            {
                "approver_senior": (0, 0.0),
                "manager_approver": (0, 0.0),
                "manager_senior": (0, 0.0),
            },
        )
        self.rules.search([], limit=1).with_user(admin).name = "Changed"
        as_writer(self.env["inventory.writeoff.policy.change"].search([])).write(
            {"changed_at": fields.Datetime.now() - timedelta(days=29)}
        )
        self.company.writeoff_one_step = False
        both = self._submit((self.product, 200))
        for _step in range(2):
            both.with_user(admin).action_approve()
        self.assertEqual(
            self._conflicts(admin),
            {
                "approver_senior": (1, 2000.0),
                "manager_approver": (2, 2010.0),
                "manager_senior": (2, 2010.0),
            },
        )

    def test_conflicts_of_other_companies(self):
        other = self._create_company(name="Other company")
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver",
            company=other,
        )
        self.assertFalse(self._conflicts(both))
        self.auditor.company_ids = [Command.link(other.id)]
        rows = self.env["inventory.writeoff.conflict"].with_user(self.auditor)
        rows = rows.with_context(allowed_company_ids=other.ids)
        self.assertEqual(rows.search([]).user_id, both)
