from dataclasses import dataclass, field

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..periods import PRESETS, get_period, get_previous, get_start

# Who sees all write-offs of a company, and what the company owns and owes.
FULL_READERS = ",".join(
    f"inventory_writeoff.group_writeoff_{role}"
    for role in ("senior", "finance", "manager", "auditor")
)
WINDOWS = ("month", "quarter", "year")


@dataclass(frozen=True)
class Scope:
    """What figures are asked of: companies, period, warehouse and product category."""

    companies: models.BaseModel
    warehouse: models.BaseModel
    category: models.BaseModel
    currency: models.BaseModel
    rates: dict
    preset: str
    period: tuple
    previous: tuple
    is_full: bool
    chosen_id: int | bool = False
    category_ids: tuple = ()
    year_starts: dict = field(default_factory=dict)

    @property
    def is_part(self):
        """Tell whether a part of the companies' stock was chosen."""
        return bool(self.warehouse or self.category)

    def convert(self, amounts):
        """Return the sum of (company id, amount), in the currency of the scope."""
        total = sum(float(amount) * self.rates[company] for company, amount in amounts)
        # Adding 0.0 turns a negative zero into a plain one.
        return self.currency.round(total) + 0.0


class InventoryWriteoffKpi(models.AbstractModel):
    """Which companies, days and goods the figures are asked of."""

    _inherit = "inventory.writeoff.kpi"

    def _get_scope(self, filters):
        """Return the scope of filters as the address of a browser holds them.

        What makes no sense, or is not the user's, is left out of them.
        """
        wanted = self._to_id(filters.get("company"))
        chosen = self.env.companies.filtered(lambda company: company.id == wanted)
        companies = chosen or self.env.companies
        today = fields.Date.context_today(self)
        preset, period = self._get_period(filters, companies[0], today)
        currency = companies[0].currency_id
        category = self._find("product.category", filters.get("category"))
        return Scope(
            companies=companies,
            chosen_id=chosen.id,
            warehouse=self._find(
                "stock.warehouse",
                filters.get("warehouse"),
                [("company_id", "in", companies.ids)],
            ),
            category=category,
            category_ids=self._get_category_ids(category),
            currency=currency,
            rates=self._get_rates(companies, currency, period[1]),
            preset=preset,
            period=period,
            previous=get_previous(preset, *period),
            is_full=self.env.user.has_groups(FULL_READERS),
            year_starts={
                company.id: self._get_year_start(company, period[1])
                for company in companies
            },
        )

    def _get_period(self, filters, company, today):
        preset = filters.get("period")
        if preset not in PRESETS:
            preset = "month"
        days = [self._to_date(filters.get(name)) for name in ("from", "to")]
        if preset == "custom" and all(days):
            return preset, (min(days), max(days))
        preset = "month" if preset == "custom" else preset
        year_start = self._get_year_start(company, today)
        return preset, get_period(preset, today, year_start)

    def _get_year_start(self, company, day):
        # Fiscal years are readable for accountants only.
        return company.sudo().compute_fiscalyear_dates(day)["date_from"]

    def _get_rates(self, companies, currency, day):
        """Return {company id: rate} from its currency to that of the first company."""
        convert = self.env["res.currency"]._get_conversion_rate
        return {
            company.id: 1.0
            if company.currency_id == currency
            else convert(company.currency_id, currency, companies[0], day)
            for company in companies
        }

    def _find(self, model, value, domain=()):
        domain = Domain("id", "=", self._to_id(value)) & Domain(list(domain))
        records = self.env[model]
        return records.search(domain) if value else records

    def _get_category_ids(self, category):
        if not category:
            return ()
        return tuple(category.search([("id", "child_of", category.id)]).ids)

    def _to_id(self, value):
        return int(value) if str(value or "").isdecimal() else 0

    def _to_date(self, value):
        try:
            return fields.Date.to_date(value)
        except (TypeError, ValueError):
            return None

    def _get_windows(self, scope):
        """Return {month, quarter, year: {company id: (this one, the one before)}}.

        This one ends where the period does.
        """
        end = scope.period[1]
        windows = {}
        for unit in WINDOWS:
            windows[unit] = {}
            for company_id, year_start in scope.year_starts.items():
                window = get_start(unit, end, year_start), end
                windows[unit][company_id] = window, get_previous(unit, *window)
        return windows

    def _get_sql_documents(self, scope):
        """Return the query for the write-offs of the scope that the user may read."""
        writeoffs = self.env["inventory.writeoff"]
        writeoffs.flush_model()
        self.env["inventory.writeoff.line"].flush_model()
        query = writeoffs._search([("company_id", "in", scope.companies.ids)])
        return query.subselect()

    def _get_sql_goods(self, scope):
        """Return the condition that an item `line` is of the chosen goods."""
        conditions = [SQL("TRUE")]
        if scope.warehouse:
            conditions.append(SQL("line.warehouse_id = %s", scope.warehouse.id))
        if scope.category_ids:
            conditions.append(SQL("line.product_category_id IN %s", scope.category_ids))
        return SQL(" AND ").join(conditions)

    def _get_sql_has_goods(self, scope):
        """Return the condition that a document `doc` has items of the chosen goods."""
        if not scope.is_part:
            return SQL("TRUE")
        return SQL(
            """doc.id IN (SELECT line.writeoff_id
                            FROM inventory_writeoff_line line WHERE %s)""",
            self._get_sql_goods(scope),
        )

    def _get_sql_rates(self, scope):
        return SQL(
            "SELECT * FROM UNNEST(%s::int[], %s::float8[]) AS r(company_id, rate)",
            list(scope.rates),
            list(scope.rates.values()),
        )

    def _get_sql_spans(self, scope):
        """Return the query for the period and the one before: name, first, last day."""
        return SQL(
            "VALUES ('now', %s::date, %s::date), ('before', %s::date, %s::date)",
            *scope.period,
            *scope.previous,
        )

    def _get_goods_domain(self, scope):
        """Return the domain of the scope on a model of items."""
        domain = Domain("company_id", "in", scope.companies.ids)
        if scope.warehouse:
            domain &= Domain("warehouse_id", "=", scope.warehouse.id)
        if scope.category:
            domain &= Domain("product_category_id", "child_of", scope.category.id)
        return domain

    def _get_document_domain(self, scope):
        """Return the domain of the scope on write-offs, those of the goods."""
        domain = Domain("company_id", "in", scope.companies.ids)
        if scope.is_part:
            domain &= Domain("line_ids", "any", self._get_goods_domain(scope))
        return domain
