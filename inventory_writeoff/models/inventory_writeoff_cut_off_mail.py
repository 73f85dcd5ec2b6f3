from odoo import models

from .inventory_writeoff import FINANCE


class InventoryWriteoffCutOffMail(models.AbstractModel):
    """Tells finance, once before each period end, what is not posted."""

    _name = "inventory.writeoff.cut.off.mail"
    _inherit = ["inventory.writeoff.company.mail"]
    _description = "Cut-Off List by Mail"

    def _get_due_companies(self):
        companies = self.env["res.company"].search([("writeoff_cut_off_days", ">", 0)])
        return companies.filtered(lambda company: company._is_cut_off_due())

    def _send(self, company):
        date = company._get_cut_off_date()
        recipients = self._get_recipients(company)
        cut_off = self.env["inventory.writeoff.cut.off"].with_company(company)
        cut_off = cut_off.create({"company_id": company.id, "date": date})
        for lang, users in recipients.grouped("lang").items():
            self._send_in(lang, cut_off, users)
        company.cut_off_sent_for = date
        payload = {"date": str(date), "count": cut_off.count, "users": recipients.ids}
        self.env["inventory.writeoff.event"]._log("cut_off_sent", {company: payload})

    def _send_in(self, lang, cut_off, users):
        cut_off = cut_off.with_context(lang=lang)
        template = "inventory_writeoff.cut_off_mail"
        body = (
            self.env["ir.qweb"]
            .with_context(lang=lang)
            ._render(template, {"cut_off": cut_off, "url": cut_off._get_url()})
        )
        self.env["mail.thread"].with_context(lang=lang).message_notify(
            subject=cut_off._get_title(),
            body=body,
            partner_ids=users.partner_id.ids,
            force_email_lang=lang,
        )

    def _get_recipients(self, company):
        members = self.env.ref(FINANCE).all_user_ids
        return members.filtered(
            lambda user: user.active and company in user.company_ids
        )
