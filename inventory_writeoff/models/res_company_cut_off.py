from datetime import timedelta

from odoo import fields, models
from odoo.tools import date_utils


class ResCompany(models.Model):
    """When the period ends, and how long before it finance is told what is open."""

    _inherit = "res.company"

    writeoff_cut_off_date = fields.Date(
        string="Next Period End",
        help="The day up to which the books are about to be closed. Empty, or past: "
        "the end of the month.",
    )
    writeoff_cut_off_days = fields.Integer(
        string="Cut-Off List (Days Before)",
        help="How many days before the period ends finance gets the list of write-offs "
        "that are not posted. 0: never.",
    )
    # The period end that the list was sent for last. No setting, so no writeoff_ name.
    cut_off_sent_for = fields.Date(readonly=True)

    _writeoff_cut_off_days_possible = models.Constraint(
        "CHECK (writeoff_cut_off_days BETWEEN 0 AND 366)",
        "The cut-off list is sent 0 to 366 days before the period ends, 0 for never.",
    )

    def _get_cut_off_date(self):
        """Return the end of the period that is open now."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        date = self.writeoff_cut_off_date
        return date if date and date >= today else date_utils.end_of(today, "month")

    def _is_cut_off_due(self):
        date = self._get_cut_off_date()
        first_day = date - timedelta(days=self.writeoff_cut_off_days)
        is_on = self.writeoff_cut_off_days > 0
        is_near = fields.Date.context_today(self) >= first_day
        return is_on and is_near and self.cut_off_sent_for != date
