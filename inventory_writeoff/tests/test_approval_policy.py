from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .approval import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalPolicy(ApprovalCommon):
    """Which approvals a write-off needs, from whom, and why."""

    def _plan(self, *lines, **values):
        writeoff = self._create_writeoff(*lines or [(self.product, 1)], **values)
        return self.env["inventory.writeoff.policy"]._plan(writeoff)[writeoff]

    def _names(self, *lines, **values):
        return [step.name for step in self._plan(*lines, **values).steps]

    def test_default_step(self):
        """No rule: any approver of the company but who asked."""
        plan = self._plan()
        (step,) = plan.steps
        self.assertEqual(step.users & self.approver, self.approver)
        self.assertIn(self.approver_2, step.users)
        self.assertNotIn(self.senior, step.users)
        self.assertFalse(step.rule)

    def test_conditions(self):
        """Each condition alone: a write-off that meets it, and one that does not."""
        other_reason = self.reason.copy({"code": "OTHER", "kind": "theft"})
        kinds = self.env["inventory.writeoff.kind"]
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock_location.id}
        )
        child = self.env["product.category"].create(
            {"name": "Child", "parent_id": self.category_standard.id}
        )
        special = self._create_product("Special", child)
        for product, location in ((special, self.stock_location), (self.jar, shelf)):
            self.env["stock.quant"]._update_available_quantity(product, location, 100)
        cases = {
            "amount": (
                {"amount_from": 100.0},
                [(self.product, 10)],
                [(self.product, 9.99)],
            ),
            "limit": ({"amount_to": 100.0}, [(self.jar, 9.99)], [(self.jar, 10)]),
            "reason": (
                {"reason_ids": other_reason.ids},
                [(self.product, 1, {"reason_id": other_reason.id})],
                [(self.product, 1)],
            ),
            "kind": (
                {"kind_ids": kinds.search([("code", "=", "theft")]).ids},
                [(self.product, 1, {"reason_id": other_reason.id})],
                [(self.product, 1)],
            ),
            "category below": (
                {"category_ids": child.parent_id.ids},
                [(special, 1)],
                [],
            ),
            "category": ({"category_ids": child.ids}, [(special, 1)], [(self.jar, 1)]),
            "location": (
                {"location_ids": shelf.ids},
                [(self.jar, 1, {"location_id": shelf.id})],
                [(self.jar, 1)],
            ),
            "location below": (
                {"location_ids": self.stock_location.ids},
                [(self.jar, 1, {"location_id": shelf.id})],
                [],
            ),
            # One item has to meet all conditions: not one the first, one the second.
            "same item": (
                {"reason_ids": other_reason.ids, "location_ids": shelf.ids},
                [
                    (
                        self.jar,
                        1,
                        {"location_id": shelf.id, "reason_id": other_reason.id},
                    )
                ],
                [
                    (self.jar, 1, {"location_id": shelf.id}),
                    (self.jar, 1, {"reason_id": other_reason.id}),
                ],
            ),
        }
        for name, (values, met, not_met) in cases.items():
            values = {
                key: [Command.set(value)] if key.endswith("_ids") else value
                for key, value in values.items()
            }
            with self.subTest(name):
                rule = self._create_rule("Rule", **values)
                self.assertEqual(self._names(*met), ["Rule"])
                if not_met:
                    self.assertEqual(self._names(*not_met), ["Approver"])
                rule.unlink()

    def test_only_with_findings_to_review(self):
        self._create_rule("Reviewed", only_review=True)
        check = self.env.ref("inventory_writeoff.check_large_share")
        check.write({"severity": "review", "percent": 1.0})
        self.assertEqual(self._names((self.product, 900)), ["Reviewed"])
        check.severity = "off"
        self.assertEqual(self._names((self.product, 900)), ["Approver"])

    def test_order_and_company(self):
        self._create_two_steps()
        self.assertEqual(self._names((self.product, 99)), ["Approver"])
        self.assertEqual(self._names((self.product, 100)), ["Approver", "Senior"])
        self.rules.search([("name", "=", "Senior")]).sequence = 1
        self.assertEqual(self._names((self.product, 100)), ["Senior", "Approver"])
        other = self._create_company(name="Other company")
        self.rules.search([]).company_id = other
        self.assertEqual(self._plan((self.product, 100)).steps[0].why[:7], "No rule")

    def test_approvers(self):
        """A group, named users, or a user of the document; only those who can."""
        both = self._create_user(
            "both",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver",
        )
        gone = self._create_role_user("gone", "approver")
        rule = self._create_rule("Rule", users=self.approver | both | gone)
        gone.active = False
        self.assertEqual(self._plan().steps[0].users, self.approver | both)
        self.assertEqual(self._plan(user=both).steps[0].users, self.approver)
        rule.write({"approver_type": "field", "user_field": "requester_approver"})
        self.requester.writeoff_approver_id = self.approver_2
        self.assertEqual(self._plan().steps[0].users, self.approver_2)
        self.requester.writeoff_approver_id = self.finance
        self.assertFalse(self._plan().steps[0].users)
        rule.write(
            {"approver_type": "group", "group_id": self.env.ref("base.group_user").id}
        )
        self.assertIn(self.senior, self._plan().steps[0].users)
        self.assertNotIn(self.finance, self._plan().steps[0].users)

    def test_manager_in_employees(self):
        if "hr.employee" not in self.env:
            self.skipTest("Employees is not installed")
        employees = self.env["hr.employee"]
        boss = employees.create({"name": "Boss", "user_id": self.approver_2.id})
        employees.create(
            {"name": "Clerk", "user_id": self.requester.id, "parent_id": boss.id}
        )
        self._create_rule("Boss", approver_type="field", user_field="employee_manager")
        self.assertEqual(self._plan().steps[0].users, self.approver_2)

    def test_nobody_left_is_refused(self):
        """The sentence names the rule; nothing is submitted and nothing held."""
        cases = [
            ({"users": self.requester_and_approver}, "rule Rule asks for nobody"),
            ({"users": self.approver, "needed": 2}, "rule Rule needs 2 approvals"),
        ]
        for values, sentence in cases:
            rule = self._create_rule("Rule", **values)
            writeoff = self._create_writeoff(
                (self.product, 1), user=self.requester_and_approver
            )
            self.assertRefused(
                f"cannot be submitted.*{sentence}", writeoff.action_submit
            )
            self.assertEqual(writeoff.state, "draft")
            self.assertIn("text-danger", writeoff.approval_preview)
            rule.unlink()

    @property
    def requester_and_approver(self):
        login = "wo_req_app"
        users = self.env["res.users"].search([("login", "=", login)])
        return users or self._create_user(
            "req_app",
            "inventory_writeoff.group_writeoff_user,"
            "inventory_writeoff.group_writeoff_approver",
        )

    def test_two_steps_need_two_people(self):
        """Each step has its approver, but both the same one."""
        self._create_rule("First", users=self.approver)
        second = self._create_rule("Second", users=self.approver)
        writeoff = self._create_writeoff((self.product, 1))
        self.assertRefused("rule Second needs 1 .*twice", writeoff.action_submit)
        # The first one has to leave room for the other.
        self.rules.search([("name", "=", "First")]).user_ids += self.approver_2
        writeoff.action_submit()
        self.assertEqual(len(writeoff.approval_ids), 2)
        second.user_ids = self.approver_2
        self.company.writeoff_one_step = False
        self.rules.search([]).user_ids = self.approver
        self._create_writeoff((self.product, 1)).action_submit()

    def test_default_step_without_approver(self):
        (self.approver | self.approver_2).active = False
        writeoff = self._create_writeoff((self.product, 1))
        role = self.env.ref("inventory_writeoff.group_writeoff_approver").sudo()
        role.user_ids = False
        self.assertRefused("the role Approver in the company", writeoff.action_submit)

    def test_no_approval_below_an_amount(self):
        rule = self._create_rule("Trifles", approval="none", amount_to=50.0)
        draft = self._create_writeoff((self.jar, 4))
        self.assertIn("No approval is needed", draft.approval_preview)
        draft.action_submit()
        self.assertEqual(draft.state, "approved")
        self.assertFalse(draft.approver_id)
        self.assertIn("no approval is needed: Trifles", draft.message_ids[0].body)
        events = self.env["inventory.writeoff.event"].search(
            [("writeoff_id", "=", draft.id), ("kind", "=", "approval_not_needed")]
        )
        self.assertIn('"rule":"Trifles"', events.payload)
        # The next trifle makes 80.00 of them.
        self.assertEqual(self._submit((self.jar, 4)).state, "to_approve")
        # Any other rule wins, and so does a finding that has to be looked at.
        self._create_rule("Always")
        self.assertEqual(
            self._names((self.product, 1), user=self.colleague), ["Always"]
        )
        with self.assertRaisesRegex(ValidationError, "of any amount pass without"):
            rule.amount_to = 0.0

    def test_no_approval_leaves_findings_to_review(self):
        self._create_rule("Trifles", approval="none", amount_to=100000.0)
        check = self.env.ref("inventory_writeoff.check_large_share")
        check.write({"severity": "review", "percent": 1.0})
        self.assertEqual(self._submit((self.product, 900)).state, "to_approve")

    def test_amount_of_the_requester(self):
        """A write-off cut into pieces is tested as the whole."""
        self._create_two_steps()
        for _number in range(2):
            self._submit((self.product, 40))
        self.assertEqual(self._names((self.jar, 19)), ["Approver"])
        plan = self._plan((self.jar, 20))
        self.assertEqual(plan.amount, 1000.0)
        self.assertEqual([step.name for step in plan.steps], ["Approver", "Senior"])
        self.assertIn("requested by wo_requester", plan.steps[0].why.lower())
        # Somebody else's are not this requester's.
        self.assertEqual(self._plan((self.jar, 20), user=self.colleague).amount, 200.0)

    def test_amount_of_the_goods(self):
        """Pieces of the same goods by different people are tested as the whole."""
        self._create_two_steps()
        self._submit((self.product, 90))
        plan = self._plan((self.product, 10), (self.jar, 5), user=self.colleague)
        self.assertEqual(plan.amount, 1000.0)
        self.assertIn("Vase in ", plan.steps[0].why)
        self.assertEqual(self._plan((self.jar, 10), user=self.colleague).amount, 100.0)

    def test_amount_of_the_write_off(self):
        plan = self._plan((self.product, 7), (self.jar, 3))
        self.assertEqual(plan.amount, 100.0)

    def test_what_counts_for_the_amount(self):
        """Submitted to posted within the days; not what was given up."""
        first = self._submit((self.product, 50))
        amount = lambda: self._plan((self.jar, 1)).amount  # noqa: E731
        self.assertEqual(amount(), 510.0)
        self._back_date(first, 29)
        self.assertEqual(amount(), 510.0)
        self._back_date(first, 31)
        self.assertEqual(amount(), 10.0)
        self.company.writeoff_split_days = 40
        self.assertEqual(amount(), 510.0)
        first.with_user(self.approver).action_approve()
        first.with_user(self.finance).action_post()
        self.assertEqual(amount(), 510.0)
        second = self._submit((self.product, 50))
        self.assertEqual(amount(), 1010.0)
        second.with_user(self.approver).reject("No")
        self.assertEqual(amount(), 510.0)

    def test_batch_counts_itself(self):
        """Many submitted at once: each is tested with all of them."""
        self._create_two_steps()
        drafts = self._create_writeoff((self.product, 60))
        drafts |= self._create_writeoff((self.jar, 60))
        drafts.action_submit()
        self.assertEqual(drafts.mapped("amount_tested"), [1200.0, 1200.0])
        self.assertEqual(len(drafts[0].approval_ids), 2)

    def test_rules_are_mended_by_the_manager_only(self):
        rule = self._create_rule("Rule")
        rule.with_user(self.manager).amount_from = 5.0
        self.rules.with_user(self.manager).create({"name": "New"}).unlink()
        for user in self.approver, self.senior, self.finance, self.auditor:
            rule.with_user(user).read(["name", "summary", "approvers"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.with_user(user).amount_from = 6.0
        with self.assertRaises(AccessError):
            rule.with_user(self.requester).read(["name"])

    def test_rules_that_could_not_work(self):
        with self.assertRaisesRegex(ValidationError, "asks nobody"):
            self._create_rule("Empty", approver_type="users")
        with self.assertRaisesRegex(ValidationError, "neither the role Approver nor"):
            self._create_rule("Posters", users=self.finance)

    def test_preview(self):
        """A requester sees before submission what it will take."""
        self._create_two_steps()
        draft = self._create_writeoff((self.product, 100))
        preview = draft.approval_preview
        for text in ("Approver", self.approver.name, self.senior.name, "1,000.00"):
            self.assertIn(text, preview)
        draft.action_submit()
        self.assertFalse(draft.approval_preview)
