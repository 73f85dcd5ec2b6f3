import logging
from datetime import timedelta

from odoo import fields, models
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50
ACTIVITY_TYPE = "inventory_writeoff.mail_activity_type_hold_age"


class InventoryWriteoffHoldAge(models.AbstractModel):
    """Sees to it that goods are not held for ever.

    A hold older than the company's limit is brought to the requester's attention,
    once, or released back to draft, as the company has set it.
    """

    _name = "inventory.writeoff.hold.age"
    _description = "Age of Holds"

    def _cron_check(self):
        """Run daily, batch by batch; what is done stays done if the job is stopped."""
        pending = self._get_overdue_ids()
        done = 0
        for batch in split_every(BATCH_SIZE, pending):
            for writeoff in self.env["inventory.writeoff"].browse(batch):
                self._try_handle(writeoff)
            done += len(batch)
            seconds_left = self.env["ir.cron"]._commit_progress(
                len(batch), remaining=len(pending) - done
            )
            if not seconds_left:
                return

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

    def _try_handle(self, writeoff):
        """Handle one write-off; trouble with it must not stop the others."""
        try:
            with self.env.cr.savepoint():
                # Whoever works on it now has it in mind; tomorrow is another run.
                if writeoff.try_lock_for_update() and self._is_overdue(writeoff):
                    self._handle(writeoff)
        except Exception:
            self.env.invalidate_all()
            _logger.exception("The hold of %s could not be handled", writeoff.id)

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
