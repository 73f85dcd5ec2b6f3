from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class InventoryWriteoffKpi(models.AbstractModel):
    """What was lost against what was planned, by kind of reason."""

    _inherit = "inventory.writeoff.kpi"

    def _get_budget_rows(self, scope):
        """Return a row per kind that has a budget or losses in the period.

        Budgets are of whole companies, and so is what is compared with them.
        """
        planned, actual = self._read_budgets(scope), self._read_actuals(scope)
        labels = self.env["inventory.writeoff.budget"]._get_kinds()
        rows = [
            {
                "kind": kind,
                "name": label,
                "value": scope.convert(actual.get(kind, [])),
                "budget": scope.convert(planned[kind]) if kind in planned else None,
                "action": self._open_kind(scope, kind),
            }
            for kind, label in labels
        ]
        return [row for row in rows if row["budget"] is not None or row["value"]]

    def _read_budgets(self, scope):
        """Return {kind: [(company id, what of its budgets falls to the period)]}."""
        budgets = self.env["inventory.writeoff.budget"].search(
            [
                ("company_id", "in", scope.companies.ids),
                ("date_from", "<=", scope.period[1]),
                ("date_to", ">=", scope.period[0]),
            ]
        )
        planned = {}
        for budget in budgets:
            share = budget.company_id.id, budget._get_share(scope.period)
            planned.setdefault(budget.kind, []).append(share)
        return planned

    def _read_actuals(self, scope):
        """Return {kind: [(company id, net value posted in the period)]}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reason.kind, doc.company_id, SUM(line.value_posted)
                  FROM inventory_writeoff doc
                  JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
                  JOIN inventory_writeoff_reason reason ON reason.id = line.reason_id
                 WHERE doc.id IN %(documents)s
                   AND (doc.posted_at IS NOT NULL OR line.posted_chunk > 0)
                   AND doc.accounting_date BETWEEN %(start)s AND %(end)s
              GROUP BY reason.kind, doc.company_id
                """,
                documents=self._get_sql_documents(scope),
                start=scope.period[0],
                end=scope.period[1],
            )
        )
        actual = {}
        for kind, company_id, value in rows:
            actual.setdefault(kind, []).append((company_id, value))
        return actual

    def _open_kind(self, scope, kind):
        """Return the action to the items of a kind, of all goods of the companies."""
        return self._open(
            "inventory.writeoff.analysis",
            Domain("company_id", "in", scope.companies.ids)
            & Domain("kind", "=", kind)
            & Domain("date", ">=", scope.period[0])
            & Domain("date", "<=", scope.period[1]),
        )
