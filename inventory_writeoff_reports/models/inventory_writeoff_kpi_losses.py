from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .inventory_writeoff_kpi_scope import WINDOWS

TREND_MONTHS = 12
# A short history is not stretched to a year of nothing.
TREND_MONTHS_AT_LEAST = 6
# So many reasons have a colour of their own, and so many are on top of a list.
TREND_REASONS = 6
TOP = 5
TOP_FIELDS = ("product_id", "supplier_id", "location_id")
ANALYSIS = "inventory.writeoff.analysis"


class InventoryWriteoffKpi(models.AbstractModel):
    """What was written off, less what came back: by day and reason, in one query."""

    _inherit = "inventory.writeoff.kpi"

    def _read_losses(self, scope):
        """Return rows of what was lost on each day, as far back as anything asks."""
        start, end = self._get_loss_days(scope)
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT doc.company_id, doc.accounting_date AS date, reason.kind,
                       line.reason_id, SUM(line.value_posted) AS value
                  FROM inventory_writeoff doc
                  JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
             LEFT JOIN inventory_writeoff_reason reason ON reason.id = line.reason_id
                 WHERE doc.id IN %(documents)s
                   AND (doc.posted_at IS NOT NULL OR line.posted_chunk > 0)
                   AND doc.accounting_date BETWEEN %(start)s AND %(end)s
                   AND %(goods)s
              GROUP BY doc.company_id, doc.accounting_date, reason.kind, line.reason_id
                """,
                documents=self._get_sql_documents(scope),
                start=start,
                end=end,
                goods=self._get_sql_goods(scope),
            )
        )

    def _get_loss_days(self, scope):
        windows = self._get_windows(scope)
        starts = [
            window[0]
            for by_company in windows.values()
            for pair in by_company.values()
            for window in pair
        ]
        first_month = self._get_trend_months(scope)[0][0]
        start = min([*starts, scope.period[0], scope.previous[0], first_month])
        return start, scope.period[1]

    def _sum_losses(self, scope, rows, get_window):
        """Return the sum of the rows in the window that their company has."""
        windows = {company.id: get_window(company.id) for company in scope.companies}
        return scope.convert(
            (row["company_id"], row["value"])
            for row in rows
            if windows[row["company_id"]][0]
            <= row["date"]
            <= windows[row["company_id"]][1]
        )

    def _get_loss_figures(self, scope, rows):
        figures = {}
        windows = self._get_windows(scope)
        for unit in WINDOWS:
            pairs = windows[unit]
            now, before = (
                self._sum_losses(scope, rows, lambda c, p=pairs, i=i: p[c][i])
                for i in (0, 1)
            )
            action = self._open_losses(scope, pairs)
            figures[f"written_off_{unit}"] = self._figure(
                f"written_off_{unit}", now, before, action
            )
        now, before = (
            self._sum_losses(scope, rows, lambda _company, s=span: s)
            for span in (scope.period, scope.previous)
        )
        pairs = dict.fromkeys(scope.companies.ids, (scope.period, scope.previous))
        figures["written_off"] = self._figure(
            "written_off", now, before, self._open_losses(scope, pairs)
        )
        return figures

    def _open_losses(self, scope, pairs, domain=Domain.TRUE):
        """Return the action to the posted items of each company's window."""
        days = Domain.OR(
            Domain("company_id", "in", [c for c, pair in pairs.items() if pair == same])
            & Domain("date", ">=", same[0][0])
            & Domain("date", "<=", same[0][1])
            for same in set(pairs.values())
        )
        goods = self._get_goods_domain(scope)
        return self._open(ANALYSIS, goods & days & domain)

    def _open_period_losses(self, scope, domain=Domain.TRUE):
        pairs = dict.fromkeys(scope.companies.ids, (scope.period,))
        return self._open_losses(scope, pairs, domain)

    def _get_trend_months(self, scope):
        """Return first and last day of the months that the trend shows."""
        month = scope.period[1].replace(day=1)
        starts = [
            month - relativedelta(months=back) for back in reversed(range(TREND_MONTHS))
        ]
        ends = [start - timedelta(days=1) for start in starts[1:]]
        return list(zip(starts, [*ends, scope.period[1]], strict=True))

    def _get_told_months(self, scope, rows):
        """Return the months of the trend, without those before the first loss."""
        months = self._get_trend_months(scope)
        first = min((row["date"] for row in rows), default=scope.period[1])
        told = [month for month in months if month[1] >= first]
        return months[-max(len(told), TREND_MONTHS_AT_LEAST) :]

    def _get_trend(self, scope, rows):
        """Return the value of each month by reason, the costliest reasons by name."""
        months = self._get_told_months(scope, rows)
        by_reason = defaultdict(list)
        for row in rows:
            if row["date"] >= months[0][0]:
                by_reason[row["reason_id"]].append(row)
        totals = {
            reason: abs(scope.convert((r["company_id"], r["value"]) for r in group))
            for reason, group in by_reason.items()
        }
        ranked = sorted(totals, key=lambda reason: (-totals[reason], reason or 0))
        shown = {reason: by_reason[reason] for reason in ranked[:TREND_REASONS]}
        rest = [row for reason in ranked[TREND_REASONS:] for row in by_reason[reason]]
        reasons = self.env["inventory.writeoff.reason"].browse(filter(None, shown))
        names = {reason.id: reason.name for reason in reasons}
        series = [
            self._get_series(scope, months, group, names.get(reason), [reason or False])
            for reason, group in shown.items()
        ]
        if rest:
            name, others = self.env._("Other reasons"), ranked[TREND_REASONS:]
            series.append(self._get_series(scope, months, rest, name, others))
        return {
            "months": [start.isoformat() for start, _end in months],
            "series": series,
            "domains": [self._open_month(scope, month) for month in months],
        }

    def _get_series(self, scope, months, rows, name, reason_ids):
        values = [
            self._sum_losses(scope, rows, lambda _company, m=month: m)
            for month in months
        ]
        name = name or self.env._("No reason")
        return {"name": name, "reason_ids": reason_ids, "values": values}

    def _open_month(self, scope, month):
        pairs = dict.fromkeys(scope.companies.ids, (month,))
        return self._open_losses(scope, pairs)

    def _get_tops(self, scope):
        """Return {field: products, suppliers or locations that lost most}."""
        analysis = self.env[ANALYSIS]
        tops = {name: [] for name in TOP_FIELDS}
        for name, record_id, value in self._read_tops(scope):
            record = analysis[name].browse(record_id)
            domain = Domain(name, "=", record.id)
            tops[name].append(
                {
                    "id": record.id,
                    # The list behind it shows the same names.
                    "name": record.sudo().display_name or self.env._("None"),
                    "value": scope.currency.round(value),
                    "action": self._open_period_losses(scope, domain),
                }
            )
        return tops

    def _read_tops(self, scope):
        """Return [(field, id, net value of the period)], the largest of each field.

        With several currencies amounts are converted before they are compared.
        """
        analysis = self.env[ANALYSIS]
        query = analysis._search(self._open_period_losses(scope)["domain"])
        columns = [
            SQL.identifier(analysis._table, name)
            for name in ("company_id", "value_net", *TOP_FIELDS)
        ]
        return self.env.execute_query(
            SQL(
                """
                WITH rates AS (%(rates)s), item AS MATERIALIZED (%(items)s)
                %(tops)s
                """,
                rates=self._get_sql_rates(scope),
                items=query.select(*columns),
                tops=SQL(" UNION ALL ").join(map(self._get_sql_top, TOP_FIELDS)),
            )
        )

    def _get_sql_top(self, name):
        return SQL(
            """(
                SELECT %(name)s AS field, %(column)s, SUM(value_net * rate) AS value
                  FROM item
                  JOIN rates USING (company_id)
              GROUP BY %(column)s
                HAVING SUM(value_net * rate) > 0
              ORDER BY value DESC, %(column)s
                 LIMIT %(limit)s
            )""",
            name=name,
            column=SQL.identifier(name),
            limit=TOP,
        )
