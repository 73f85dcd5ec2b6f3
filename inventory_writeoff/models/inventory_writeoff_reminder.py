from datetime import timedelta

from odoo import Command, fields, models
from odoo.fields import Domain

from ..writer import as_writer


class InventoryWriteoffReminder(models.AbstractModel):
    """Sees to it that nobody waits for a decision for ever.

    Who is asked is reminded every so many days; after more days the person whom the
    company has chosen is asked as well.
    """

    _name = "inventory.writeoff.reminder"
    _inherit = ["inventory.writeoff.daily"]
    _description = "Reminders of Write-Off Approvals"

    def _cron_remind(self):
        self._run_daily()

    def _get_overdue_ids(self):
        steps = self.env["inventory.writeoff.approval"]
        domain = Domain.FALSE
        for company in self.env["res.company"].search([]):
            due = self._get_reminder_domain(company)
            due |= self._get_escalation_domain(company)
            domain |= Domain("company_id", "=", company.id) & due
        domain &= Domain("state", "=", "asked")
        return steps.search(domain, order="asked_at").writeoff_id.ids

    def _get_limit(self, days):
        return fields.Datetime.now() - timedelta(days=days)

    def _get_reminder_domain(self, company):
        if not company.writeoff_remind_days:
            return Domain.FALSE
        limit = self._get_limit(company.writeoff_remind_days)
        since = Domain("reminded_at", "=", False) | Domain("reminded_at", "<", limit)
        return Domain("asked_at", "<", limit) & since

    def _get_escalation_domain(self, company):
        if not company.writeoff_escalate_days or not company.writeoff_escalation_id:
            return Domain.FALSE
        limit = self._get_limit(company.writeoff_escalate_days)
        return Domain("asked_at", "<", limit) & Domain("escalated_at", "=", False)

    def _handle(self, writeoff):
        asked = writeoff._get_asked_steps()
        company = writeoff.company_id
        late = asked.filtered_domain(self._get_escalation_domain(company))
        if late:
            self._escalate(writeoff, late)
        due = asked.filtered_domain(self._get_reminder_domain(company))
        if due:
            self._remind(writeoff, due)

    def _remind(self, writeoff, steps):
        as_writer(steps).write({"reminded_at": fields.Datetime.now()})
        users = writeoff._get_approvers()
        days = (fields.Datetime.now() - steps[0].asked_at).days
        writeoff.message_post(
            body=self.env._(
                "Reminder: %(step)s has been waiting for %(days)s days. Asked: "
                "%(users)s.",
                step=steps[0].name,
                days=days,
                users=", ".join(users.mapped("name")) or "-",
            ),
            partner_ids=users.partner_id.ids,
        )
        self._log("approval_reminded", writeoff, steps, users)

    def _escalate(self, writeoff, steps):
        """Ask the company's person as well, who decides like the others."""
        user = writeoff.company_id.writeoff_escalation_id
        as_writer(steps).write(
            {
                "escalated_at": fields.Datetime.now(),
                "user_ids": [Command.link(user.id)],
            }
        )
        if user in writeoff._get_approvers():
            writeoff._plan_activities_of(user)
        days = (fields.Datetime.now() - steps[0].asked_at).days
        writeoff.message_post(
            body=self.env._(
                "Escalated: %(step)s has been waiting for %(days)s days. %(user)s is "
                "asked as well.",
                step=steps[0].name,
                days=days,
                user=user.name,
            ),
            partner_ids=user.partner_id.ids,
        )
        self._log("approval_escalated", writeoff, steps, user)

    def _log(self, kind, writeoff, steps, users):
        payload = {"step": steps[0].step, "users": users.mapped("login")}
        self.env["inventory.writeoff.event"]._log(kind, {writeoff: payload})
