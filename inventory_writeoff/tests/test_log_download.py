import io
import json
import zipfile

from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .. import verify_log
from .rpc import WriteoffRpcCommon


@tagged("post_install", "-at_install")
class TestLogDownload(WriteoffRpcCommon):
    """Who may take the log away, and that it is logged."""

    def _get(self, user, path):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/inventory_writeoff/{path}")

    def test_log(self):
        events = self.env["inventory.writeoff.event"]
        events.with_user(self.manager)._log("tested", {self.company: {"text": "Größe"}})
        self.env["inventory.writeoff.seal"]._seal(self.company.id)
        head = self.env["inventory.writeoff.seal"]._get_head_text(self.company)
        url = f"log/{self.company.id}"
        for user in (self.auditor, self.manager):
            response = self._get(user, url)
            self.assertEqual(response.status_code, 200)
            self.assertIn("write-off-log", response.headers["Content-Disposition"])
            lines = response.content.decode().splitlines()
            header, verifier = verify_log.verify_lines(lines)
            self.assertEqual((header["head"], verifier.problems), (head, []))
            event = events.search([], limit=1)
            self.assertEqual((event.kind, event.user_id), ("log_exported", user))
            self.assertFalse(event.is_superuser)
            self.assertEqual(json.loads(event.payload)["head"], head)
        self.assertIn("Größe", response.content.decode())

    def test_refused(self):
        count = self.env["inventory.writeoff.event"].search_count([])
        other = self._create_company(name="Elsewhere")
        for user, path in (
            (self.requester, f"log/{self.company.id}"),
            (self.approver, f"log/{self.company.id}"),
            (self.finance, f"log/{self.company.id}"),
            (self.auditor, f"log/{other.id}"),
            (self.auditor, "log/0"),
            (self.auditor, "log/all"),
        ):
            with self.subTest(user=user.login, path=path):
                self.assertEqual(self._get(user, path).status_code, 404)
        events = self.env["inventory.writeoff.event"].search([])
        self.assertNotIn("log_exported", events[: len(events) - count].mapped("kind"))

    def test_script(self):
        script = self._get(self.auditor, "verify_log.py").content.decode()
        with open(verify_log.__file__, encoding="utf-8") as file:
            self.assertEqual(script, file.read())

    def test_all_before_uninstalling(self):
        user = new_test_user(self.env, "wo_system", groups="base.group_system")
        response = self._get(user, "log/all")
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            names = archive.namelist()
            self.assertIn("verify_log.py", names)
            lines = archive.read(f"write-off-log-{self.company.id}.jsonl")
        _header, verifier = verify_log.verify_lines(lines.decode().splitlines())
        self.assertEqual(verifier.problems, [])
        companies = self.env["res.company"].search([])
        self.assertEqual(len(names), len(companies) + 1)
