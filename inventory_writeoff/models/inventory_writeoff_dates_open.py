from datetime import timedelta

from odoo import fields, models


class InventoryWriteoffDates(models.AbstractModel):
    """The date to take instead of one that is locked or closed."""

    _inherit = "inventory.writeoff.dates"

    def _get_first_open_dates(self, writeoffs):
        """Return {write-off: first open date} of those whose date is closed."""
        today = fields.Date.context_today(self)
        taxed = self.env["inventory.writeoff.tax"]._get_taxed_writeoffs(writeoffs)
        dates = {}
        for writeoff in writeoffs:
            date = writeoff.accounting_date or today
            # Locks are for accountants to read; all may know that a date is locked.
            company = writeoff.company_id.sudo()
            closed = self._get_closed(company, date, today, writeoff in taxed)
            if first_open := self._get_day_after(*closed):
                dates[writeoff] = first_open
        return self._put_after_later_moves(dates, today)

    def _put_after_later_moves(self, dates, today):
        """Move dates behind what has used the products' cost; today is always open."""
        earlier = self.env["inventory.writeoff"].union(
            *(w for w, date in dates.items() if date < today and not w.is_catch_up)
        )
        last_by_product = self._get_last_valued_dates(earlier._origin)
        for writeoff in earlier:
            lasts = [
                last_by_product.get((line.company_id.id, line.product_id.id))
                for line in writeoff._origin.line_ids
            ]
            free = [last.date() + timedelta(days=1) for last in filter(None, lasts)]
            dates[writeoff] = min(max([dates[writeoff], *free]), today)
        return dates
