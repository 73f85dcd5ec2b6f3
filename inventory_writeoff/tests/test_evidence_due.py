from odoo.exceptions import UserError
from odoo.tests import tagged

from .evidence import EvidenceCommon, make_pdf


@tagged("post_install", "-at_install")
class TestEvidenceDue(EvidenceCommon):
    """Reasons and disposal methods ask for evidence, each until a moment."""

    def test_before_submission(self):
        self._require(self.reason, self.photo, "submission")
        writeoff = self._create_writeoff((self.product, 1))
        self.assertEqual(writeoff.evidence_missing.split("\n")[0], self._line("Photo"))
        with self.assertRaisesRegex(UserError, "Photo is missing.*before submission"):
            writeoff.action_submit()
        self.assertFalse(writeoff._is_clean())
        self._add(writeoff)
        self.assertTrue(writeoff._is_clean())
        writeoff.action_submit()
        self.assertEqual(writeoff.state, "to_approve")

    def _line(self, name):
        return f"Before submission: {name}"

    def test_before_posting(self):
        """Of the method; what was due before is due still."""
        self._require(self.disposal, self.police, "posting")
        writeoff = self._approve((self.product, 1))
        self._require(self.reason, self.photo, "submission")
        with self.assertRaisesRegex(UserError, "Photo, Police.* before posting"):
            writeoff.with_user(self.finance).action_post()
        self._add(writeoff, make_pdf(), name="r.pdf", evidence_type_id=self.police.id)
        with self.assertRaisesRegex(UserError, ": Photo is missing"):
            writeoff.with_user(self.finance).action_post()
        self._add(writeoff, user=self.finance)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "posted")

    def test_of_each_item(self):
        other = self.reason.copy({"code": "OTHER", "name": "Other"})
        self._require(other, self.photo, "submission")
        writeoff = self._create_writeoff(
            (self.product, 1), (self.product, 2, {"reason_id": other.id})
        )
        with self.assertRaisesRegex(UserError, "Photo is missing"):
            writeoff.action_submit()
        writeoff.line_ids[1].unlink()
        writeoff.action_submit()

    def test_superseded_evidence_counts_no_more(self):
        """Only what is current proves anything; here of another type."""
        self._require(self.reason, self.photo, "submission")
        writeoff = self._create_writeoff((self.product, 1))
        old = self._add(writeoff)
        self._add(
            writeoff,
            make_pdf(),
            name="r.pdf",
            evidence_type_id=self.police.id,
            supersedes_id=old.id,
        )
        with self.assertRaisesRegex(UserError, "Photo is missing"):
            writeoff.action_submit()

    def test_copied_reason_asks_for_the_same(self):
        self._require(self.reason, self.photo, "posting")
        copy = self.reason.copy({"code": "COPY"})
        self.assertEqual(copy.evidence_requirement_ids.due, "posting")

    def test_types_by_their_public_name(self):
        self.reason.evidence_type_ids = self.photo | self.certificate
        dues = self.reason.evidence_requirement_ids.mapped("due")
        self.assertEqual(dues, ["submission", "closing"])
        self.reason.evidence_requirement_ids[0].due = "posting"
        self.reason.evidence_type_ids -= self.certificate
        self.assertEqual(self.reason.evidence_requirement_ids.due, "posting")
        found = self.reason.search([("evidence_type_ids", "in", self.photo.ids)])
        self.assertEqual(found, self.reason)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.photo.unlink()

    def test_logged(self):
        """Who asks for less evidence is remembered."""
        events = self.env["inventory.writeoff.event"]
        self.reason.with_user(self.manager).evidence_type_ids = self.photo
        event = events.search([], limit=1)
        self.assertEqual(event.kind, "setting_created")
        self.assertIn('"due":"submission"', event.payload)
        self.reason.with_user(self.manager).evidence_type_ids = False
        self.assertEqual(events.search([], limit=1).kind, "setting_deleted")

    def test_queries(self):
        """As many for one write-off as for many."""
        self._require(self.reason, self.photo, "submission")
        writeoffs = [self._create_writeoff((self.product, 1)) for _ in range(9)]
        writeoffs = writeoffs[0].concat(*writeoffs)
        counts = []
        for some in (writeoffs[:1], writeoffs[:1], writeoffs[1:]):
            find = some._get_missing_evidence
            counts.append(self._count_queries(find, "submission"))
        self.assertEqual(counts[1], counts[2])
