from odoo import fields
from odoo.tests import tagged

from .evidence import EvidenceCommon, make_image, make_pdf
from .log_script import LogScript


@tagged("post_install", "-at_install")
class TestLogEvidence(LogScript, EvidenceCommon):
    """Evidence and disposal, as the log and the verification know them."""

    def _verify(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["inventory.writeoff.verification"]._verify(self.company)[
            "problems"
        ]

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoff = self._create_writeoff((self.product, 1))
        self.file = self._add(self.writeoff)
        self.writeoff.action_submit()
        self.env["inventory.writeoff.seal"]._seal(self.company.id)

    def test_usual_ways(self):
        self.assertEqual(self._verify(), [])
        self._add(self.writeoff, make_image(colour="blue"), supersedes_id=self.file.id)
        self.assertEqual(self._verify(), [])
        self.writeoff.action_draft()
        self._add(self.writeoff, make_image(colour="green"))
        self.assertEqual(self._verify(), [])
        self.writeoff.action_submit()
        self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.with_user(self.finance).action_post()
        self.assertEqual(self._verify(), [])
        certificate = self._add(
            self.writeoff,
            make_pdf(),
            name="c.pdf",
            evidence_type_id=self.certificate.id,
        )
        disposal = self.writeoff.disposal_ids
        disposal.disposed_on = fields.Date.today()
        disposal.witness_id = self.approver
        disposal.certificate_id = certificate
        self.assertEqual(self._verify(), [])
        disposal.action_close()
        self.assertEqual(self._verify(), [])
        reversal = self.writeoff.reverse("It was found again")
        reversal.action_submit()
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(self._verify(), [])
        reversal.with_user(self.finance).action_post()
        self.assertEqual(self.writeoff.state, "reversed")
        self.assertEqual(self._verify(), [])
        self.assertScriptFindsNothing()
        self.env.cr.execute("UPDATE inventory_writeoff_disposal SET weight = 5")
        self.assertRegex(self._verify()[0], "Weight of .* is “5")

    def test_file_changed(self):
        """Another file in its place, or none."""
        name = f"{self.writeoff.name}: the file of evidence {self.file.id} "
        attachment = self._get_file(self.file)
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = %s WHERE id = %s",
            [make_image(colour="blue"), attachment.id],
        )
        (problem,) = self._verify()
        self.assertTrue(problem.startswith(f"{name}(Photo) is not the one"), problem)
        field = f"sha256 of inventory.writeoff.evidence {self.file.id} was"
        self.assertIn(field, self._get_first_problem())
        self.env.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [attachment.id])
        (problem,) = self._verify()
        self.assertTrue(problem.startswith(f"{name}(Photo) is gone"), problem)
        self.assertIn(field, self._get_first_problem())

    def test_digest_changed_as_well(self):
        content = make_image(colour="blue")
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = %s WHERE id = %s",
            [content, self._get_file(self.file).id],
        )
        self.env.cr.execute(
            "UPDATE inventory_writeoff_evidence SET sha256 = %s WHERE id = %s",
            [self._hash(content), self.file.id],
        )
        (problem,) = self._verify()
        self.assertRegex(problem, f"SHA-256 of .* {self.file.id} was “.*” when it was")
