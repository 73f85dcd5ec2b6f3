import logging
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..writer import as_writer
from .approval import ApprovalCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install", "slow")
class TestApprovalDecisions(ApprovalCommon):
    """Who decides on which step, and who must not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_two_steps()
        cls._age_policy_changes()

    def _large(self, **values):
        """Submit a write-off that needs both steps."""
        return self._submit((self.product, 100), **values)

    def test_two_steps(self):
        writeoff = self._large()
        self.assertEqual(
            self._steps(writeoff), [("Approver", "asked"), ("Senior", "waiting")]
        )
        self.assertEqual(
            writeoff.sudo().activity_ids.user_id & (self.approver | self.senior),
            self.approver,
        )
        with self.assertRaisesRegex(UserError, "Step Approver can be decided by"):
            writeoff.with_user(self.senior).action_approve()
        writeoff.with_user(self.approver).action_approve("Seen")
        self.assertEqual(writeoff.state, "to_approve")
        self.assertEqual(writeoff.approval_ids[0].comment, "Seen")
        self.assertEqual(writeoff.next_decider_ids & self.senior, self.senior)
        self.assertNotIn(self.approver, writeoff.sudo().activity_ids.user_id)
        writeoff.with_user(self.senior).action_approve()
        self.assertRecordValues(
            writeoff, [{"state": "approved", "approver_id": self.senior.id}]
        )
        self.assertEqual(
            self._steps(writeoff), [("Approver", "approved"), ("Senior", "approved")]
        )
        kinds = self.env["inventory.writeoff.event"].search(
            [("writeoff_id", "=", writeoff.id), ("kind", "=like", "step_%")]
        )
        self.assertEqual(set(kinds.mapped("user_login")), {"wo_approver", "wo_senior"})

    def test_small_needs_one(self):
        writeoff = self._submit((self.product, 12))
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.state, "approved")

    def test_several_approvals_in_a_step(self):
        self.rules.search([("name", "=", "Approver")]).needed = 2
        writeoff = self._submit((self.product, 12))
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.state, "to_approve")
        with self.assertRaisesRegex(UserError, "You have approved .* already"):
            writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.approver_2).action_approve()
        self.assertEqual(writeoff.state, "approved")
        self.company.writeoff_one_step = False
        writeoff = self._submit((self.product, 12))
        writeoff.with_user(self.approver).action_approve()
        with self.assertRaisesRegex(UserError, "You have approved .* already"):
            writeoff.with_user(self.approver).action_approve()

    def test_one_person_never_two_steps(self):
        both = self._create_user(
            "approver_senior",
            "inventory_writeoff.group_writeoff_approver,"
            "inventory_writeoff.group_writeoff_senior",
        )
        writeoff = self._large()
        writeoff.with_user(both).action_approve()
        self.assertNotIn(both, writeoff.next_decider_ids)
        self.assertNotIn(both, writeoff.sudo().activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "someone else must decide"):
            writeoff.with_user(both).action_approve()
        # What is submitted keeps the rules of its submission.
        self.company.writeoff_one_step = False
        with self.assertRaisesRegex(UserError, "someone else must decide"):
            writeoff.with_user(both).action_approve()
        again = self._large()
        for _step in range(2):
            again.with_user(both).action_approve()
        self.assertEqual(again.state, "approved")

    def test_four_eyes_can_be_switched_off(self):
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver",
        )
        writeoff = self._submit((self.product, 1), user=both)
        with self.assertRaisesRegex(UserError, "You asked for"):
            writeoff.action_approve()
        self.company.writeoff_four_eyes = False
        with self.assertRaisesRegex(UserError, "You asked for"):
            writeoff.action_approve()
        again = self._submit((self.product, 1), user=both)
        again.action_approve()
        self.assertEqual(again.state, "approved")

    def test_poster_is_a_third_person(self):
        roles = "user", "approver", "finance"
        groups = ",".join(f"inventory_writeoff.group_writeoff_{r}" for r in roles)
        several = self._create_user("several", groups)
        asked = self._submit((self.product, 1), user=several)
        asked.with_user(self.approver).action_approve()
        approved = self._submit((self.product, 1))
        approved.with_user(several).action_approve()
        for writeoff, sentence in ((asked, "asked for"), (approved, "approved")):
            self.assertFalse(writeoff.with_user(several).can_post)
            with self.assertRaisesRegex(UserError, f"You {sentence}.*must post it"):
                writeoff.with_user(several).action_post()
        self.company.writeoff_separate_poster = False
        free = self._submit((self.product, 1))
        free.with_user(several).action_approve()
        free.with_user(several).action_post()
        self.assertEqual(free.state, "posted")
        self.assertFalse(approved.with_user(several).can_post)

    def test_policy_is_frozen(self):
        """Neither rules nor members that come later count for what is submitted."""
        writeoff = self._large()
        newcomer = self._create_role_user("newcomer", "approver")
        self.rules.search([]).unlink()
        self._create_rule("Someone", users=self.approver_2)
        self.assertEqual(
            self._steps(writeoff), [("Approver", "asked"), ("Senior", "waiting")]
        )
        with self.assertRaises(AccessError):
            writeoff.with_user(newcomer).action_approve()
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(self._steps(writeoff)[1], ("Senior", "asked"))

    def test_role_that_was_taken_away(self):
        writeoff = self._submit((self.product, 1))
        self.approver.group_ids -= self.env.ref(
            "inventory_writeoff.group_writeoff_approver"
        )
        with self.assertRaises(AccessError):
            writeoff.with_user(self.approver).action_approve()

    def test_who_changed_the_policy_does_not_decide(self):
        """Rules, roles, settings, delegations, the requester's approver."""
        admin = "base.group_erp_manager,inventory_writeoff.group_writeoff_manager,"
        both = self._create_user(
            "admin_approver", admin + "inventory_writeoff.group_writeoff_approver"
        )
        rule = self.rules.search([("name", "=", "Senior")])
        group = self.env.ref("inventory_writeoff.group_writeoff_approver")
        delegation = {
            "from_id": both.id,
            "to_id": self.approver_2.id,
            "date_from": "2020-01-01",
            "date_to": "2020-01-02",
        }
        settings = {"writeoff_split_days": 10, "writeoff_entry_detail": "line"}

        def save_settings(env):
            env["inventory.writeoff.settings"].create(settings).action_save()

        changes = {
            "rule": lambda env: rule.with_env(env).write({"amount_from": 900.0}),
            "new rule": lambda env: rule.with_env(env).create({"name": "New"}),
            "deleted rule": lambda env: rule.with_env(env).copy().unlink(),
            "role of a user": lambda env: self.colleague.with_env(env).write(
                {"group_ids": [Command.link(group.id)]}
            ),
            "members of a group": lambda env: group.with_env(env).write(
                {"user_ids": [Command.link(self.finance.id)]}
            ),
            "implied group": lambda env: env["res.groups"].create(
                {
                    "name": "Bosses",
                    "implied_ids": [Command.link(group.id)],
                    "user_ids": [Command.link(self.finance.id)],
                }
            ),
            "approver of a requester": lambda env: self.requester.with_env(env).write(
                {"writeoff_approver_id": self.approver.id}
            ),
            "delegation": lambda env: env["inventory.writeoff.delegation"].create(
                delegation
            ),
            "settings": save_settings,
        }
        for name, change in changes.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                writeoff = self._submit((self.jar, 1))
                self.assertFalse(
                    writeoff.with_user(both)._get_cannot_reasons("approve")[writeoff]
                )
                change(self.env(user=both))
                for action in ("approve", "reject"):
                    reason = writeoff.with_user(both)._get_cannot_reasons(action)
                    sentence = reason[writeoff] or ""
                    self.assertRegex(sentence, "You have changed", name)
                self.assertFalse(
                    writeoff.with_user(self.approver)._get_cannot_reasons("approve")[
                        writeoff
                    ]
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_policy_lock_ends_with_what_comes_later(self):
        both = self._create_user(
            "admin_approver",
            "inventory_writeoff.group_writeoff_manager,"
            "inventory_writeoff.group_writeoff_approver",
        )
        before = self._submit((self.product, 1))
        self.rules.search([("name", "=", "Senior")]).with_user(both).amount_from = 900.0
        with self.assertRaisesRegex(UserError, "since .* was submitted"):
            before.with_user(both).action_approve()
        self.assertIn("since", before.with_user(both).hint)
        after = self._submit((self.product, 1))
        as_writer(after).submitted_at = fields.Datetime.now() + timedelta(seconds=2)
        after.with_user(both).action_approve()
        # Whoever switches the lock off does not escape it.
        self.company.writeoff_policy_lock = False
        with self.assertRaisesRegex(UserError, "since .* was submitted"):
            before.with_user(both).action_approve()
        loose = self._submit((self.product, 1))
        self.rules.search([("name", "=", "Senior")]).with_user(both).amount_from = 800.0
        loose.with_user(both).action_approve()
        self.assertEqual((loose | after).mapped("state"), ["approved"] * 2)

    def test_rejected_round_stays(self):
        writeoff = self._large()
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.senior).reject("The photo is missing.")
        self.assertEqual(
            self._steps(writeoff), [("Approver", "approved"), ("Senior", "rejected")]
        )
        self.assertFalse(writeoff.sudo().activity_ids)
        writeoff.action_draft()
        writeoff.line_ids.quantity = 12
        writeoff.action_submit()
        self.assertEqual(self._steps(writeoff), [("Approver", "asked")])
        self.assertRecordValues(
            writeoff.approval_ids.sorted(),
            [
                {"round": 2, "state": "asked", "comment": False},
                {"round": 1, "state": "approved", "comment": False},
                {"round": 1, "state": "rejected", "comment": "The photo is missing."},
            ],
        )
        # Who decided in the old round decides in the new one.
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.state, "approved")

    def test_first_approver_withdraws(self):
        writeoff = self._submit((self.product, 1))
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.approver).reject("Found intact after all.")
        self.assertEqual(
            self._steps(writeoff),
            [("Approver", "approved"), ("Approval withdrawn", "rejected")],
        )

    def test_back_to_draft_drops_what_is_open(self):
        for action in ("action_draft", "action_cancel"):
            writeoff = self._large()
            writeoff.with_user(self.approver).action_approve()
            getattr(writeoff, action)()
            self.assertEqual(
                self._steps(writeoff),
                [("Approver", "approved"), ("Senior", "dropped")],
            )

    def test_void_starts_again(self):
        """A count took goods away: the same people decide again, on what is left."""
        writeoff = self._large()
        writeoff.with_user(self.approver).action_approve()
        writeoff.sudo()._void_approval("Less is there.")
        self.assertEqual(
            self._steps(writeoff), [("Approver", "asked"), ("Senior", "waiting")]
        )
        self.assertEqual(writeoff.approval_round, 2)
        void = writeoff.approval_ids.filtered(lambda step: step.round == 1)
        self.assertEqual(set(void.mapped("state")), {"void"})
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.senior).action_approve()
        self.assertEqual(writeoff.state, "approved")
        writeoff.sudo()._void_approval("Less again.")
        self.assertEqual(writeoff.state, "to_approve")
        self.assertIn(self.approver, writeoff.sudo().activity_ids.user_id)

    def test_void_of_what_needed_none(self):
        self.rules.search([]).unlink()
        self._create_rule("Trifles", approval="none", amount_to=50.0)
        writeoff = self._submit((self.jar, 1))
        self.assertEqual(writeoff.state, "approved")
        writeoff.sudo()._void_approval("Changed.")
        self.assertEqual(self._steps(writeoff), [("Approver", "asked")])
        writeoff.with_user(self.approver).action_approve()

    def test_steps_are_not_written_by_anyone(self):
        writeoff = self._large()
        step = writeoff.approval_ids[0]
        changes = self.env["inventory.writeoff.policy.change"].search([], limit=1)
        users = (
            self.requester,
            self.approver,
            self.manager,
            self.env.ref("base.user_root"),
        )
        for user in users:
            mine = [record.with_user(user) for record in (step, changes)]
            for record, method, *args in (
                (mine[0], "write", {"state": "approved"}),
                (mine[0], "copy"),
                (mine[0], "unlink"),
                (mine[1], "write", {"user_id": 1}),
                (mine[1], "unlink"),
                (
                    writeoff.with_user(user),
                    "write",
                    {"approval_ids": [Command.clear()]},
                ),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    getattr(record, method)(*args)

    def test_who_sees_what(self):
        """Approvers see what is theirs to decide, or was."""
        rare = self.reason.copy({"code": "RARE"})
        rare.loss_account_id = self.loss_account
        named = self._create_role_user("named", "approver")
        self._create_rule("Named", users=named, reason_ids=[Command.set(rare.ids)])
        small = self._submit((self.product, 1))
        other = self._submit((self.product, 1), reason_id=rare.id)
        writeoffs = self.env["inventory.writeoff"]
        self.assertEqual(writeoffs.with_user(self.approver).search([]), other | small)
        newcomer = self._create_role_user("newcomer", "approver")
        self.assertFalse(writeoffs.with_user(newcomer).search([]))
        small.with_user(self.approver).action_approve()
        self.assertEqual(writeoffs.with_user(self.approver_2).search([]), other)
        self.assertIn(small, writeoffs.with_user(self.approver).search([]))
        steps = small.approval_ids
        for user in self.requester, self.approver, self.finance, self.auditor:
            steps.with_user(user).read(["name", "state", "comment"])
        for user in self.colleague, self.approver_2:
            with self.assertRaises(AccessError):
                steps.with_user(user).read(["name"])

    def _measure(self, count):
        drafts = self.env["inventory.writeoff"].with_user(self.requester)
        for _number in range(count):
            drafts |= self._create_writeoff((self.jar, 0.01))
        drafts.action_submit()
        queries = self._count_queries(drafts.with_user(self.approver).action_approve)
        self.assertEqual(set(drafts.mapped("state")), {"approved"})
        return queries

    def test_bulk_approval_takes_fixed_queries(self):
        """Each further write-off in a bulk approval costs as much as the one before."""
        self._measure(2)
        few, many, more = (self._measure(count) for count in (5, 20, 35))
        each = (more - many) / 15
        _logger.info("bulk approval: %s queries per write-off", each)
        # One more or less, as rows are inserted a hundred at once.
        self.assertLessEqual(more - many, many - few + 1)
