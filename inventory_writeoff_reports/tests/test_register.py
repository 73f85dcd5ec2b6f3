import io
import re
from datetime import date, datetime, timedelta

import openpyxl
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from odoo.addons.inventory_writeoff.tests.reversals import ReversalCommon
from odoo.addons.inventory_writeoff.tests.rpc import WriteoffRpcCommon

from ..wizards import inventory_writeoff_register as wizard

REPORT = "inventory_writeoff_reports.report_register"
HEAD = 3


@tagged("post_install", "-at_install")
class TestRegister(ReversalCommon, WriteoffRpcCommon):
    """The register of a period, as a spreadsheet and on paper, and the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("=1+1")
        cls.other_reason = cls.reason.copy(
            {
                "code": "OTHER",
                "name": "Lost in a test",
                "loss_account_id": cls.loss_account.id,
            }
        )

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 100, 10.0)
        self.today = fields.Date.today()

    def _open(self, user=None, **values):
        self.env.flush_all()
        registers = self.env["inventory.writeoff.register"].with_user(
            user or self.finance
        )
        return registers.create(
            {"date_from": self.today, "date_to": self.today, **values}
        )

    def _download(self, register, user=None):
        user = user or register.env.user
        self.authenticate(user.login, user.login)
        return self.url_open(register.action_download()["url"])

    def _read(self, register):
        """Return the headings, the rows, the totals and the summary of the file."""
        response = self._download(register)
        self.assertEqual(response.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(response.content), data_only=True)
        items, summary = book.worksheets
        rows = list(items.iter_rows(min_row=HEAD, values_only=True))
        heads, *rows, totals = rows
        rows = [dict(zip(heads, row, strict=True)) for row in rows]
        totals = dict(zip(heads, totals, strict=True))
        facts = {row[0]: row[1] for row in summary.iter_rows(values_only=True)}
        return items, rows, totals, facts

    def _get_booked(self, writeoffs):
        items = writeoffs.sudo().account_move_ids.line_ids
        loss = items.filtered(lambda item: item.account_id == self.loss_account)
        return sum(loss.mapped("balance"))

    def _post_and_reverse(self):
        writeoff = self._post(
            (self.product, 4), (self.product, 3, {"reason_id": self.other_reason.id})
        )
        return writeoff, self._reverse(writeoff, {writeoff.line_ids[0]: 1})

    def test_spreadsheet_adds_up_to_the_ledger(self):
        writeoff, reversal = self._post_and_reverse()
        booked = self._get_booked(writeoff | reversal)
        self.assertEqual(booked, 60.0)
        register = self._open()
        self.assertEqual((register.item_count, register.value_net), (3, booked))
        items, rows, totals, facts = self._read(register)
        self.assertEqual(
            [
                (row["Number"], row["Quantity"], row["Unit Cost"], row["Net Value"])
                for row in rows
            ],
            [
                (writeoff.name, 4, 10, 40),
                (writeoff.name, 3, 10, 30),
                (reversal.name, -1, 10, -10),
            ],
        )
        self.assertEqual(totals["Net Value"], booked)
        self.assertEqual(totals["Posted Value"], 70)
        self.assertEqual(totals["Value Reversed"], 10)
        # Another add-on may count more than stock moves, and say so.
        moved = self.env["inventory.writeoff.tie.out"]._fields["moved"].string
        names = ("Net Value", "Ledger", moved, "Difference")
        self.assertEqual([facts[name] for name in names], [booked] * 3 + [0])
        self.assertEqual(items.freeze_panes, "B4")
        self.assertTrue(items.auto_filter.ref.startswith("A3:"))

    def test_cells_are_numbers_dates_and_never_formulas(self):
        writeoff, _reversal = self._post_and_reverse()
        register = self._open()
        _items, (row, *_others), *_rest = self._read(register)
        midnight = datetime.combine(self.today, datetime.min.time())
        self.assertEqual(row["Accounting Date"], midnight)
        self.assertIsInstance(row["Posted On"], datetime)
        self.assertIsInstance(row["Net Value"], (int, float))
        self.assertEqual(row["Product"], "=1+1")
        self.assertEqual(row["Approvals"], f"Approver: {self.approver.name}")
        self.assertEqual(row["Journal Entry"], writeoff.sudo().account_move_ids.name)
        book = openpyxl.load_workbook(io.BytesIO(self._download(register).content))
        cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
        formulas = [cell.value for cell in cells if cell.data_type == "f"]
        columns = self.env["inventory.writeoff.register.table"]._get_total_names()
        self.assertGreaterEqual(len(columns), 4)
        self.assertEqual(len(formulas), len(columns))
        for formula in formulas:
            self.assertRegex(formula, r"^=SUBTOTAL\(109,[A-Z]+4:[A-Z]+6\)$")

    def test_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.finance.lang = "fr_FR"
        self._post_and_reverse()
        register = self._open(scope="posted")
        register.env.invalidate_all()
        book = openpyxl.load_workbook(io.BytesIO(self._download(register).content))
        self.assertEqual(book.sheetnames, ["Articles", "Synthèse"])
        heads = [cell.value for cell in book.worksheets[0][HEAD]]
        self.assertLessEqual({"Numéro", "Motif", "Coût unitaire"}, set(heads))

    def test_filters(self):
        posted, _reversal = self._post_and_reverse()
        waiting = self._submit((self.product, 2))
        rejected = self._submit((self.product, 1))
        rejected.with_user(self.approver).reject("No")
        self._create_writeoff((self.product, 5))
        yesterday = self.today - timedelta(days=1)
        for values, count, net, estimated in (
            ({}, 3, 60.0, 60.0),
            ({"reason_ids": self.other_reason.ids}, 1, 30.0, 30.0),
            ({"date_from": yesterday, "date_to": yesterday}, 0, 0.0, 0.0),
            ({"scope": "open"}, 1, 0.0, 20.0),
            ({"scope": "ended"}, 1, 0.0, 10.0),
            ({"scope": "open", "date_to": yesterday, "date_from": yesterday}, 0, 0, 0),
        ):
            with self.subTest(values):
                register = self._open(**values)
                self.assertEqual(
                    (
                        register.item_count,
                        register.value_net,
                        register.value_estimated,
                    ),
                    (count, net, estimated),
                )
        _items, rows, totals, facts = self._read(self._open(scope="open"))
        self.assertEqual([row["Number"] for row in rows], [waiting.name])
        self.assertEqual(totals["Estimated Value"], 20)
        self.assertNotIn("Ledger", facts)
        self.assertTrue(posted)

    def test_empty_register(self):
        day = date(2000, 1, 1)
        _items, rows, totals, _facts = self._read(
            self._open(date_from=day, date_to=day)
        )
        self.assertEqual((rows, totals["Net Value"]), ([], 0))

    def test_pdf_adds_up_to_the_ledger(self):
        writeoff, reversal = self._post_and_reverse()
        register = self._open(self.auditor)
        self.assertEqual(register.action_print()["report_name"], REPORT)
        reports = register.env["ir.actions.report"]
        reports = reports.with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(REPORT, register.ids)
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(content)).pages
        text = " ".join(page.extract_text() for page in pages)
        text = re.sub(r"\s+", " ", text)
        booked = self._get_booked(writeoff | reversal)
        total = re.sub(r"\s+", " ", self.company.currency_id.format(booked))
        # The total, and the three sides of the tie-out.
        self.assertEqual(text.count(total), 4)
        for name in (writeoff.name, reversal.name, "Average cost", self.approver.name):
            self.assertIn(name, text)

    def test_pdf_of_too_many_items_is_refused(self):
        self._post((self.product, 1), (self.product, 1))
        self.patch(wizard, "MAX_PDF_ROWS", 1)
        register = self._open()
        with self.assertRaisesRegex(UserError, "has 2 items, and a PDF holds up to 1"):
            register.action_print()
        with self.assertRaisesRegex(UserError, "Download the spreadsheet"):
            register.env["ir.actions.report"]._render_qweb_html(REPORT, register.ids)

    def test_period_that_ends_before_it_begins(self):
        with self.assertRaisesRegex(ValidationError, "not after the last"):
            self._open(date_from=self.today + timedelta(days=1))

    def test_rights(self):
        self._post((self.product, 1))
        for user in self.senior | self.finance | self.manager | self.auditor:
            _items, rows, totals, _facts = self._read(self._open(user))
            self.assertEqual((len(rows), totals["Net Value"]), (1, 10), user.login)
        for user in self.requester | self.approver | self.stock_user:
            with self.assertRaisesRegex(AccessError, "Register of Write-Offs"):
                self._open(user)
        register = self._open()
        for user in self.auditor | self.requester:
            self.assertEqual(self._download(register, user).status_code, 404)

    def test_other_companies_stay_closed(self):
        self._post((self.product, 1))
        elsewhere = self._create_role_user(
            "elsewhere", "auditor", company=self.other_company
        )
        with self.assertRaisesRegex(AccessError, "Access|compan"):
            register = self._open(elsewhere, company_id=self.company.id)
            register.item_count  # noqa: B018

    def test_queries_do_not_grow_with_items(self):
        counts = []
        for items in (2, 20):
            self._post(*((self.product, 1),) * items)
            register = self._open()
            table = register.env["inventory.writeoff.register.table"]
            rows = []
            # Twice: the first time also fills caches that stay.
            for _time in range(2):
                queries = self._count_queries(rows.extend, table._iterate(register))
            counts.append(queries)
            self.assertGreaterEqual(len(rows), items * 2)
        self.assertEqual(*counts)

    def test_screen_opens(self):
        menu = self.env.ref(
            "inventory_writeoff_reports.inventory_writeoff_register_menu"
        )
        for user, has_menu in ((self.finance, True), (self.requester, False)):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertEqual(menu.id in menus, has_menu)
        views = self._open().get_views([(False, "form")])["views"]
        arch = html.fromstring(views["form"]["arch"])
        buttons = [button.get("name") for button in arch.iter("button")]
        self.assertIn("action_download", buttons)
