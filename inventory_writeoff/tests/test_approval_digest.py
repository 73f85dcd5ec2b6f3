import base64

from odoo.tests import tagged

from .approval import ApprovalCommon
from .evidence import make_image


@tagged("post_install", "-at_install")
class TestApprovalDigest(ApprovalCommon):
    """All approvals of a write-off are given for the same content."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls._create_two_steps()
        cls._age_policy_changes()

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoff = self._create_writeoff((self.product, 100))

    def _add(self, colour, **values):
        return (
            self.env["inventory.writeoff.evidence"]
            .with_user(self.requester)
            .create(
                {
                    "writeoff_id": self.writeoff.id,
                    "evidence_type_id": self.env.ref(
                        "inventory_writeoff.evidence_type_photo"
                    ).id,
                    "name": "vase.png",
                    "file": base64.b64encode(make_image(colour=colour)),
                    **values,
                }
            )
        )

    def _approve_first(self):
        self.writeoff.action_submit()
        self.writeoff.with_user(self.approver).action_approve()
        self.assertEqual(self.writeoff.state, "to_approve")

    def _approve_last_and_post(self):
        self.writeoff.with_user(self.senior).action_approve()
        return self.writeoff.with_user(self.finance).action_post()

    def _change(self, table, column, value, record):
        self.env.flush_all()
        query = f"UPDATE {table} SET {column} = %s WHERE id = %s"
        self.env.cr.execute(query, [value, record.id])
        self.env.invalidate_all()

    def test_changed_between_two_approvals(self):
        self._approve_first()
        self._change("inventory_writeoff", "note", "It was nobody", self.writeoff)
        message = self._approve_last_and_post()["params"]["message"]
        self.assertRegex(message, "approval Approver of .* for another content")
        self.assertEqual(
            self._steps(self.writeoff), [("Approver", "asked"), ("Senior", "waiting")]
        )

    def test_decision_changed(self):
        self._approve_first()
        step = self.writeoff.sudo().approval_ids[0]
        self._change("inventory_writeoff_approval", "digest", "0" * 64, step)
        message = self._approve_last_and_post()["params"]["message"]
        self.assertRegex(message, "approval Approver of .* for another content")

    def test_evidence_between_two_approvals(self):
        self._add("red")
        self._approve_first()
        self._add("blue")
        self.assertFalse(self._approve_last_and_post())
        self.assertEqual(self.writeoff.state, "posted")

    def test_superseded_between_two_approvals(self):
        old = self._add("red")
        self._approve_first()
        self._add("blue", supersedes_id=old.id)
        self.assertEqual(
            self._steps(self.writeoff), [("Approver", "asked"), ("Senior", "waiting")]
        )
        self.assertIn("Photo was superseded", self.writeoff.void_reason)
        self.writeoff.with_user(self.approver).action_approve()
        self.assertFalse(self._approve_last_and_post())
