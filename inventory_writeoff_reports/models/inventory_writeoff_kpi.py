from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import OrderedSet

from .inventory_writeoff_kpi_texts import FIGURES

# Of models whose records have no page of their own.
VIEWS = {
    "inventory.writeoff.analysis": ["list", "pivot", "graph"],
    "inventory.writeoff.log.verification": ["list"],
    "stock.quant": ["list"],
}


class InventoryWriteoffKpi(models.AbstractModel):
    """The figures of the dashboard and of whoever else wants to know.

    Each is computed from what the user may read: who sees only some write-offs gets the
    figures of those, and none of the whole company. All are read in a fixed number of
    queries, whatever there is to add up. Amounts of companies in different currencies
    are converted at the rates of the last day of the period, which the answer names.
    """

    _name = "inventory.writeoff.kpi"
    _description = "Key Figures of Write-Offs"

    @api.model
    @api.readonly
    def get_figures(self, filters=None):
        """Return all figures, and what the filters that they obey can be.

        :param filters: {"period": month, quarter, year, last_month, last_quarter,
            last_year or custom; "from", "to": days of a custom one; "company",
            "warehouse", "category": ids}; all of them may be left out
        :return: {"figures": {key: {"name", "value", "previous", "after", "unit",
            "formula", "good", "action"}}, ...}
        """
        self.env["inventory.writeoff"].check_access("read")
        scope = self._get_scope(filters or {})
        return {
            "filters": self._get_filters(scope),
            "choices": self._get_choices(scope),
            "company_ids": scope.companies.ids,
            "currency_id": scope.currency.id,
            "conversions": self._get_conversions(scope),
            "is_full": scope.is_full,
            **self._get_content(scope),
        }

    def _get_content(self, scope):
        rows = self._read_losses(scope)
        losses = self._get_loss_figures(scope, rows)
        waiting, waiting_rows = self._get_waiting(scope)
        content = {
            "figures": {
                **losses,
                **self._get_held_figures(scope),
                **waiting,
                **self._get_disposal_figures(scope),
                **self._get_process_figures(scope),
            },
            "waiting": waiting_rows,
            "trend": self._get_trend(scope, rows),
            "tops": self._get_tops(scope),
            "budget": [],
            "margins": [],
        }
        if scope.is_full:
            self._add_company_content(scope, content, losses)
        return content

    def _add_company_content(self, scope, content, losses):
        """Add what only those see who see all of the company."""
        pending = self._read_pending(scope)
        balances = self._get_pending(scope, pending)
        content["figures"].update(
            {
                **self._get_stock_figures(scope, losses),
                **self._get_books_figures(scope, balances),
                **self._get_control_figures(scope),
            }
        )
        content["budget"] = self._get_budget_rows(scope)
        content["margins"] = self._get_margins(scope, pending)

    def _figure(self, key, value, previous, action, after=None):
        """Return a figure with its name, its formula and the way to its records."""
        name, unit, good, formula = FIGURES[key]
        return {
            "key": key,
            "name": self.env._(name),
            "value": value,
            "previous": previous,
            "after": after,
            "unit": unit,
            "good": good,
            "formula": self.env._(formula),
            "action": action and {**action, "name": self.env._(name)},
        }

    def _open(self, model, domain):
        """Return what the browser needs to open the records behind a figure."""
        return {
            "res_model": model,
            "domain": self._to_json(Domain(domain)),
            "views": VIEWS.get(model, ["list", "form"]),
        }

    def _to_json(self, value):
        """Return a domain, or what is in one, as JSON can hold it."""
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, (Domain, list, tuple, OrderedSet)):
            return [self._to_json(part) for part in value]
        return value

    def _get_filters(self, scope):
        start, end = scope.period
        return {
            "period": scope.preset,
            "from": start.isoformat(),
            "to": end.isoformat(),
            "previous_from": scope.previous[0].isoformat(),
            "previous_to": scope.previous[1].isoformat(),
            "company": scope.chosen_id,
            "warehouse": scope.warehouse.id,
            "category": scope.category.id,
        }

    def _get_choices(self, scope):
        """Return what the user can choose from, as pairs of id and name."""
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "in", scope.companies.ids)]
        )
        categories = self.env["product.category"].search([])
        return {
            "company": [(c.id, c.name) for c in self.env.companies],
            "warehouse": [(w.id, w.name) for w in warehouses],
            "category": [(c.id, c.complete_name) for c in categories],
        }

    def _get_conversions(self, scope):
        """Say at which rates amounts were converted, if they were."""
        return [
            self.env._(
                "1 %(currency)s = %(rate)s %(target)s",
                currency=company.currency_id.name,
                rate=f"{scope.rates[company.id]:.6g}",
                target=scope.currency.name,
            )
            for company in self._get_foreign(scope).values()
        ]

    def _get_foreign(self, scope):
        """Return {currency: a company that keeps its books in it}, foreign ones."""
        return {
            company.currency_id: company
            for company in scope.companies
            if company.currency_id != scope.currency
        }
