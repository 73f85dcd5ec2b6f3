from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.inventory_writeoff.models.inventory_impact import (
    BALANCE_TYPES,
    FIGURES,
    YEARLY_TYPES,
)

# Submitted, and neither posted nor sent back.
PENDING_STATES = ("to_approve", "approved", "posting")
MARGIN_TYPES = FIGURES["gross_margin"][1]
ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"


class InventoryWriteoffKpi(models.AbstractModel):
    """The books before and after the write-offs that are still to be posted."""

    _inherit = "inventory.writeoff.kpi"

    def _get_books_figures(self, scope, pending):
        now, before = self._read_books(scope)
        after = self._add_pending(now, pending)
        figures = {}
        for name in ("working_capital", "gross_margin", "result"):
            get = getattr(self, f"_get_{name}")
            action = self._open_books(scope, name)
            figures[name] = self._figure(
                name, get(now), get(before), action, get(after)
            )
        ratios = map(self._get_current_ratio, (now, before, after))
        value, previous, last = ratios
        action = self._open_books(scope, "current_ratio")
        figures["current_ratio"] = self._figure(
            "current_ratio", value, previous, action, last
        )
        return figures

    def _get_working_capital(self, balances):
        return self._sum_types(balances, BALANCE_TYPES)

    def _get_gross_margin(self, balances):
        return -self._sum_types(balances, MARGIN_TYPES) + 0.0

    def _get_result(self, balances):
        return -self._sum_types(balances, YEARLY_TYPES) + 0.0

    def _get_current_ratio(self, balances):
        """Return current assets ÷ current liabilities, or None without the latter."""
        assets, liabilities = (
            sign * self._sum_types(balances, types)
            for sign, types in (
                FIGURES["current_assets"],
                FIGURES["current_liabilities"],
            )
        )
        return round(assets / liabilities, 2) if liabilities > 0 else None

    def _sum_types(self, balances, types):
        return round(sum(balances.get(name, 0.0) for name in types), 6)

    def _add_pending(self, balances, pending):
        after = defaultdict(float, balances)
        for account_type, amount in pending.items():
            after[account_type] += amount
        return after

    def _read_books(self, scope):
        """Return ({account type: balance}, the same for the period before).

        Posted items up to the end of the period; income and expenses from the start
        of the fiscal year that this day is in.
        """
        self._flush_books()
        rows = self.env.execute_query(
            SQL(
                """
                WITH books AS (%(books)s)
                SELECT item.company_id, account.account_type,
                       COALESCE(SUM(item.balance) FILTER (
                           WHERE item.date <= books.last AND (
                               account.account_type IN %(balance_types)s
                               OR item.date >= books.year
                           )
                       ), 0),
                       COALESCE(SUM(item.balance) FILTER (
                           WHERE item.date <= books.last_before AND (
                               account.account_type IN %(balance_types)s
                               OR item.date >= books.year_before
                           )
                       ), 0)
                  FROM account_move_line item
                  JOIN books ON books.company_id = item.company_id
                  JOIN account_account account ON account.id = item.account_id
                 WHERE item.parent_state = 'posted' AND item.date <= books.last
                   AND account.account_type IN %(types)s
              GROUP BY item.company_id, account.account_type
                """,
                books=self._get_sql_years(scope),
                balance_types=BALANCE_TYPES,
                types=BALANCE_TYPES + YEARLY_TYPES,
            )
        )
        return tuple(
            self._convert_types(scope, [(row[0], row[1], row[place]) for row in rows])
            for place in (2, 3)
        )

    def _convert_types(self, scope, rows):
        """Return {account type: amount} of (company id, account type, amount)."""
        by_type = defaultdict(list)
        for company_id, account_type, amount in rows:
            by_type[account_type].append((company_id, amount))
        return {name: scope.convert(parts) for name, parts in by_type.items()}

    def _get_sql_years(self, scope):
        """Return the query for the end and fiscal year of both periods by company."""
        ends = scope.period[1], scope.previous[1]
        starts = [
            [self._get_year_start(company, end) for company in scope.companies]
            for end in ends
        ]
        return SQL(
            """
            SELECT company_id, %s::date AS last, %s::date AS last_before, year,
                   year_before
              FROM UNNEST(%s::int[], %s::date[], %s::date[])
                AS y(company_id, year, year_before)
            """,
            *ends,
            scope.companies.ids,
            *starts,
        )

    def _flush_books(self):
        self.env["account.account"].flush_model(["account_type"])
        self.env["account.move"].flush_model(["writeoff_id"])
        self.env["account.move.line"].flush_model(
            [
                "account_id",
                "balance",
                "company_id",
                "date",
                "parent_state",
                "product_id",
            ]
        )

    def _get_pending(self, scope, rows):
        """Return {account type: balance} of the entries that are still to come."""
        pending = defaultdict(float)
        for _category, account_type, amount in rows:
            pending[account_type] += amount
            pending["asset_current"] -= amount
        for account_type, amount in self._estimate_taxes(scope).items():
            pending[account_type] += amount
        return pending

    def _read_pending(self, scope):
        """Return [(category id, account type, estimated loss)] of what is held.

        An account that is not set yet is taken for an expense; posting asks for it.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT doc.company_id, line.product_category_id,
                       COALESCE(account.account_type, 'expense'),
                       SUM(line.value_estimated)
                  FROM inventory_writeoff doc
                  JOIN res_company company ON company.id = doc.company_id
                  JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
             LEFT JOIN inventory_writeoff_reason reason ON reason.id = line.reason_id
             LEFT JOIN account_account account ON account.id = COALESCE(
                       (reason.loss_account_id->>company.id::text)::int,
                       company.writeoff_loss_account_id)
                 WHERE doc.id IN %(documents)s AND doc.state IN %(states)s
                   AND line.posted_chunk = 0
              GROUP BY 1, 2, 3
                """,
                documents=self._get_sql_documents(scope),
                states=PENDING_STATES,
            )
        )
        return [
            (category, kind, float(amount) * scope.rates[company])
            for company, category, kind, amount in rows
        ]

    def _estimate_taxes(self, scope):
        """Return {account type: balance} of purchase tax that will be given back.

        While a large write-off is being posted it is left out.
        """
        taxed = self.env["inventory.writeoff"].search(
            [
                ("company_id", "in", scope.companies.ids),
                ("state", "in", PENDING_STATES[:2]),
                ("line_ids.reason_id.tax_treatment", "!=", "keep"),
            ]
        )
        changes = defaultdict(float)
        # Accounts are not readable for everyone who sees what the entry does.
        preview = self.env["inventory.writeoff.preview"].sudo()
        accounts = self.env["account.account"].sudo()
        for writeoff, items in preview._get_items_by_writeoff(taxed.sudo()).items():
            rate = scope.rates[writeoff.company_id.id]
            for item in items:
                if item.get("writeoff_is_tax") or item.get("tax_repartition_line_id"):
                    account_type = accounts.browse(item["account_id"]).account_type
                    changes[account_type or "expense"] += item["balance"] * rate
        return changes

    def _open_books(self, scope, name):
        """Return the action to the journal items, for who reads them.

        Others see the write-offs that are about to change the figure.
        """
        if not self.env.user.has_groups(ACCOUNTANTS):
            domain = Domain("company_id", "in", scope.companies.ids)
            domain &= Domain("state", "in", PENDING_STATES)
            return self._open("inventory.writeoff", domain)
        types = {"gross_margin": MARGIN_TYPES, "result": YEARLY_TYPES}.get(name)
        days = Domain("date", "<=", scope.period[1])
        if types:
            days &= Domain.OR(
                Domain("company_id", "=", company_id) & Domain("date", ">=", start)
                for company_id, start in scope.year_starts.items()
            )
        return self._open(
            "account.move.line",
            Domain("company_id", "in", scope.companies.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "in", types or BALANCE_TYPES)
            & days,
        )
