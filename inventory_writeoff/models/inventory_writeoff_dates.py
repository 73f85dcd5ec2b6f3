from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, format_date


class InventoryWriteoffDates(models.AbstractModel):
    """Whether a write-off can be posted on its accounting date.

    Odoo re-dates what falls into a locked period, even to tomorrow; a write-off is
    posted on the date it carries, or refused. A date is what the user's calendar
    shows, so "today" depends on the time zone.
    """

    _name = "inventory.writeoff.dates"
    _description = "Accounting Dates of Write-Offs"

    def _get_problems(self, writeoffs):
        """Return why the dates of these write-offs are not possible, in sentences."""
        today = fields.Date.context_today(self)
        taxed = self.env["inventory.writeoff.tax"]._get_taxed_writeoffs(writeoffs)
        problems = []
        for writeoff in writeoffs:
            date = writeoff.accounting_date or today
            if date > today:
                problems.append(self._get_future_message(writeoff, date, today))
            else:
                has_tax = writeoff in taxed
                problems += self._get_closed_problems(writeoff, date, today, has_tax)
        earlier = writeoffs.filtered(
            # A catch-up takes the value that its stock moves have already.
            lambda w: (
                w.accounting_date and w.accounting_date < today and not w.is_catch_up
            )
        )
        return problems or self._get_later_problems(earlier)

    def _get_future_message(self, writeoff, date, today):
        return self.env._(
            "%(writeoff)s: the accounting date %(date)s is in the future. Choose "
            "%(today)s or an earlier day.",
            writeoff=writeoff.display_name,
            date=format_date(self.env, date),
            today=format_date(self.env, today),
        )

    def _get_closed_problems(self, writeoff, date, today, has_tax=False):
        """Return the locks and the stock closing that the date falls into."""
        company = writeoff.company_id
        locks, closing = self._get_closed(company, date, today, has_tax)
        first_open = self._get_day_after(locks, closing)
        if not first_open:
            return []
        names = {
            "writeoff": writeoff.display_name,
            "date": format_date(self.env, date),
            "first_open": format_date(self.env, first_open),
        }
        problems = []
        if locks:
            problems.append(
                self.env._(
                    "%(writeoff)s: the accounting date %(date)s is locked by "
                    "%(locks)s. The first open date is %(first_open)s: choose that "
                    "or a later one.",
                    locks=company._format_lock_dates(locks),
                    **names,
                )
            )
        if closing:
            problems.append(
                self.env._(
                    "%(writeoff)s: the accounting date %(date)s is not after the last "
                    "inventory closing of %(closing)s. The first open date is "
                    "%(first_open)s: choose that or a later one.",
                    closing=format_date(self.env, closing),
                    **names,
                )
            )
        return problems

    def _get_closed(self, company, date, today, has_tax):
        """Return the locks, and the date of the stock closing, that a date is in."""
        locks = company._get_violated_lock_dates(
            date, has_tax, company._get_writeoff_journal()
        )
        closing = date < today and self._get_closing_date(company)
        return locks, closing and date <= closing and closing

    def _get_day_after(self, locks, closing):
        closed = [lock_date for lock_date, _field in locks]
        if closing:
            closed.append(closing)
        return closed and max(closed) + timedelta(days=1)

    def _get_closing_date(self, company):
        closed_at = company._get_last_closing_date()
        return closed_at and closed_at.date()

    def _get_later_problems(self, writeoffs):
        """Refuse dates before something that has already used the product's cost.

        Goods and costs of a back-dated write-off count from the start of its day. A
        later move or change of cost was valued without it.
        """
        if not writeoffs:
            return []
        last_by_product = self._get_last_valued_dates(writeoffs)
        problems = []
        for line in writeoffs.line_ids:
            date = line.writeoff_id.accounting_date
            last = last_by_product.get((line.company_id.id, line.product_id.id))
            if last and last > fields.Datetime.to_datetime(date):
                problems.append(self._get_later_message(line, date, last))
        return problems

    def _get_last_valued_dates(self, writeoffs):
        """Return {(company id, product id): last valued move or change of cost}.

        The first cost of a product or lot holds for all the time before it.
        """
        self.env["stock.move"].flush_model(["date", "state", "is_in", "is_out"])
        self.env["product.value"].flush_model()
        lines = writeoffs.line_ids
        if not lines:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, product_id, MAX(last)
                  FROM (
                    SELECT company_id, product_id, MAX(date) AS last
                      FROM stock_move
                     WHERE state = 'done' AND (is_in OR is_out)
                       AND product_id IN %(products)s AND company_id IN %(companies)s
                  GROUP BY company_id, product_id
                     UNION ALL
                    SELECT company_id, product_id, MAX(date)
                      FROM product_value
                     WHERE move_id IS NULL
                       AND product_id IN %(products)s AND company_id IN %(companies)s
                  GROUP BY company_id, product_id, lot_id
                    HAVING COUNT(*) > 1
                  ) AS valued
              GROUP BY company_id, product_id
                """,
                products=tuple(lines.product_id.ids),
                companies=tuple(writeoffs.company_id.ids),
            )
        )
        return {(company, product): last for company, product, last in rows}

    def _get_later_message(self, line, date, last):
        return self.env._(
            "%(line)s: on %(last)s stock of the product was moved or revalued, so it "
            "cannot be written off as of %(date)s any more. Choose a later accounting "
            "date, or leave it empty for the day of posting.",
            line=line._describe(),
            last=format_date(self.env, last.date()),
            date=format_date(self.env, date),
        )
