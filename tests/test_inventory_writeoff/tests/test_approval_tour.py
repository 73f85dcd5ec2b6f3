from odoo.tests import HttpCase, tagged

from odoo.addons.inventory_writeoff.tests.approval import ApprovalCommon


@tagged("post_install", "-at_install", "browser")
class TestApprovalTour(HttpCase, ApprovalCommon):
    """Two steps, a rejection, a photo and a new submission: four people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first, second = cls._create_two_steps()
        first.name, second.name = "First step", "Senior finance"
        photo = cls.env.ref("inventory_writeoff.evidence_type_photo")
        cls.env["inventory.writeoff.evidence.requirement"].create(
            {
                "reason_id": cls.reason.id,
                "evidence_type_id": photo.id,
                "due": "posting",
            }
        )
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
        self._tour("post", self.finance)
        self.assertRecordValues(
            writeoff,
            [{"state": "posted", "poster_id": self.finance.id, "value_posted": 1250.0}],
        )
        self.assertEqual(writeoff.evidence_ids.uploader_id, self.requester)
        told = writeoff.event_ids.sorted("id").mapped("kind")
        steps = ["submitted", "rejected", "evidence_added", "submitted", "approved"]
        self.assertEqual([kind for kind in told if kind in steps], steps)
        self.assertEqual(told.count("posted"), 1)
