import logging

from markupsafe import Markup

from odoo import models

_logger = logging.getLogger(__name__)

AUDITOR = "inventory_writeoff.group_writeoff_auditor"
ACTIVITY_TYPE = "inventory_writeoff.mail_activity_type_log"
# So many problems are told; the verification page has more.
TOLD_PROBLEMS = 5


class InventoryWriteoffLogWatch(models.AbstractModel):
    """Verifies the log every night, and notes its head outside the database."""

    _name = "inventory.writeoff.log.watch"
    _description = "Nightly Verification of the Write-Off Log"

    def _cron_watch(self):
        for company in self.env["res.company"].search([]):
            try:
                with self.env.cr.savepoint():
                    self._watch(company)
            except Exception:
                self.env.invalidate_all()
                _logger.exception("The log of company %s was not verified", company.id)

    def _watch(self, company):
        result = self.env["inventory.writeoff.verification"]._verify(company)
        if result["problems"]:
            self._raise_alarm(company, result["problems"])
        if company.writeoff_head_email and result["head"]:
            self._send_head(company, result)

    def _raise_alarm(self, company, problems):
        """Give each auditor of the company something to do, once."""
        activity_type = self.env.ref(ACTIVITY_TYPE)
        auditors = self.env.ref(AUDITOR).all_user_ids
        auditors = auditors.filtered(lambda user: company in user.company_ids)
        summary = self.env._("Log of write-offs: %(company)s", company=company.name)
        domain = [
            ("activity_type_id", "=", activity_type.id),
            ("user_id", "in", auditors.ids),
            ("summary", "=", summary),
        ]
        told = self.env["mail.activity"].search(domain).user_id
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "user_id": auditor.id,
                    "summary": summary,
                    "note": self._get_note(problems),
                }
                for auditor in auditors - told
            ]
        )

    def _get_note(self, problems):
        items = Markup().join(
            Markup("<li>%s</li>") % problem for problem in problems[:TOLD_PROBLEMS]
        )
        title = self.env._(
            "The log of write-offs, or what it tells of, was changed behind Odoo's "
            "back. Open Write-Offs › Reporting › Verify Log. First findings:"
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (title, items)

    def _send_head(self, company, result):
        """Send number and hash of the last seal to where nobody of us can change it."""
        lang = company.partner_id.lang or self.env.lang
        mail = self.with_context(lang=lang)._prepare_mail(company, result)
        self.env["mail.mail"].create(mail)
        self.env["inventory.writeoff.event"]._log(
            "head_sent", {company: {"head": result["head"]}}
        )

    def _prepare_mail(self, company, result):
        subject = self.env._(
            "Write-off log of %(company)s: %(number)s",
            company=company.name,
            number=result["head"].partition(":")[0],
        )
        told = self.env._("The verification has found nothing wrong.")
        if result["problems"]:
            told = self._get_note(result["problems"])
        explanation = self.env._(
            "Keep this mail. It is the head of the log's chain: given to the "
            "verification, it shows later whether the log was cut off or made again."
        )
        body = Markup("<p>%s</p><p><code>%s</code></p><p>%s</p>")
        return {
            "subject": subject,
            "email_to": company.writeoff_head_email,
            "body_html": body % (explanation, result["head"], told),
            "auto_delete": False,
        }
