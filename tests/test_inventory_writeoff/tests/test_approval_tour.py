from odoo.tests import HttpCase, tagged

from odoo.addons.inventory_writeoff.tests.approval import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalTour(HttpCase, ApprovalCommon):
    """Two steps, a rejection and a new submission in the browser: three people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first, second = cls._create_two_steps()
        first.name, second.name = "First step", "Senior finance"
        cls._age_policy_changes()

    def _tour(self, name, user):
        self.start_tour("/odoo", f"writeoff_two_steps_{name}", login=user.login)

    def test_two_steps(self):
        writeoff = self._create_writeoff((self.product, 125))
        self._tour("submit", self.requester)
        self._tour("first", self.approver)
        self._tour("reject", self.senior)
        self.assertEqual(writeoff.state, "rejected")
        self._tour("resubmit", self.requester)
        self._tour("first", self.approver)
        self._tour("last", self.senior)
        self.assertRecordValues(
            writeoff, [{"state": "approved", "approver_id": self.senior.id}]
        )
        self.assertEqual(
            [(step.round, step.state) for step in writeoff.approval_ids.sorted()],
            [(2, "approved"), (2, "approved"), (1, "approved"), (1, "rejected")],
        )
