from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .inventory_writeoff_kpi_books import PENDING_STATES

WAITING_SHOWN = 5


class InventoryWriteoffKpi(models.AbstractModel):
    """What is still open: goods held, approvals, disposals, and what to look into."""

    _inherit = "inventory.writeoff.kpi"

    def _get_held_figures(self, scope):
        """Return the value of goods that are held, also those that are approved."""
        value = scope.convert(self._read_held(scope))
        domain = self._get_goods_domain(scope)
        action = self._open(
            "inventory.writeoff.line",
            domain
            & Domain("writeoff_id.state", "in", PENDING_STATES)
            & Domain("writeoff_id.reversal_of_id", "=", False)
            & Domain("posted_chunk", "=", 0),
        )
        return {"held_value": self._figure("held_value", value, None, action)}

    def _read_held(self, scope):
        return self.env.execute_query(
            SQL(
                """
                SELECT doc.company_id, SUM(line.value_estimated)
                  FROM inventory_writeoff doc
                  JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
                 WHERE doc.id IN %(documents)s AND doc.state IN %(states)s
                   AND doc.reversal_of_id IS NULL AND line.posted_chunk = 0
                   AND %(goods)s
              GROUP BY doc.company_id
                """,
                documents=self._get_sql_documents(scope),
                states=PENDING_STATES,
                goods=self._get_sql_goods(scope),
            )
        )

    def _get_waiting(self, scope):
        """Return what waits for a decision, the oldest first."""
        domain = self._get_document_domain(scope) & Domain("state", "=", "to_approve")
        writeoffs = self.env["inventory.writeoff"].search(
            domain, order="state_since, id"
        )
        now = fields.Datetime.now()
        value = scope.convert((w.company_id.id, w.value_estimated) for w in writeoffs)
        action = self._open("inventory.writeoff", domain)
        days = [(now - (w.state_since or now)).days for w in writeoffs]
        figures = {
            "approvals_waiting": self._figure(
                "approvals_waiting", len(writeoffs), None, action
            ),
            "approvals_value": self._figure("approvals_value", value, None, action),
            "approvals_age": self._figure(
                "approvals_age", max(days, default=None), None, action
            ),
        }
        rows = [
            {
                "id": writeoff.id,
                "name": writeoff.name,
                "requester": writeoff.requester_id.sudo().name,
                "days": age,
                "value": scope.convert([(writeoff.company_id.id, writeoff.value)]),
            }
            for writeoff, age in list(zip(writeoffs, days, strict=True))[:WAITING_SHOWN]
        ]
        return figures, rows

    def _get_disposal_figures(self, scope):
        """Return the posted goods that are not gone yet."""
        rows = self._read_disposals(scope)
        action = self._open(
            "inventory.writeoff.disposal",
            Domain("company_id", "in", scope.companies.ids)
            & Domain("state", "=", "open")
            & Domain("writeoff_id", "any", self._get_document_domain(scope)),
        )
        value = scope.convert((company, amount) for company, amount, *_rest in rows)
        ages = [age for *_rest, age in rows if age is not None]
        return {
            "disposals_open": self._figure(
                "disposals_open", sum(row[2] for row in rows), None, action
            ),
            "disposals_value": self._figure("disposals_value", value, None, action),
            "disposals_age": self._figure(
                "disposals_age", max(ages, default=None), None, action
            ),
        }

    def _read_disposals(self, scope):
        """Return [(company id, value of the goods, disposals, days of the oldest)]."""
        disposals = self.env["inventory.writeoff.disposal"]
        disposals.flush_model()
        query = disposals._search(
            [("company_id", "in", scope.companies.ids), ("state", "=", "open")]
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT disposal.company_id,
                       COALESCE(SUM(line.value_posted
                                    - COALESCE(line.value_reversed, 0)), 0),
                       COUNT(DISTINCT disposal.id),
                       EXTRACT(DAY FROM %(now)s - MIN(disposal.opened_at))::int
                  FROM inventory_writeoff_disposal disposal
                  JOIN inventory_writeoff_line line
                    ON line.writeoff_id = disposal.writeoff_id
                   AND line.disposal_method_id = disposal.planned_method_id
                 WHERE disposal.id IN %(disposals)s AND %(goods)s
              GROUP BY disposal.company_id
                """,
                now=fields.Datetime.now(),
                disposals=query.subselect(),
                goods=self._get_sql_goods(scope),
            )
        )

    def _get_control_figures(self, scope):
        """Return what tells whether the books and the log can be trusted."""
        return {
            "tie_out_difference": self._get_tie_out_figure(scope),
            **self._get_log_figures(scope),
        }

    def _get_tie_out_figure(self, scope):
        tie_outs = self.env["inventory.writeoff.tie.out"]
        rows = tie_outs._get_tie_out(scope.companies, *scope.period)
        value = scope.convert((row["company_id"].id, row["difference"]) for row in rows)
        start, end = scope.period
        action = {
            **self._open(tie_outs._name, Domain.TRUE),
            "views": ["form"],
            "context": {
                "default_company_id": scope.companies[0].id,
                "default_date_from": start.isoformat(),
                "default_date_to": end.isoformat(),
            },
        }
        return self._figure("tie_out_difference", value, None, action)

    def _get_log_figures(self, scope):
        """Return when the logs of all companies were last verified, and what it found.

        Of several companies the one that was verified longest ago counts.
        """
        verifications = self.env["inventory.writeoff.log.verification"]
        domain = Domain("company_id", "in", scope.companies.ids)
        last = verifications._get_last(scope.companies)
        action = self._open(verifications._name, domain)
        verified_at = None
        if len(last) == len(scope.companies):
            verified_at = fields.Datetime.to_string(min(last.mapped("verified_at")))
        problems = sum(last.mapped("problem_count")) if last else None
        return {
            "log_verified_at": self._figure(
                "log_verified_at", verified_at, None, action
            ),
            "log_problems": self._figure("log_problems", problems, None, action),
        }
