from odoo import fields, models


class InventoryWriteoffDates(models.AbstractModel):
    """Dates of what is posted in the background: fixed when posting begins.

    Midnight may pass meanwhile, and clocks may be set back: only what is locked or
    closed in between counts.
    """

    _inherit = "inventory.writeoff.dates"

    def _get_problems(self, writeoffs):
        posting = writeoffs.filtered(lambda w: w.state == "posting")
        problems = super()._get_problems(writeoffs - posting)
        problems += self._get_lock_problems(posting)
        backdated = posting.filtered(
            lambda w: not w.posting_checked and w.accounting_date and w._is_backdated()
        )
        return problems or self._get_later_problems(backdated)

    def _get_lock_problems(self, writeoffs, lines=None):
        """Return which locks and closings the dates of the entries fall into.

        :param lines: the items that are booked, all of them unless told
        """
        today = fields.Date.context_today(self)
        tax = self.env["inventory.writeoff.tax"]
        taxed = tax._get_taxed_writeoffs(writeoffs, lines)
        problems = []
        for writeoff in writeoffs:
            date = writeoff._get_accounting_date()
            has_tax = writeoff in taxed
            problems += self._get_closed_problems(writeoff, date, today, has_tax)
        return problems
