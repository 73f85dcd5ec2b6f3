import io
import re

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from odoo.addons.inventory_writeoff.tests.evidence import EvidenceCommon
from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon

REPORT = "inventory_writeoff_reports.report_statement"


@tagged("post_install", "-at_install")
class TestStatement(ReversalCommon, EvidenceCommon):
    """The paper of a write-off says what its records say, to each what is theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seals = cls.env["inventory.writeoff.seal"]

    def _render(self, writeoffs, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(user or self.auditor)
        content, _type = reports._render_qweb_html(REPORT, writeoffs.ids)
        return re.sub(r"\s+", " ", html.fromstring(content).text_content())

    def _print(self, writeoff, user):
        """Return the text of each page of the PDF."""
        self.env.flush_all()
        reports = self.env["ir.actions.report"].with_user(user)
        reports = reports.with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(REPORT, writeoff.ids)
        self.assertEqual(kind, "pdf")
        return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]

    def _format(self, value):
        return re.sub(r"\s+", " ", self.company.currency_id.format(value))

    def test_pdf_says_what_the_ledger_says(self):
        writeoff = self._post((self.product, 4), (self.product, 3))
        entry = writeoff.account_move_ids
        pages = self._print(writeoff, self.finance)
        text = re.sub(r"\s+", " ", " ".join(pages))
        total = self._format(sum(entry.line_ids.mapped("debit")))
        self.assertEqual(total, self._format(70.0))
        # Written off, a debit, a credit and the two totals of the entry.
        self.assertEqual(text.count(total), 5)
        for line in writeoff.line_ids:
            self.assertIn(self._format(line.value_posted), text)
        self.assertIn(entry.name, text)
        for number, page in enumerate(pages, start=1):
            self.assertIn(f"Page {number} / {len(pages)}", re.sub(r"\s+", " ", page))

    def test_everything_about_a_posted_writeoff(self):
        draft = self._create_writeoff((self.product, 4))
        photo = self._add(draft)
        draft.action_submit()
        draft.with_user(self.approver).action_approve()
        draft.with_user(self.finance).action_post()
        self.seals._seal(self.company.id)
        draft = draft.sudo()
        for user in (self.requester, self.approver, self.manager, self.auditor):
            text = self._render(draft, user)
            for part in (
                draft.name,
                self._format(draft.posted_value_before),
                self._format(draft.posted_value_before - 40.0),
                self.requester.name,
                self.approver.name,
                draft.approval_ids.digest,
                photo.sha256,
                draft.account_move_ids.name,
                self.loss_location.display_name,
                "10.0000",
                "Average cost",
                self.seals._get_head_text(self.company),
            ):
                self.assertIn(part, text, user.login)

    def test_items_of_the_entry_for_those_who_read_them(self):
        writeoff = self._post((self.product, 4))
        for user, is_reader in (
            (self.finance, True),
            (self.auditor, True),
            (self.requester, False),
            (self.manager, False),
        ):
            shown = self.loss_account.name in self._render(writeoff, user)
            self.assertEqual(shown, is_reader, user.login)

    def test_confidential_evidence_is_counted(self):
        draft = self._create_writeoff((self.product, 1), reason_id=self.theft.id)
        report = self._add(draft, evidence_type_id=self.police.id, name="report.png")
        draft.action_submit()
        for user, is_reader in ((self.senior, True), (self.finance, False)):
            text = self._render(draft, user)
            self.assertEqual("report.png" in text, is_reader)
            self.assertEqual(report.sha256 in text, is_reader)
            self.assertEqual("not listed for this reader: 1" in text, not is_reader)

    def test_nobody_prints_what_they_do_not_read(self):
        writeoff = self._post((self.product, 1))
        colleague = self._create_role_user("colleague", "user")
        for user in colleague | self.stock_user:
            with self.assertRaises(AccessError):
                self._render(writeoff, user)

    def test_estimates_and_reversals_are_called_so(self):
        submitted = self._submit((self.product, 2))
        self.assertIn("values are estimates", self._render(submitted))
        writeoff = self._post((self.product, 4))
        reversal = self._reverse(writeoff, {writeoff.line_ids: 1})
        text = self._render(reversal)
        self.assertNotIn("estimates", text)
        self.assertIn(f"Reverses {writeoff.name}", text)
        self.assertRegex(text, r"Brought back *\$ 10\.00")

    def test_queries_do_not_grow_with_items(self):
        counts = []
        for items in (3, 30):
            writeoff = self._post(*((self.product, 1),) * items)
            for _time in range(2):
                queries = self._count_queries(self._render, writeoff)
            counts.append(queries)
        self.assertEqual(*counts)

    def test_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search(
            [("name", "in", ("inventory_writeoff", "inventory_writeoff_reports"))]
        )._update_translations("fr_FR")
        self.auditor.lang = "fr_FR"
        writeoff = self._post((self.product, 1))
        text = self._render(writeoff)
        for part in ("Relevé de passage en perte", "Comptabilisé", "Coût moyen"):
            self.assertIn(part, text)
        self.assertIn("Write-Off Statement", self._render(writeoff, self.finance))
