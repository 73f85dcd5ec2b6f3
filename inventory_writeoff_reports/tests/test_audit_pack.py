import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from odoo.addons.inventory_writeoff.tests.evidence import EvidenceCommon, make_image
from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon
from odoo.addons.inventory_writeoff.writer import as_writer

from ..pack_archive import SUMS
from ..wizards import inventory_writeoff_audit_pack as wizard


def hash_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@tagged("post_install", "-at_install", "slow")
class TestAuditPack(ReversalCommon, EvidenceCommon):
    """An archive that proves write-offs to who has nothing but Python."""

    def _prepare_once(self):
        super()._prepare_once()
        self.writeoff = self._create_writeoff((self.product, 4), (self.product, 3))
        self.file = self._add(self.writeoff, name="../vase of 1910.png")
        self.writeoff.action_submit()
        self.writeoff.with_user(self.approver).action_approve()
        self.writeoff.with_user(self.finance).action_post()

    def _open(self, writeoffs, user=None):
        packs = self.env["inventory.writeoff.audit.pack"].with_user(
            user or self.auditor
        )
        return packs.with_context(active_ids=writeoffs.ids).create({})

    def _seal(self):
        self.env.flush_all()
        self.env["inventory.writeoff.seal"]._seal(self.company.id)

    def _download(self, pack, user=None):
        user = user or pack.env.user
        self.authenticate(user.login, user.login)
        return self.url_open(pack.action_download()["url"])

    def _unzip(self, writeoffs, user=None):
        """Return the folder that the downloaded archive was unzipped to."""
        self._seal()
        response = self._download(self._open(writeoffs, user))
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            archive.extractall(folder.name)
        return Path(folder.name)

    def _verify(self, folder, *arguments):
        """Run the script as an auditor does: in a process of its own, without Odoo."""
        command = [sys.executable, "-I", "-B", folder / "verify_pack.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def _get_parts(self, folder, pattern):
        parts = list(folder.rglob(pattern))
        self.assertTrue(parts, pattern)
        return parts

    def _get_items(self, folder):
        (entries,) = self._get_parts(folder, "entries.csv")
        return list(csv.DictReader(io.StringIO(entries.read_text("utf-8-sig"))))

    def test_contents_say_what_the_ledger_says(self):
        reversal = self._reverse(self.writeoff, {self.writeoff.line_ids[0]: 1})
        folder = self._unzip(self.writeoff | reversal)
        result = self._verify(folder)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("1 files of evidence and 4 journal items", result.stdout)
        items = self._get_items(folder)
        loss = [row for row in items if int(row["account_id"]) == self.loss_account.id]
        booked = [float(row["debit"]) - float(row["credit"]) for row in loss]
        self.assertEqual(booked, [70.0, -10.0])
        (photo,) = self._get_parts(folder, "evidence/*")
        self.assertEqual(hash_file(photo), self.file.sha256)
        self.assertEqual(photo.parts[-2:], ("evidence", photo.name))
        total = re.sub(r"\s+", "", self.company.currency_id.format(70.0))
        statements = self._get_parts(folder, "statement.pdf")
        texts = [
            "".join(page.extract_text() for page in PdfReader(path).pages)
            for path in statements
        ]
        self.assertEqual(len(texts), 2)
        self.assertEqual(sum(total in re.sub(r"\s+", "", text) for text in texts), 1)
        self._check_head(folder)
        self._check_logged(folder, self.writeoff | reversal)
        readme = (folder / "README.txt").read_text()
        for part in (self.writeoff.name, reversal.name, "python3 verify_pack.py"):
            self.assertIn(part, readme)

    def _check_head(self, folder):
        """A head that was noted elsewhere shows that the log was not made again."""
        header = json.loads(
            self._get_parts(folder, "log.jsonl")[0].read_text().split("\n")[0]
        )
        head = header["head"]
        self.assertEqual(self._verify(folder, "--head", head).returncode, 0)
        other = f"{head.partition(':')[0]}:{'0' * 64}"
        result = self._verify(folder, "--head", other)
        self.assertIn("the chain was made again", result.stdout)

    def _check_logged(self, folder, writeoffs):
        events = self.env["inventory.writeoff.event"]
        made = events.search([("kind", "=", "audit_pack_made")])
        self.assertEqual((len(made), made.user_id), (1, self.auditor))
        self.assertEqual(made.label, "Auditor pack made")
        payload = json.loads(made.payload)
        self.assertEqual(payload["sums"], hash_file(folder / SUMS))
        self.assertCountEqual(payload["writeoffs"], writeoffs.ids)

    def test_what_was_changed_is_named(self):
        """Also if whoever changed it has made the sums again."""
        folder = self._unzip(self.writeoff)
        (log,) = self._get_parts(folder, "log.jsonl")
        (photo,) = self._get_parts(folder, "evidence/*")
        (entries,) = self._get_parts(folder, "entries.csv")
        (statement,) = self._get_parts(folder, "statement.pdf")
        for part, change, problem, is_proved in (
            (photo, lambda data: data + b"\0", "the log has seen uploaded", True),
            (
                log,
                lambda data: data.replace(b'"login": "wo_approver"', b'"login": "x"'),
                "its content is not what was logged",
                True,
            ),
            (
                entries,
                lambda data: data.replace(b"70.0", b"71.0"),
                "was 70.0 when it was logged, and is 71.0",
                True,
            ),
            (statement, lambda data: data + b"\0", "not the file that was packed", 0),
        ):
            with self.subTest(part=part.name):
                content = part.read_bytes()
                part.write_bytes(change(content))
                self.assertNotEqual(part.read_bytes(), content)
                result = self._verify(folder)
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertIn(
                    f"{part.name} is not the file that was packed", result.stdout
                )
                self.assertIn(problem, result.stdout)
                self._make_sums_again(folder)
                result = self._verify(folder)
                self.assertEqual(result.returncode, 1 if is_proved else 0)
                if is_proved:
                    self.assertIn(problem, result.stdout)
                part.write_bytes(content)
                self._make_sums_again(folder)
        photo.unlink()
        (folder / "more.txt").write_text("more")
        result = self._verify(folder).stdout
        self.assertRegex(result, "more.txt was added(.|\n)*vase-of-1910.png is missing")

    def _make_sums_again(self, folder):
        lines = (folder / SUMS).read_text().splitlines()
        paths = [line.split("  ", 1)[1] for line in lines]
        (folder / SUMS).write_text(
            "".join(f"{hash_file(folder / path)}  {path}\n" for path in paths)
        )

    def test_a_file_changed_in_odoo_is_named(self):
        stored = as_writer(self._get_file(self.file))
        stored.with_context(image_no_postprocess=True).raw = make_image(colour="blue")
        result = self._verify(self._unzip(self.writeoff))
        self.assertEqual(result.returncode, 1)
        self.assertIn("not the file that the log has seen uploaded", result.stdout)

    def test_each_reader_gets_what_is_theirs(self):
        stolen = self._create_writeoff((self.product, 1), reason_id=self.theft.id)
        self._add(stolen, evidence_type_id=self.police.id, name="report.png")
        stolen.action_submit()
        for user, has_report, has_items in (
            (self.auditor, True, True),
            (self.finance, False, True),
            (self.manager, False, False),
        ):
            with self.subTest(user.login):
                pack = self._open(self.writeoff | stolen, user)
                counts = (pack.evidence_count, pack.left_out_count)
                self.assertEqual(counts, (2, 0) if has_report else (1, 1))
                folder = self._unzip(self.writeoff | stolen, user)
                names = [path.name for path in folder.rglob("*.*")]
                found = any("report" in name for name in names)
                self.assertEqual(found, has_report)
                self.assertEqual("entries.csv" in names, has_items)
                self.assertEqual(self._verify(folder).returncode, 0)

    def test_log_is_an_extract(self):
        """Of what others wrote off there are digests, for finance as for auditors."""
        other = self._submit((self.product, 1), note="Nobody else's business")
        for user in self.finance | self.auditor:
            with self.subTest(user.login):
                folder = self._unzip(self.writeoff, user)
                result = self._verify(folder)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                (log,) = self._get_parts(folder, "log.jsonl")
                header, *records = map(json.loads, log.read_text().splitlines())
                self.assertEqual(header["extract"], self.writeoff.ids)
                told = {r["event"]["writeoff"] for r in records if r.get("event")}
                self.assertEqual(told, set(self.writeoff.ids))
                seals = [record["seal"] for record in records if record.get("seal")]
                head = self.env["inventory.writeoff.seal"]._get_head_text(self.company)
                # The head has grown since: making the pack was logged.
                self.assertLessEqual(len(seals), int(head.partition(":")[0]))
                numbers = [seal["number"] for seal in seals]
                self.assertEqual(numbers, list(range(1, len(seals) + 1)))
                states = [r["state"]["writeoff"] for r in records if r.get("state")]
                self.assertEqual(states, self.writeoff.ids)
                self.assertNotIn(other.name, log.read_text())
                events = self.env["inventory.writeoff.event"].search([])
                self.assertNotIn("log_exported", events.mapped("kind"))
        # All of it is a download of its own, and not for finance.
        for user, status in ((self.finance, 404), (self.auditor, 200)):
            self.authenticate(user.login, user.login)
            response = self.url_open(f"/inventory_writeoff/log/{self.company.id}")
            self.assertEqual(response.status_code, status, user.login)

    def test_who_makes_none(self):
        for user in self.requester | self.approver | self.stock_user:
            with self.assertRaisesRegex(AccessError, "made by auditors, finance|Pack"):
                self._open(self.writeoff, user)
        pack = self._open(self.writeoff)
        for user in self.finance | self.requester:
            self.assertEqual(self._download(pack, user).status_code, 404)
        elsewhere = self._create_role_user(
            "elsewhere", "auditor", company=self.other_company
        )
        with self.assertRaises(AccessError):
            self._open(self.writeoff, elsewhere).action_download()

    def test_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "at least one write-off"):
            self._open(self.writeoff.browse()).action_download()
        self.patch(wizard, "MAX_WRITEOFFS", 0)
        with self.assertRaisesRegex(UserError, "1 write-offs are chosen.*up to 0"):
            self._open(self.writeoff).action_download()

    def test_action_menu(self):
        action = "Auditor Pack"
        for user, is_offered in ((self.auditor, True), (self.requester, False)):
            views = (
                self.env["inventory.writeoff"]
                .with_user(user)
                .get_views([(False, "list"), (False, "form")], {"toolbar": True})[
                    "views"
                ]
            )
            for kind in ("list", "form"):
                offered = [
                    item["name"] for item in views[kind]["toolbar"].get("action", [])
                ]
                self.assertEqual(action in offered, is_offered, (user.login, kind))
