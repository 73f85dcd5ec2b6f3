from datetime import timedelta

from odoo import fields, models

ACTIVITY_TYPE = "inventory_writeoff.mail_activity_type_hold_age"


class InventoryWriteoffHoldAge(models.AbstractModel):
    """Sees to it that goods are not held for ever.

    A hold older than the company's limit is brought to the requester's attention,
    once, or released back to draft, as the company has set it.
    """

    _name = "inventory.writeoff.hold.age"
    _inherit = ["inventory.writeoff.daily"]
    _description = "Age of Holds"

    def _cron_check(self):
        self._run_daily()

    def _get_overdue_ids(self):
        ids = []
        for company in self.env["res.company"].search([("writeoff_hold_days", ">", 0)]):
            domain = [
                ("company_id", "=", company.id),
                ("state", "in", ["to_approve", "approved"]),
                ("reversal_of_id", "=", False),
                ("is_catch_up", "=", False),
                ("submitted_at", "<", self._get_limit(company)),
            ]
            if not company.writeoff_hold_release:
                domain.append(("hold_warned_at", "=", False))
            ids += self.env["inventory.writeoff"]._search(domain, order="submitted_at")
        return ids

    def _get_limit(self, company):
        return fields.Datetime.now() - timedelta(days=company.writeoff_hold_days)

    def _is_overdue(self, writeoff):
        limit = self._get_limit(writeoff.company_id)
        is_held = writeoff.state in ("to_approve", "approved")
        return is_held and writeoff.submitted_at < limit

    def _handle(self, writeoff):
        company = writeoff.company_id
        writeoff = writeoff.with_context(lang=writeoff.requester_id.lang)
        days = (fields.Datetime.now() - writeoff.submitted_at).days
        if company.writeoff_hold_release:
            writeoff._release_old_hold(days)
            note = writeoff.env._(
                "The goods were held for %(days)s days and have been released. Submit "
                "the write-off again, or cancel it.",
                days=days,
            )
        else:
            writeoff._set_hold_warned()
            note = writeoff.env._(
                "The goods have been held for %(days)s days, and nobody can sell them. "
                "See to it that the write-off is decided and posted, or cancel it.",
                days=days,
            )
        writeoff.activity_schedule(
            ACTIVITY_TYPE, user_id=writeoff.requester_id.id, note=note
        )
