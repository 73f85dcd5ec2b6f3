from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .candidates import CandidateCommon

RULE_LOGGER = "odoo.addons.inventory_writeoff.models.inventory_writeoff_rule"


@tagged("post_install", "-at_install")
class TestRule(CandidateCommon):
    """Proposals become write-offs by themselves; people approve and post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expired_reason = cls.env.ref("inventory_writeoff.reason_expired")
        cls.expired_reason.loss_account_id = cls.loss_account
        cls.company.writeoff_rule_user_id = cls.requester

    def _create_rule(self, **values):
        return self.env["inventory.writeoff.rule"].create(
            {
                "enabled": True,
                "company_id": self.company.id,
                "disposal_method_id": self.disposal.id,
                **values,
            }
        )

    def _run(self):
        self._scan()
        self.env["inventory.writeoff.rule"]._run(self.company)
        self.env.invalidate_all()
        return self.env["inventory.writeoff"].search([("automatic_on", "!=", False)])

    def test_off_by_default(self):
        self._create_expiring()
        self.env["inventory.writeoff.rule"].create({"company_id": self.company.id})
        self.assertFalse(self._run())

    def test_one_draft_per_day(self):
        product, _lot = self._create_expiring()
        other, _lot = self._create_expiring("Cheese")
        self._create_rule(source="expired")
        writeoff = self._run()
        self.assertRecordValues(
            writeoff, [{"state": "draft", "requester_id": self.requester.id}]
        )
        self.assertEqual(writeoff.line_ids.product_id, product | other)
        self.assertEqual(writeoff.line_ids.disposal_method_id, self.disposal)
        third, _lot = self._create_expiring("Milk")
        self.assertEqual(self._run(), writeoff)
        self.assertEqual(len(writeoff.line_ids), 3)
        self.assertEqual(self._run(), writeoff)
        self.assertEqual(len(writeoff.line_ids), 3)

    def test_only_what_the_rule_is_meant_for(self):
        product, _lot = self._create_expiring()
        self._put(self.product, 5, days_ago=101)
        elsewhere, lot = self._create_expiring("Cheese")
        self._move(elsewhere, 10, None, self.shelf, lot_id=lot)
        dairy = self.env["product.category"].create({"name": "Dairy"})
        for values, expected in (
            ({"source": "aged"}, self.product),
            ({"reason_id": self.expired_reason.id}, product | elsewhere),
            ({"location_id": self.shelf.id}, elsewhere),
            ({"category_id": dairy.id}, self.env["product.product"]),
        ):
            with self.subTest(values):
                rule = self._create_rule(**values)
                self._scan()
                self.assertEqual(rule._match().product_id, expected)

    def test_marks_by_hand_stay_with_people(self):
        self._put(self.product, 5)
        self._mark(self.product, 5)
        self._create_rule()
        self.assertFalse(self._run())

    def test_submits_itself_and_people_approve(self):
        self._create_expiring()
        self._create_rule(submit=True)
        writeoff = self._run()
        self.assertEqual(writeoff.state, "to_approve")
        self.assertEqual(writeoff.submitted_by_id, self.requester)
        self.requester.group_ids += self.env.ref(
            "inventory_writeoff.group_writeoff_approver"
        )
        with self.assertRaisesRegex(Exception, "someone else must approve"):
            writeoff.with_user(self.requester).action_approve()
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.state, "approved")

    def test_nothing_more_once_todays_is_submitted(self):
        self._create_expiring()
        self._create_rule(submit=True)
        writeoff = self._run()
        later, _lot = self._create_expiring("Cheese")
        self.assertEqual(self._run(), writeoff)
        self.assertEqual(self._found(later).state, "open")

    def test_stays_a_draft_with_a_problem(self):
        self._create_expiring()
        self._create_rule(submit=True, disposal_method_id=False)
        writeoff = self._run()
        self.assertEqual(writeoff.state, "draft")
        self.assertIn("not submitted by itself", writeoff.message_ids[0].body)

    def test_findings_of_review_and_block_keep_it_a_draft(self):
        check = self.env.ref("inventory_writeoff.check_unit_cost")
        for number, severity in enumerate(("review", "block", "inform")):
            with self.subTest(severity):
                check.severity = severity
                product, lot = self._create_expiring(f"Gift {number}")
                product.standard_price = 0.0
                rule = self._create_rule(submit=True)
                # A day of its own: one write-off a day.
                with freeze_time(fields.Datetime.now() + timedelta(days=number)):
                    writeoff = self._run() & self.env["inventory.writeoff"].search(
                        [("line_ids.lot_id", "=", lot.id)]
                    )
                is_clean = severity == "inform"
                self.assertEqual(writeoff.state, "to_approve" if is_clean else "draft")
                self.assertTrue(writeoff.finding_ids)
                rule.unlink()

    def test_rules_that_submit_have_a_draft_of_their_own(self):
        product, _lot = self._create_expiring()
        self._put(self.product, 5, days_ago=101)
        self._create_rule(source="expired", submit=True)
        self._create_rule()
        writeoffs = self._run()
        states = {w.line_ids.product_id: w.state for w in writeoffs}
        self.assertEqual(states, {product: "to_approve", self.product: "draft"})

    def test_responsible_is_a_requester(self):
        for user in (self.finance, self.stock_user):
            with self.subTest(user=user.login):
                with self.assertRaisesRegex(ValidationError, "role Requester"):
                    self.company.writeoff_rule_user_id = user

    def test_enabled_needs_a_responsible(self):
        self.company.writeoff_rule_user_id = False
        with self.assertRaisesRegex(ValidationError, "Choose the responsible"):
            self._create_rule()

    def test_nothing_without_the_responsible(self):
        self._create_expiring()
        self._create_rule()
        self.requester.active = False
        with self.assertLogs(RULE_LOGGER, "WARNING") as logs:
            self.assertFalse(self._run())
        self.assertIn("do nothing", logs.output[0])

    def test_only_administrators_configure(self):
        rules = self.env["inventory.writeoff.rule"]
        rules.with_user(self.manager).create({"company_id": self.company.id})
        for user in (self.requester, self.finance, self.stock_user, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                rules.with_user(user).create({"company_id": self.company.id})
