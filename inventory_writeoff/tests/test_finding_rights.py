from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..writer import as_writer
from .findings import FindingsCommon


@tagged("post_install", "-at_install")
class TestFindingRights(FindingsCommon):
    """Who sees, settles and configures what."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_in_move(cls, cls.product, 20, 10.0)
        cls._set_check("large_share", "review", percent=5.0)

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoff = self._create_writeoff((self.product, 2))
        self.finding = self.writeoff.finding_ids

    def test_findings_are_not_written_by_anyone(self):
        vals = {
            "writeoff_id": self.writeoff.id,
            "check_id": self.checks[0].id,
            "severity": "inform",
            "message": "Nothing",
            "key": "x",
        }
        users = (
            self.requester,
            self.senior,
            self.manager,
            self.env.ref("base.user_root"),
        )
        for user in users:
            finding = self.finding.with_user(user)
            for call in (
                lambda finding=finding: finding.create(vals),
                lambda finding=finding: finding.write({"state": "settled"}),
                lambda finding=finding: finding.write({"severity": "inform"}),
                lambda finding=finding: finding.unlink(),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
        with self.assertRaisesRegex(AccessError, "come and go with the checks"):
            self.finding.with_user(self.env.ref("base.user_root")).unlink()

    def test_findings_are_not_written_through_the_document(self):
        commands = [Command.clear()]
        with self.assertRaises(AccessError):
            self.writeoff.write({"finding_ids": commands})
        with self.assertRaises(AccessError):
            self.writeoff.write({"checked_at": fields.Datetime.now()})
        with self.assertRaises(AccessError):
            self.writeoff.line_ids.write({"finding_ids": commands})
        self.assertTrue(self.finding.exists())

    def test_requester_sees_findings_of_own_writeoffs(self):
        colleague = self._create_role_user("colleague", "user")
        findings = self.env["inventory.writeoff.finding"]
        self.assertEqual(findings.with_user(self.requester).search([]), self.finding)
        self.assertFalse(findings.with_user(colleague).search([]))
        self.assertFalse(findings.with_user(self.approver).search([]))
        for user in self.senior, self.finance, self.auditor, self.manager:
            self.assertIn(self.finding, findings.with_user(user).search([]))
        self.writeoff.action_submit()
        self.assertEqual(findings.with_user(self.approver).search([]), self.finding)
        with self.assertRaises(AccessError):
            findings.with_user(self.stock_user).search([])

    def test_other_company_is_not_seen(self):
        other = self._create_company(name="Other company")
        auditor = self._create_user(
            "other_auditor", "inventory_writeoff.group_writeoff_auditor", company=other
        )
        findings = self.env["inventory.writeoff.finding"].with_user(auditor)
        self.assertFalse(findings.search([]))

    def test_manager_sets_severity_and_nobody_else(self):
        check = self._set_check("repeated")
        check.with_user(self.manager).severity = "block"
        self.assertEqual(check.severity, "block")
        for user in self.requester, self.senior, self.finance, self.auditor:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                check.with_user(user).severity = "off"
        with self.assertRaisesRegex(AccessError, "belongs to its add-on"):
            check.with_user(self.manager).code = "same_stock"
        with self.assertRaises(AccessError):
            check.with_user(self.manager).unlink()

    def test_check_button(self):
        self.writeoff.with_user(self.senior).action_check()
        with self.assertRaises(AccessError):
            self.writeoff.with_user(self.auditor).action_check()
        self.assertFalse(self.writeoff.with_user(self.auditor).can_check)
        self.assertTrue(self.writeoff.with_user(self.requester).can_check)

    def test_wizard(self):
        self.writeoff.action_submit()
        action = self.writeoff.with_user(self.senior).action_settle()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.senior)
            .with_context(**action["context"])
            .create({"justification": "Seen on the spot"})
        )
        self.assertEqual(wizard.finding_ids, self.finding)
        wizard.action_settle()
        self.assertEqual(self.finding.state, "settled")
        with self.assertRaises(AccessError):
            self.env[wizard._name].with_user(self.finance).create(
                {"justification": "x"}
            )

    def test_copy_takes_no_findings(self):
        self.finding.with_user(self.senior).settle("Seen")
        copy = self.writeoff.copy()
        self.assertEqual(copy.finding_ids.mapped("state"), ["open"])

    def test_shrunk_hold_keeps_identity(self):
        """Code of the add-on writes items without an evaluation in between."""
        self.writeoff.action_submit()
        as_writer(self.writeoff.line_ids).quantity = 1
        self.assertEqual(self.writeoff.finding_ids, self.finding)
