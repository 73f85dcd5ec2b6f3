import io
import re
from datetime import date

import openpyxl
from freezegun import freeze_time
from lxml import html
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from odoo.addons.inventory_writeoff.tests.common import WriteoffCommon

from ..report import inventory_writeoff_register_mail as register_mail

CRON = "inventory_writeoff_reports.ir_cron_register"
LOGGER = "odoo.addons.inventory_writeoff.models.inventory_writeoff_company_mail"


@tagged("post_install", "-at_install")
class TestRegisterMail(WriteoffCommon):
    """The register of the last month goes to who was chosen, and to nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.elsewhere = cls._create_role_user(
            "elsewhere", "auditor", company=cls.other_company
        )

    def _run(self, day):
        """Run the scheduled job, and return the mails that it has made."""
        before = self.env["mail.mail"].search([])
        with freeze_time(f"{day} 06:00:00"), self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([], order="id") - before

    def _choose(self, *users, company=None):
        settings = self.env["inventory.writeoff.settings"].with_user(self.manager)
        settings.create(
            {
                **settings.default_get(list(settings._fields)),
                "writeoff_register_user_ids": [
                    Command.set([user.id for user in users])
                ],
            }
        ).action_save()

    def test_figures_and_files(self):
        with freeze_time("2026-03-10"):
            self._make_in_move(self.product, 20, 10.0)
            writeoff = self._post((self.product, 4))
        self._choose(self.finance, self.auditor)
        (mail,) = self._run("2026-04-01")
        self.assertEqual(mail.recipient_ids, (self.finance | self.auditor).partner_id)
        entry = writeoff.sudo().account_move_ids
        booked = sum(entry.line_ids.mapped("debit"))
        self.assertEqual(booked, 40.0)
        total = re.sub(r"\s+", "", self.company.currency_id.format(booked))
        text = re.sub(r"\s+", "", html.fromstring(mail.body_html).text_content())
        # The register and the ledger.
        self.assertEqual(text.count(total), 2)
        self.assertIn("03/01/2026 – 03/31/2026", mail.subject)
        sheet, paper = mail.attachment_ids.sorted("name", reverse=True)
        self.assertEqual(
            [sheet.name, paper.name],
            ["write-offs-2026-03.xlsx", "write-offs-2026-03.pdf"],
        )
        book = openpyxl.load_workbook(io.BytesIO(sheet.raw), data_only=True)
        cells = {cell.value for row in book["Items"].iter_rows() for cell in row}
        self.assertLessEqual({writeoff.name, booked}, cells)
        pages = PdfReader(io.BytesIO(paper.raw)).pages
        self.assertIn(writeoff.name, "".join(page.extract_text() for page in pages))
        event = self.env["inventory.writeoff.event"].search([], limit=1)
        self.assertEqual((event.kind, event.label), ("register_sent", "Register sent"))

    def test_once_a_month_from_the_chosen_day_on(self):
        self.company.writeoff_register_user_ids = self.finance
        self.company.writeoff_register_day = 5
        self.patch(register_mail, "MAX_PDF_ROWS", -1)
        for day, count in (
            ("2026-04-04", 0),
            ("2026-04-06", 1),
            ("2026-04-07", 0),
            ("2026-05-04", 0),
            ("2026-05-05", 1),
        ):
            with self.subTest(day=day):
                self.assertEqual(len(self._run(day)), count)
        self.assertEqual(self.company.register_sent_for, date(2026, 4, 30))

    def test_language_of_each_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.auditor.lang = "fr_FR"
        self.patch(register_mail, "MAX_PDF_ROWS", -1)
        self.company.writeoff_register_user_ids = self.finance | self.auditor
        mails = self._run("2026-04-01")
        self.assertEqual(len(mails), 2)
        sheets = {
            mail.recipient_ids: openpyxl.load_workbook(
                io.BytesIO(mail.attachment_ids.raw)
            ).sheetnames[0]
            for mail in mails
        }
        self.assertEqual(
            sheets,
            {self.finance.partner_id: "Items", self.auditor.partner_id: "Articles"},
        )

    def test_nobody_chosen_or_allowed(self):
        self.assertFalse(self._run("2026-04-01"))
        self.company.writeoff_register_user_ids = (
            self.requester | self.stock_user | self.elsewhere
        )
        self.assertFalse(self._run("2026-04-01"))

    def test_trouble_in_one_company_does_not_stop_the_other(self):
        self.company.writeoff_register_user_ids = self.finance
        self.other_company.writeoff_register_user_ids = self.elsewhere
        broken = self.company

        def get_files_of_others(model, register):
            if register.company_id == broken:
                raise ValueError("broken in a test")
            return []

        mails = type(self.env["inventory.writeoff.register.mail"])
        self.patch(mails, "_get_files", get_files_of_others)
        with mute_logger(LOGGER):
            (mail,) = self._run("2026-04-01")
        self.assertEqual(mail.recipient_ids, self.elsewhere.partner_id)
        self.assertFalse(self.company.register_sent_for)
        self.assertEqual(self.other_company.register_sent_for, date(2026, 3, 31))

    def test_impossible_day(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.company.writeoff_register_day = 31
            self.env.flush_all()
