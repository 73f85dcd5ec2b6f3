import base64
import json
import os

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.inventory_writeoff.writer import as_writer

from .evidence import EvidenceCommon, make_archive, make_image, make_pdf

PNG, PDF = make_image(), make_pdf()
# Name of a file: (content, why it is refused).
REFUSED = {
    "empty.png": (b"", "empty.png is empty"),
    "program.exe": (b"MZ1234", "of a kind that not everyone can read.*pdf, png"),
    "noname": (PNG, "of a kind that not everyone can read"),
    "photo.jpg": (PNG, "photo.jpg is not what its name says"),
    "photo.png": (PDF, "photo.png is not what its name says"),
    "report.pdf": (PNG, "report.pdf is not what its name says"),
    "report.docx": (make_archive("xl/workbook.xml"), "not what its name says"),
    "report.xlsx": (PDF, "not what its name says"),
    "notes.txt": (b"a\0b", "not what its name says"),
    "half.png": (PNG[:-8], "half.png is broken"),
    "half.gif": (make_image("GIF")[:-1], "half.gif is broken"),
    "half.bmp": (make_image("BMP")[:-1], "half.bmp is broken"),
    "half.jpg": (make_image("JPEG", size=(300, 300))[:700], "half.jpg is broken"),
    "half.pdf": (PDF[: len(PDF) // 3], "half.pdf is broken"),
    "half.zip": (make_archive("a.txt")[:30], "half.zip is broken"),
    "secret.pdf": (make_pdf("secret"), "secret.pdf is protected by a password"),
}
READABLE = {
    "a.png": PNG,
    "b.JPG": make_image("JPEG"),
    "c.webp": b"RIFF\0\0\0\0WEBPVP8 ",
    "d.pdf": PDF,
    "d.gif": make_image("GIF"),
    "d.bmp": make_image("BMP"),
    "d.tiff": b"II*\0\x08\0\0\0",
    "e.docx": make_archive("[Content_Types].xml", "word/document.xml"),
    "f.xlsx": make_archive("[Content_Types].xml", "xl/workbook.xml"),
    "g.odt": make_archive("content.xml"),
    "h.txt": "Größe".encode(),
    "i.heic": b"\0\0\0\x18ftypheic",
    "j.zip": make_archive("a.txt"),
}


@tagged("post_install", "-at_install")
class TestEvidence(EvidenceCommon):
    """Files that prove a loss: readable, as uploaded, and still there."""

    def test_what_is_recorded(self):
        writeoff = self._create_writeoff((self.product, 1))
        evidence = self._add(writeoff, PNG)
        self.assertRecordValues(
            evidence,
            [
                {
                    "sha256": self._hash(PNG),
                    "size": len(PNG),
                    "mimetype": "image/png",
                    "uploader_id": self.requester.id,
                    "company_id": self.company.id,
                    "superseded_by_id": False,
                }
            ],
        )
        self.assertTrue(evidence.uploaded_at)
        self.assertEqual(base64.b64decode(evidence.file), PNG)
        event = writeoff.sudo().event_ids
        self.assertEqual(event.kind, "evidence_added")
        (file,) = json.loads(event.payload)["files"]
        self.assertEqual(file["sha256"], self._hash(PNG))
        self.assertNotIn("vase", event.payload)

    def test_large_photos_stay_as_they_are(self):
        content = make_image("JPEG", size=(3000, 50))
        evidence = self._add(
            self._create_writeoff((self.product, 1)), content, name="wide.jpg"
        )
        self.assertEqual(base64.b64decode(evidence.file), content)
        self._get_file(evidence)._migrate()
        self.assertFalse(evidence._find_altered())

    def test_refused_files(self):
        writeoff = self._create_writeoff((self.product, 1))
        for name, (content, pattern) in REFUSED.items():
            with self.subTest(name), self.assertRaisesRegex(ValidationError, pattern):
                self._add(writeoff, content, name=name)
        with self.assertRaisesRegex(ValidationError, "is empty"):
            self._add(writeoff, file="!!!")

    def test_readable_files(self):
        writeoff = self._create_writeoff((self.product, 1))
        for name, content in READABLE.items():
            with self.subTest(name):
                evidence = self._add(writeoff, content, name=name)
                self.assertEqual(evidence.sha256, self._hash(content))

    def test_limit(self):
        self.company.writeoff_evidence_limit = 1
        writeoff = self._create_writeoff((self.product, 1))
        content = b"x" * (1024 * 1024)
        self._add(writeoff, content, name="ok.txt")
        with self.assertRaisesRegex(ValidationError, "large.txt is 1.0 MB .* 1 MB is"):
            self._add(writeoff, content + b"y", name="large.txt")

    def test_only_once(self):
        writeoff = self._create_writeoff((self.product, 1))
        self._add(writeoff)
        with self.assertRaisesRegex(ValidationError, "has this file already"):
            self._add(writeoff, name="again.png")

    def test_not_on_what_has_ended(self):
        writeoff = self._submit((self.product, 1))
        writeoff.action_cancel()
        with self.assertRaisesRegex(UserError, "is Cancelled"):
            self._add(writeoff)

    def test_draft_can_be_tidied(self):
        writeoff = self._create_writeoff((self.product, 1))
        evidence = self._add(writeoff)
        evidence.write({"note": "The left one", "evidence_type_id": self.police.id})
        file = self._get_file(evidence)
        evidence.action_remove()
        self.assertFalse(evidence.exists() or file.exists())
        writeoff.unlink()

    def test_file_never_changes(self):
        """Neither in draft nor later, neither as a field nor as an attachment."""
        writeoff = self._create_writeoff((self.product, 1))
        evidence = self._add(writeoff)
        file = self._get_file(evidence)
        other = base64.b64encode(make_image(colour="blue"))
        for values in (
            {"file": other},
            {"name": "x.png"},
            {"sha256": "0" * 64},
            {"uploader_id": self.finance.id},
            {"writeoff_id": self._create_writeoff((self.product, 1)).id},
            {"superseded_by_id": evidence.id},
        ):
            with self.subTest(values.keys()), self.assertRaises(AccessError):
                evidence.write(values)
        # Not even the superuser, who has all rights but not the key.
        for values in (
            {"datas": other},
            {"raw": PNG + b" "},
            {"db_datas": other, "store_fname": False},
            {"name": "x"},
            {"res_id": 0},
            {"res_model": "res.partner"},
            {"public": True},
        ):
            with (
                self.subTest(values.keys()),
                self.assertRaisesRegex(UserError, "stay as they are"),
            ):
                file.sudo().write(values)
        with self.assertRaisesRegex(UserError, "stay as they are"):
            file.sudo().unlink()
        with self.assertRaisesRegex(UserError, "stay as they are"):
            file.sudo().raw = b"x"
        self.assertFalse(evidence._find_altered())

    def test_attachment_in_the_place_of_evidence(self):
        evidence = self._add(self._create_writeoff((self.product, 1)))
        vals = {
            "name": "file",
            "res_model": evidence._name,
            "res_field": "file",
            "res_id": evidence.id,
            "raw": make_image(colour="blue"),
        }
        attachments = self.env["ir.attachment"].with_user(self.requester)
        with self.assertRaisesRegex(UserError, "is added under Evidence"):
            attachments.create(vals)
        with self.assertRaisesRegex(UserError, "is added under Evidence"):
            attachments.with_context(default_res_model=evidence._name).create(
                {"name": "x", "res_field": "file", "res_id": evidence.id}
            )
        loose = attachments.create({"name": "x", "raw": b"x"})
        with self.assertRaisesRegex(UserError, "is added under Evidence"):
            loose.write({"res_model": evidence._name, "res_id": evidence.id})
        self.assertEqual(len(self._get_file(evidence)), 1)

    def test_submitted_files_stay(self):
        writeoff = self._create_writeoff((self.product, 1))
        evidence = self._add(writeoff)
        writeoff.action_submit()
        for state in ("to_approve", "rejected", "draft"):
            with self.subTest(state):
                if state == "rejected":
                    writeoff.with_user(self.approver).reject("Blurred")
                elif state == "draft":
                    writeoff.action_draft()
                self.assertFalse(evidence.can_remove)
                with self.assertRaisesRegex(UserError, "was submitted with .* stays"):
                    evidence.unlink()
                with self.assertRaisesRegex(UserError, "was submitted with .* stays"):
                    evidence.note = "x"
        # What is new since the rejection nobody else has seen.
        as_writer(writeoff.sudo()).submitted_at = "2026-01-01 00:00:00"
        later = self._add(writeoff, make_image(colour="blue"))
        self.assertTrue(later.can_remove)
        later.unlink()

    def test_attachments_of_the_document(self):
        """A file in the chatter of a submitted write-off is kept as well."""
        writeoff = self._create_writeoff((self.product, 1))
        attachments = self.env["ir.attachment"].with_user(self.requester)
        vals = {"res_model": writeoff._name, "res_id": writeoff.id, "raw": b"x"}
        early, kept = attachments.create([{"name": n, **vals} for n in ("a", "b")])
        early.unlink()
        writeoff.action_submit()
        for user in (self.requester, self.finance, self.env.user):
            with self.assertRaisesRegex(UserError, "b: files of a write-off stay"):
                kept.with_user(user).raw = b"y"
            with self.assertRaisesRegex(UserError, "b: files of a write-off stay"):
                kept.with_user(user).unlink()
            with self.assertRaisesRegex(UserError, "b: files of a write-off stay"):
                kept.with_user(user).write({"res_id": 0})
        kept.sudo().generate_access_token()
        self.assertEqual(kept.raw, b"x")

    def test_over_rpc(self):
        writeoff = self._create_writeoff((self.product, 1))
        vals = self._evidence_vals(writeoff)
        (evidence_id,) = self._rpc(
            self.requester,
            self.evidence._name,
            "create",
            [{**vals, "sha256": "0" * 64, "uploader_id": self.finance.id}],
            context={"default_sha256": "0" * 64, "default_public": True},
        )
        evidence = self.evidence.browse(evidence_id)
        self.assertEqual(evidence.sha256, self._hash(PNG))
        self.assertEqual(evidence.uploader_id, self.requester)
        file = self._get_file(evidence)
        self.assertFalse(file.public)
        writeoff.action_submit()
        force = {"context": {"_force_unlink": True}}
        for records, method, args, kwargs in (
            (evidence, "unlink", [], {}),
            (evidence, "unlink", [], force),
            (evidence, "write", [{"note": "x"}], {}),
            (file, "unlink", [], {}),
            (file, "unlink", [], force),
            (file, "write", [{"datas": ""}], {}),
            (writeoff, "write", [{"evidence_ids": [[2, evidence.id]]}], {}),
            (writeoff, "write", [{"evidence_ids": [[5]]}], force),
        ):
            with self.subTest(model=records._name, method=method, args=args):
                self.assertRefused(
                    "stays as it is|stay as they are",
                    self._rpc_on,
                    self.requester,
                    records,
                    method,
                    *args,
                    **kwargs,
                )
        self.assertFalse(evidence._find_altered())

    def test_supersede(self):
        writeoff = self._create_writeoff((self.product, 1))
        old = self._add(writeoff)
        writeoff.action_submit()
        context = old.action_supersede()["context"]
        evidence = self.evidence.with_user(self.requester).with_context(**context)
        new = evidence.create(
            {
                "name": "sharp.png",
                "file": base64.b64encode(make_image(colour="blue")),
            }
        )
        self.assertEqual(new.supersedes_id, old)
        self.assertEqual(old.superseded_by_id, new)
        self.assertEqual(new.evidence_type_id, self.photo)
        kinds = writeoff.sudo().event_ids.mapped("kind")
        self.assertEqual(kinds[:2], ["evidence_superseded", "evidence_added"])
        with self.assertRaisesRegex(UserError, "was superseded before"):
            self._add(writeoff, make_image(colour="green"), supersedes_id=old.id)
        other = self._create_writeoff((self.product, 1))
        with self.assertRaisesRegex(UserError, "belongs to another write-off"):
            self._add(other, make_image(colour="green"), supersedes_id=new.id)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            new.unlink()

    def test_superseding_voids_the_approval(self):
        writeoff = self._create_writeoff((self.product, 1))
        old = self._add(writeoff)
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        self._add(writeoff, make_image(colour="blue"), supersedes_id=old.id)
        self.assertEqual(writeoff.state, "to_approve")
        self.assertIn("Photo was superseded", writeoff.void_reason)

    def test_more_evidence_voids_nothing(self):
        writeoff = self._approve((self.product, 1))
        self._add(writeoff, user=self.finance)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "posted")

    def test_accept(self):
        writeoff = self._submit((self.product, 1))
        mine = self._add(writeoff)
        with self.assertRaisesRegex(UserError, "approvers, senior finance and finance"):
            mine.action_accept()
        theirs = self._add(writeoff, make_image(colour="blue"), user=self.finance)
        with self.assertRaisesRegex(UserError, "someone else must accept"):
            theirs.action_accept()
        self.assertFalse(theirs.can_accept)
        mine.with_user(self.finance).action_accept()
        self.assertEqual(mine.accepted_by_id, self.finance)
        with self.assertRaisesRegex(UserError, "accepted or superseded already"):
            mine.with_user(self.finance).action_accept()

    def test_same_file_for_two_losses(self):
        """Found by the check, whichever way the file was attached."""
        check = self.env["inventory.writeoff.check"].search(
            [("code", "=", "evidence_again")]
        )
        check.severity = "inform"
        first, second, third = (
            self._create_writeoff((self.product, 1)) for _ in range(3)
        )
        self._add(first)
        first.action_submit()
        self._add(second)
        self.env["ir.attachment"].create(
            {
                "name": "chat.png",
                "raw": PNG,
                "res_model": third._name,
                "res_id": third.id,
            }
        )
        for writeoff, name in ((second, "vase.png"), (third, "chat.png")):
            writeoff.action_check()
            message = writeoff.finding_ids.message
            self.assertEqual(
                message, f"The file {name} was already used for {first.name}."
            )

    def test_verification(self):
        """Each altered file is found and named, and no other."""
        writeoff = self._create_writeoff((self.product, 1))
        good, altered, gone, swapped = (
            self._add(writeoff, make_image(colour=colour), name=f"{colour}.png")
            for colour in ("red", "green", "blue", "white")
        )
        files = self.env["ir.attachment"]
        path = files._full_path(self._get_file(altered).store_fname)
        with open(path, "rb") as file:
            content = file.read()
        self.addCleanup(self._restore, path, content)
        with open(path, "wb") as file:
            file.write(content[:-1] + b"?")
        path = files._full_path(self._get_file(gone).store_fname)
        with open(path, "rb") as file:
            self.addCleanup(self._restore, path, file.read())
        os.unlink(path)
        self.env.cr.execute(
            "UPDATE inventory_writeoff_evidence SET sha256 = %s WHERE id = %s",
            ["0" * 64, swapped.id],
        )
        self.env.invalidate_all()
        everything = good | altered | gone | swapped
        self.assertEqual(
            everything._find_altered(),
            {
                altered: self._hash(content[:-1] + b"?"),
                gone: None,
                swapped: self._hash(make_image(colour="white")),
            },
        )

    def _restore(self, path, content):
        with open(path, "wb") as file:
            file.write(content)

    def test_altered_file_voids_the_approval(self):
        writeoff = self._create_writeoff((self.product, 1))
        evidence = self._add(writeoff, make_image(colour="yellow"))
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        path = self.env["ir.attachment"]._full_path(
            self._get_file(evidence).store_fname
        )
        self.addCleanup(self._restore, path, make_image(colour="yellow"))
        with open(path, "ab") as file:
            file.write(b"?")
        action = writeoff.with_user(self.finance).action_post()
        pattern = r"Evidence \(Photo\): the file is not the one that was uploaded"
        self.assertRegex(action["params"]["message"], pattern)
        self.assertEqual(writeoff.state, "to_approve")

    def test_hash_changed_after_the_approval(self):
        writeoff = self._create_writeoff((self.product, 1))
        evidence = self._add(writeoff)
        writeoff.action_submit()
        writeoff.with_user(self.approver).action_approve()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE inventory_writeoff_evidence SET sha256 = %s WHERE id = %s",
            ["0" * 64, evidence.id],
        )
        self.env.invalidate_all()
        action = writeoff.with_user(self.finance).action_post()
        pattern = r"Evidence \(Photo\): not the file that was approved"
        self.assertRegex(action["params"]["message"], pattern)
