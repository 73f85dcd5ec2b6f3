import io

from odoo import Command, models

from ..wizards.inventory_writeoff_audit_pack import READERS
from ..wizards.inventory_writeoff_register import MAX_PDF_ROWS

TEMPLATE = "inventory_writeoff_reports.register_mail"
PDF = "inventory_writeoff_reports.report_register"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class InventoryWriteoffRegisterMail(models.AbstractModel):
    """Sends the register of the last month, as spreadsheet and PDF.

    Every reader's is made with their own rights, in their language and time zone; who
    may not open the register gets none.
    """

    _name = "inventory.writeoff.register.mail"
    _inherit = ["inventory.writeoff.company.mail"]
    _description = "Register of Write-Offs by Mail"

    def _get_due_companies(self):
        companies = self.env["res.company"].search(
            [("writeoff_register_user_ids", "!=", False)]
        )
        return companies.filtered(lambda company: company._get_register_month())

    def _send(self, company):
        date = company._get_register_month()
        readers = self._get_readers(company)
        for (_lang, _tz), users in readers.grouped(lambda u: (u.lang, u.tz)).items():
            self._send_to(users, company, date)
        company.register_sent_for = date
        payload = {"date": str(date), "users": readers.ids}
        self.env["inventory.writeoff.event"]._log("register_sent", {company: payload})

    def _get_readers(self, company):
        return company.writeoff_register_user_ids.filtered(
            lambda user: (
                user.active and company in user.company_ids and user.has_groups(READERS)
            )
        )

    def _send_to(self, users, company, date):
        """Send one mail to users who share language and time zone."""
        reader = users[0]
        env = self.with_user(reader).with_context(
            lang=reader.lang, tz=reader.tz, allowed_company_ids=company.ids
        )
        register = env.env["inventory.writeoff.register"].create(
            {
                "company_id": company.id,
                "date_from": date.replace(day=1),
                "date_to": date,
            }
        )
        body = env.env["ir.qweb"]._render(
            TEMPLATE, {"register": register, "tie_out": register._get_tie_out()}
        )
        # Readers need no right to send mail.
        self.env["mail.mail"].create(
            {
                "subject": f"{company.name}: {register._get_title()}",
                "body_html": body,
                "email_from": company.email_formatted or False,
                "recipient_ids": [Command.set(users.partner_id.ids)],
                "attachment_ids": [
                    Command.create({"name": name, "raw": raw, "mimetype": mimetype})
                    for name, raw, mimetype in self._get_files(register)
                ],
                "auto_delete": True,
            }
        )

    def _get_files(self, register):
        """Return name, content and type of what is attached."""
        name = f"write-offs-{register.date_from:%Y-%m}"
        file = io.BytesIO()
        register.env["inventory.writeoff.register.xlsx"]._write(register, file)
        files = [(f"{name}.xlsx", file.getvalue(), XLSX)]
        if register.item_count <= MAX_PDF_ROWS:
            # A PDF, also where Odoo would make do with HTML.
            reports = register.env["ir.actions.report"]
            reports = reports.with_context(force_report_rendering=True)
            content, _type = reports._render_qweb_pdf(PDF, register.ids)
            files.append((f"{name}.pdf", content, "application/pdf"))
        return files
