import logging

from odoo import models

_logger = logging.getLogger(__name__)

ACTIVITY_TYPE = "inventory_writeoff_reports.mail_activity_type_review"


class InventoryWriteoffReviewReminder(models.AbstractModel):
    """Makes the review of each quarter, and asks the one who is to sign it off."""

    _name = "inventory.writeoff.review.reminder"
    _description = "Reminder of the Review of Stock Value"

    def _cron_remind(self):
        companies = self.env["res.company"].search(
            [("writeoff_review_user_id", "!=", False)]
        )
        reviews = self.env["inventory.writeoff.review"]
        due = companies.filtered(lambda company: not reviews._find(company))
        for position, company in enumerate(due, start=1):
            self._try_remind(company)
            remaining = len(due) - position
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    def _try_remind(self, company):
        """Make the review of one company; trouble with it must not stop others."""
        try:
            with self.env.cr.savepoint():
                self._remind(company)
        except Exception:
            self.env.invalidate_all()
            _logger.exception("Review of stock value of company %s", company.id)

    def _remind(self, company):
        user = company.writeoff_review_user_id
        reviews = self.env["inventory.writeoff.review"].with_context(lang=user.lang)
        review = reviews._make(company)
        review.activity_schedule(
            ACTIVITY_TYPE,
            user_id=user.id,
            note=review.env._(
                "%(count)s products stand out, and %(value)s would have to be written "
                "down. Look at them, note what follows, and sign the review off.",
                count=len(review.line_ids),
                value=company.currency_id.format(review.write_down),
            ),
        )
