from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

# What people do beside submitting, the approvals that are asked for and posting.
INTERVENTIONS = ("edited", "findings_settled", "posting_resumed")
# Reversals later than that correct nothing any more.
CORRECTION_DAYS = 90
DIGITS = 4


class InventoryWriteoffKpi(models.AbstractModel):
    """How well the work goes: time, corrections, interventions, evidence."""

    _inherit = "inventory.writeoff.kpi"

    def _get_process_figures(self, scope):
        posted = self._read_posted(scope)
        yields = self._read_yields(scope)
        evidence = self._read_evidence(scope)
        return {
            **self._get_time_figures(scope, posted),
            **self._get_quality_figures(scope, posted),
            "first_pass_yield": self._figure(
                "first_pass_yield",
                *(
                    self._divide(*yields.get(span, (0, 0)))
                    for span in ("now", "before")
                ),
                self._open_submitted(scope),
            ),
            "evidence_complete": self._figure(
                "evidence_complete",
                *(
                    self._divide(*evidence.get(span, (0, 0)))
                    for span in ("now", "before")
                ),
                self._open_posted(scope),
            ),
        }

    def _get_time_figures(self, scope, posted):
        action = self._open_posted(scope)
        return {
            name: self._figure(
                name,
                *(self._round(posted.get(span, {}).get(name)) for span in posted),
                action,
            )
            for name in ("processing_mean", "processing_median", "processing_p90")
        }

    def _get_quality_figures(self, scope, posted):
        action = self._open_posted(scope)
        reversed_too = self._open_posted(scope, [("reversal_ids", "!=", False)])
        parts = {
            "posted_batches": (lambda row: row["batches"], action),
            "value_correct": (
                lambda row: self._divide(
                    row["posted"] - row["corrected"], row["posted"]
                ),
                reversed_too,
            ),
            "interventions": (
                lambda row: self._divide(row["interventions"], row["batches"]),
                action,
            ),
            "straight_through": (
                lambda row: self._divide(row["untouched"], row["batches"]),
                action,
            ),
            "estimate_drift": (
                lambda row: self._divide(row["drift"], row["posted"]),
                action,
            ),
        }
        return {
            name: self._figure(name, *(get(posted[span]) for span in posted), opened)
            for name, (get, opened) in parts.items()
        }

    def _divide(self, part, whole):
        """Return the quotient, or None where there is nothing to divide by."""
        return self._round(float(part) / float(whole)) if whole else None

    def _round(self, number):
        return None if number is None else round(float(number), DIGITS)

    def _read_posted(self, scope):
        """Return {period: sums over the batches posted in it}, in one query."""
        self.env["inventory.writeoff.event"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH rates AS (%(rates)s),
                span(name, first, last) AS (%(spans)s),
                batch AS MATERIALIZED (
                    SELECT span.name, doc.id, rates.rate, doc.accounting_date,
                           EXTRACT(EPOCH FROM doc.posted_at - doc.submitted_at) / 3600
                               AS hours,
                           doc.value_posted * rates.rate AS posted,
                           ABS(doc.value_posted - doc.value_approved) * rates.rate
                               AS drift
                      FROM inventory_writeoff doc
                      JOIN rates ON rates.company_id = doc.company_id
                      JOIN span
                        ON doc.accounting_date BETWEEN span.first AND span.last
                     WHERE doc.id IN %(documents)s AND doc.posted_at IS NOT NULL
                       AND doc.reversal_of_id IS NULL AND %(has_goods)s
                ),
                correction AS (
                    SELECT batch.id, COUNT(*) AS reversals,
                           SUM(ABS(back.value_posted) * batch.rate) FILTER (
                               WHERE back.reversal_cause IS DISTINCT FROM 'found'
                                 AND back.accounting_date
                                     <= batch.accounting_date + %(days)s
                           ) AS value
                      FROM batch
                      JOIN inventory_writeoff back ON back.reversal_of_id = batch.id
                     WHERE back.posted_at IS NOT NULL
                  GROUP BY batch.id
                ),
                act AS (
                    SELECT batch.id, COUNT(*) AS acts
                      FROM batch
                      JOIN inventory_writeoff_event event
                        ON event.writeoff_id = batch.id
                     WHERE event.kind IN %(kinds)s AND NOT event.is_superuser
                  GROUP BY batch.id
                )
                SELECT span.name, COUNT(batch.id) AS batches,
                       AVG(hours) AS processing_mean,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY hours)
                           AS processing_median,
                       PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY hours)
                           AS processing_p90,
                       COALESCE(SUM(posted), 0) AS posted,
                       COALESCE(SUM(drift), 0) AS drift,
                       COALESCE(SUM(correction.value), 0) AS corrected,
                       COALESCE(SUM(acts), 0) + COALESCE(SUM(reversals), 0)
                           AS interventions,
                       COUNT(batch.id) FILTER (
                           WHERE acts IS NULL AND reversals IS NULL
                       ) AS untouched
                  FROM span
             LEFT JOIN batch ON batch.name = span.name
             LEFT JOIN correction ON correction.id = batch.id
             LEFT JOIN act ON act.id = batch.id
              GROUP BY span.name
                """,
                rates=self._get_sql_rates(scope),
                spans=self._get_sql_spans(scope),
                documents=self._get_sql_documents(scope),
                has_goods=self._get_sql_has_goods(scope),
                days=CORRECTION_DAYS,
                kinds=INTERVENTIONS,
            )
        )
        by_name = {row["name"]: row for row in rows}
        return {name: by_name[name] for name in ("now", "before")}

    def _read_yields(self, scope):
        """Return {period: (posted without a rejection, submitted)}."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH span(name, first, last) AS (%(spans)s)
                SELECT span.name, COUNT(*) FILTER (
                           WHERE doc.posted_at IS NOT NULL AND NOT EXISTS (
                               SELECT FROM inventory_writeoff_event event
                                WHERE event.writeoff_id = doc.id
                                  AND event.kind = 'rejected'
                           )
                       ), COUNT(*)
                  FROM inventory_writeoff doc
                  JOIN span ON doc.submitted_at >= span.first
                           AND doc.submitted_at < span.last + 1
                 WHERE doc.id IN %(documents)s AND doc.reversal_of_id IS NULL
                   AND %(has_goods)s
              GROUP BY span.name
                """,
                spans=self._get_sql_spans(scope),
                documents=self._get_sql_documents(scope),
                has_goods=self._get_sql_has_goods(scope),
            )
        )
        return {name: tuple(counts) for name, *counts in rows}

    def _read_evidence(self, scope):
        """Return {period: (batches with all required evidence, batches that need it)}.

        What is there counts, also for who may not read it.
        """
        self.env["inventory.writeoff.evidence"].flush_model()
        self.env["inventory.writeoff.evidence.requirement"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH span(name, first, last) AS (%(spans)s),
                item AS MATERIALIZED (
                    SELECT DISTINCT span.name, doc.id, line.reason_id,
                           line.disposal_method_id
                      FROM inventory_writeoff doc
                      JOIN span
                        ON doc.accounting_date BETWEEN span.first AND span.last
                      JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
                     WHERE doc.id IN %(documents)s AND doc.posted_at IS NOT NULL
                       AND doc.reversal_of_id IS NULL AND %(has_goods)s
                ),
                needed AS (
                    SELECT item.name, item.id, requirement.evidence_type_id
                      FROM item
                      JOIN inventory_writeoff_evidence_requirement requirement
                        ON requirement.reason_id = item.reason_id
                     UNION
                    SELECT item.name, item.id, requirement.evidence_type_id
                      FROM item
                      JOIN inventory_writeoff_evidence_requirement requirement
                        ON requirement.disposal_method_id = item.disposal_method_id
                ),
                batch AS (
                    SELECT needed.name, needed.id, BOOL_AND(EXISTS (
                               SELECT FROM inventory_writeoff_evidence evidence
                                WHERE evidence.writeoff_id = needed.id
                                  AND evidence.evidence_type_id
                                      = needed.evidence_type_id
                                  AND evidence.superseded_by_id IS NULL
                           )) AS is_complete
                      FROM needed
                  GROUP BY needed.name, needed.id
                )
                SELECT name, COUNT(*) FILTER (WHERE is_complete), COUNT(*)
                  FROM batch
              GROUP BY name
                """,
                spans=self._get_sql_spans(scope),
                documents=self._get_sql_documents(scope),
                has_goods=self._get_sql_has_goods(scope),
            )
        )
        return {name: tuple(counts) for name, *counts in rows}

    def _open_posted(self, scope, domain=()):
        """Return the action to the batches that were posted in the period."""
        return self._open(
            "inventory.writeoff",
            self._get_document_domain(scope)
            & Domain("reversal_of_id", "=", False)
            & Domain("posted_at", "!=", False)
            & Domain("accounting_date", ">=", scope.period[0])
            & Domain("accounting_date", "<=", scope.period[1])
            & Domain(list(domain)),
        )

    def _open_submitted(self, scope):
        start, end = scope.period
        return self._open(
            "inventory.writeoff",
            self._get_document_domain(scope)
            & Domain("reversal_of_id", "=", False)
            & Domain("submitted_at", ">=", f"{start} 00:00:00")
            & Domain("submitted_at", "<", f"{end + timedelta(days=1)} 00:00:00"),
        )
