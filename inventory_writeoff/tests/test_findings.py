from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.inventory_writeoff_findings import LIVE_LIMIT
from .findings import FindingsCommon


@tagged("post_install", "-at_install")
class TestFindings(FindingsCommon):
    """Findings come with the facts, stop what they should, and are settled in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_in_move(cls, cls.product, 20, 10.0)
        cls.yesterday = fields.Date.today() - timedelta(days=1)

    def _submit_with(self, severity, code="large_share"):
        self._set_check(code, severity, percent=5.0)
        writeoff = self._create_writeoff((self.product, 2))
        writeoff.action_submit()
        return writeoff

    def test_saved_draft_is_checked(self):
        self._set_check("large_share", percent=50.0)
        writeoff = self._create_writeoff((self.product, 11))
        self.assertEqual(writeoff.finding_count, 1)
        self.assertEqual(writeoff.line_ids.finding_severity, "inform")
        writeoff.line_ids.quantity = 2
        self.assertFalse(writeoff.finding_ids)
        self.assertFalse(writeoff.line_ids.finding_severity)
        writeoff.write(
            {"line_ids": [Command.update(writeoff.line_ids.id, {"quantity": 12})]}
        )
        self.assertIn("12 of the 20", writeoff.finding_ids.message)
        writeoff.line_ids.unlink()
        self.assertFalse(writeoff.finding_ids)

    def test_irrelevant_change_is_not_checked(self):
        self._set_check("large_share", percent=50.0)
        writeoff = self._create_writeoff((self.product, 2))
        self._set_check("large_share", percent=5.0)
        writeoff.write({"note": "Fell off the shelf"})
        writeoff.line_ids.write({"note": "All of them"})
        self.assertFalse(writeoff.finding_ids)
        writeoff.line_ids.quantity = 3
        self.assertTrue(writeoff.finding_ids)

    def test_saved_once(self):
        """A document is evaluated once, however many items are saved with it."""
        writeoff = self._create_writeoff(*[(self.product, 1)] * 5)
        calls = []
        original = type(self.checks)._find

        def count(checks, *args, **kwargs):
            calls.append(1)
            return original(checks, *args, **kwargs)

        self.patch(type(self.checks), "_find", count)
        commands = [
            Command.update(line.id, {"quantity": 2}) for line in writeoff.line_ids
        ]
        writeoff.write({"line_ids": commands, "accounting_date": self.yesterday})
        self.assertEqual(len(calls), 1)
        self._create_writeoff(*[(self.product, 1)] * 5)
        self.assertEqual(len(calls), 2)

    def test_large_document_is_checked_by_the_button(self):
        self._set_check("large_share", percent=50.0)
        lines = [(self.product, 1)] * (LIVE_LIMIT + 1)
        writeoff = self._create_writeoff(*lines)
        self.assertFalse(writeoff.finding_ids)
        self.assertFalse(writeoff.checked_at)
        writeoff.action_check()
        self.assertEqual(len(writeoff.finding_ids), 1)
        self.assertTrue(writeoff.checked_at)
        writeoff.line_ids[0].quantity = 2
        self.assertFalse(writeoff.checked_at)

    def test_off_is_not_evaluated(self):
        check = self._set_check("large_share", "off", percent=1.0)
        self.patch(
            type(check), "_find_large_share", lambda *args: self.fail("evaluated")
        )
        writeoff = self._create_writeoff((self.product, 20))
        writeoff.action_submit()
        self.assertFalse(writeoff.finding_ids)

    def test_inform_stops_nothing(self):
        writeoff = self._submit_with("inform")
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(writeoff.finding_ids.state, "open")

    def test_block_refuses_submission_in_words(self):
        self._set_check("large_share", "block", percent=5.0)
        self._set_check("other_owner", "block")
        owner = self.env["res.partner"].create({"name": "Consigner"})
        writeoff = self._create_writeoff(
            (self.product, 2), (self.product, 1, {"owner_id": owner.id})
        )
        with self.assertRaisesRegex(
            UserError,
            r"(?s)item 1 .*of the 20 .*\(15 %\).*item 2 .*belong to Consigner",
        ):
            writeoff.action_submit()
        self.assertEqual(writeoff.state, "draft")

    def test_block_is_not_settled(self):
        self._set_check("large_share", "block", percent=5.0)
        writeoff = self._create_writeoff((self.product, 2))
        with self.assertRaisesRegex(UserError, "blocks the write-off and cannot be"):
            writeoff.finding_ids.with_user(self.senior).settle("It is fine")

    def test_review_needs_senior_before_approval(self):
        writeoff = self._submit_with("review")
        with self.assertRaisesRegex(
            UserError, r"(?s)2 of the 20 .*Senior finance must"
        ):
            writeoff.with_user(self.approver).action_approve()
        findings = writeoff.finding_ids
        findings.with_user(self.senior).settle("Counted twice with the warehouse")
        self.assertRecordValues(
            findings,
            [
                {
                    "state": "settled",
                    "settled_by_id": self.senior.id,
                    "justification": "Counted twice with the warehouse",
                }
            ],
        )
        last = writeoff.message_ids[0]
        self.assertEqual(last.author_id, self.senior.partner_id)
        self.assertRegex(last.body, "Counted twice with the warehouse.*2 of the 20")
        writeoff.with_user(self.approver).action_approve()
        self.assertEqual(writeoff.state, "approved")

    def test_review_asks_senior_finance(self):
        review = self.env.ref("inventory_writeoff.mail_activity_type_review")
        writeoff = self._submit_with("review")
        activities = writeoff.activity_ids.filtered(
            lambda activity: activity.activity_type_id == review
        )
        self.assertEqual(activities.user_id, self.senior)
        self.assertIn("Large Share", activities.summary)
        writeoff.finding_ids.with_user(self.senior).settle("Agreed with the auditor")
        self.assertFalse(activities.exists())

    def test_settle_takes_the_role_and_a_justification(self):
        writeoff = self._submit_with("review")
        for user in self.approver, self.finance, self.manager, self.auditor:
            with (
                self.subTest(user=user.login),
                self.assertRaisesRegex(UserError, "settled by the role Senior Finance"),
            ):
                writeoff.finding_ids.with_user(user).settle("It is fine")
        with self.assertRaisesRegex(UserError, "Say why"):
            writeoff.finding_ids.with_user(self.senior).settle("  ")
        self.assertEqual(writeoff.finding_ids.state, "open")

    def test_nobody_settles_own_findings(self):
        self.requester.group_ids += self.env.ref(
            "inventory_writeoff.group_writeoff_senior"
        )
        writeoff = self._submit_with("review")
        finding = writeoff.finding_ids.with_user(self.requester)
        self.assertFalse(finding.can_settle)
        with self.assertRaisesRegex(UserError, "someone else must settle"):
            finding.settle("I know what I do")
        self.assertTrue(finding.with_user(self.senior).can_settle)

    def test_settled_survives_evaluation(self):
        writeoff = self._submit_with("review")
        writeoff.finding_ids.with_user(self.senior).settle("Seen")
        settled = writeoff.finding_ids
        writeoff.with_user(self.senior).action_check()
        self.assertEqual(writeoff.finding_ids, settled)
        self.assertEqual(settled.state, "settled")

    def test_settled_dies_with_its_facts(self):
        writeoff = self._submit_with("review")
        writeoff.finding_ids.with_user(self.senior).settle("Seen")
        settled = writeoff.finding_ids
        self._make_out_move(self.product, 8)
        writeoff.with_user(self.senior).action_check()
        self.assertFalse(settled.exists())
        self.assertEqual(writeoff.finding_ids.state, "open")
        self.assertIn("2 of the 12", writeoff.finding_ids.message)

    def test_settled_dies_with_a_higher_severity(self):
        writeoff = self._submit_with("review")
        writeoff.finding_ids.with_user(self.senior).settle("Seen")
        self._set_check("large_share", "block")
        writeoff.with_user(self.senior).action_check()
        self.assertEqual(writeoff.finding_ids.state, "open")

    def test_settled_dies_with_the_goods(self):
        self._set_check("other_owner", "review")
        owner = self.env["res.partner"].create({"name": "Consigner"})
        writeoff = self._create_writeoff((self.product, 1, {"owner_id": owner.id}))
        writeoff.finding_ids.with_user(self.senior).settle("The owner agreed to one")
        writeoff.line_ids.quantity = 5
        self.assertEqual(writeoff.finding_ids.state, "open")

    def test_finding_since_approval_stops_posting(self):
        """Finance moves the date into the past: that is reviewed, too."""
        self._set_check("back_dated", "review")
        moves = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        moves.date = fields.Datetime.now() - timedelta(days=9)
        writeoff = self._approve((self.product, 2))
        writeoff.with_user(self.finance).accounting_date = self.yesterday
        with self.assertRaisesRegex(UserError, "1 days in the past"):
            writeoff.with_user(self.finance).action_post()
        writeoff.finding_ids.with_user(self.senior).settle("The loss was last month's")
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.accounting_date, self.yesterday)

    def test_posting_judges_only_what_blocks(self):
        writeoff = self._approve((self.product, 2))
        self._set_check("large_share", "review", percent=5.0)
        self._set_check("repeated", "block")
        self._set_check("fixed_asset", "block")
        account = self.category_avco.property_stock_valuation_account_id
        account = account or self.company.account_stock_valuation_id
        account.account_type = "asset_fixed"
        with self.assertRaisesRegex(UserError, "booked as a fixed asset"):
            writeoff.with_user(self.finance).action_post()
        account.account_type = "asset_current"
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "posted")

    def test_posted_findings_stay(self):
        writeoff = self._submit_with("review")
        writeoff.finding_ids.with_user(self.senior).settle("Seen")
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        with self.assertRaisesRegex(UserError, "is Posted, so this is no longer"):
            writeoff.with_user(self.finance).action_check()
        self.assertEqual(writeoff.finding_ids.state, "settled")

    def test_clean(self):
        self._set_check("large_share", "inform", percent=5.0)
        writeoff = self._create_writeoff((self.product, 2))
        self.assertTrue(writeoff._is_clean())
        self._set_check("large_share", "review")
        self.assertFalse(writeoff._is_clean())
        writeoff.finding_ids.with_user(self.senior).settle("Seen")
        self.assertTrue(writeoff._is_clean())
        self._set_check("large_share", "block")
        self.assertFalse(writeoff._is_clean())
        self._set_check("large_share", "off")
        writeoff.line_ids.disposal_method_id = False
        self.assertFalse(writeoff._is_clean())

    def test_companies_have_their_own_severities(self):
        check = self._set_check("large_share", "review", percent=5.0)
        other = self._create_company(name="Other company")
        self.assertEqual(check.with_company(other).severity, "review")
        check.with_company(other).severity = "off"
        self.assertEqual(check.severity, "review")
        own = self._create_writeoff((self.product, 2))
        self.requester.company_ids += other
        self.requester.company_id = other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        place = warehouse.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.product, place, 3)
        foreign = self._create_writeoff(
            (self.product, 2, {"location_id": place.id}),
            company_id=other.id,
            location_id=place.id,
        )
        self.assertEqual(self._check(own, foreign).writeoff_id, own)
        check.with_company(other).severity = "block"
        findings = self._check(own, foreign)
        severities = {finding.writeoff_id: finding.severity for finding in findings}
        self.assertEqual(severities, {own: "review", foreign: "block"})

    def test_new_check_is_set_in_every_company(self):
        other = self._create_company(name="Other company")
        check = self._set_check("large_share", "review", percent=7.0)
        vals = check.copy_data()[0]
        check.unlink()
        check = check.create({**vals, "code": "large_share", "severity": "block"})
        self.assertEqual(check.with_company(other).severity, "block")

    def test_check_without_method(self):
        with self.assertRaisesRegex(ValidationError, "no add-on knows how to evaluate"):
            self.checks.create({"name": "X", "code": "nothing", "description": "X"})

    @mute_logger("odoo.sql_db")
    def test_code_is_unique(self):
        with self.assertRaises(UniqueViolation):
            self.checks[0].copy()

    def test_negative_parameter(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self._set_check("large_share", percent=-1.0)

    def test_sentence_names_the_parameters(self):
        check = self._set_check("repeated", days=12)
        self.assertIn("in the last 12 days", check.sentence)
        self.assertTrue(check.uses_days)
        self.assertFalse(check.uses_amount)
