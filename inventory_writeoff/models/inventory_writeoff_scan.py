import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

TRIES = 3
FACTS = SQL.identifier("inventory_writeoff_scan_facts")


class InventoryWriteoffScan(models.AbstractModel):
    """Looks through the stock every night and proposes what is unsellable.

    The facts about all goods of a company are read once, into a table of the
    transaction; candidates that no longer hold go, new ones come, the others follow
    the stock. Rows that are right already are not touched, so that a second scan
    changes nothing and nobody who works in the warehouse has to wait.
    """

    _name = "inventory.writeoff.scan"
    _description = "Scan for Unsellable Stock"

    @api.model
    def _cron_scan(self):
        """Scan every company, each on its own, then run the rules that act.

        A run that had no time for all companies goes on with those that are left.
        """
        companies = self.env["res.company"].search([])
        recently = fields.Datetime.now() - timedelta(hours=1)
        due = companies.filtered(
            lambda company: (company.writeoff_scanned_at or recently) <= recently
        )
        companies = due or companies
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for position, company in enumerate(companies, start=1):
            self._scan_company(company)
            if not cron._commit_progress(1, remaining=len(companies) - position):
                break

    def _scan_company(self, company):
        for attempt in range(1, TRIES + 1):
            try:
                self._scan(company)
                company.writeoff_scanned_at = fields.Datetime.now()
                self.env["ir.cron"]._commit_progress()
                self.env["inventory.writeoff.rule"]._run(company)
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Someone moved goods that were being looked at: look again.
                self.env.cr.rollback()
                if attempt == TRIES:
                    _logger.exception("Scan for unsellable stock of %s", company.name)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Scan for unsellable stock of %s", company.name)
                return

    def _scan(self, company):
        """Bring the candidates of a company up to date."""
        facts = self.env["inventory.writeoff.candidate.facts"]
        facts._flush()
        self._read_facts(company)
        self._remove(company)
        self._propose(company)
        facts._update_from(
            FACTS,
            SQL(
                "candidate.company_id = %s AND candidate.state = 'open'"
                " AND candidate.source = 'manual'",
                company.id,
            ),
            quantity=SQL("LEAST(candidate.quantity, facts.on_hand)"),
        )
        self.env.cr.execute(SQL("DROP TABLE %s", FACTS))
        self.env["inventory.writeoff.candidate"].invalidate_model(flush=False)

    def _read_facts(self, company):
        """Read the facts of all goods on hand, and which reason they are proposed for.

        An expired lot is proposed as that, wherever it stands.
        """
        facts = self.env["inventory.writeoff.candidate.facts"]
        reasons = company._get_writeoff_scan_reasons()
        now = fields.Datetime.now()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", FACTS))
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %(table)s ON COMMIT DROP AS
                WITH reason (source, id) AS (VALUES %(reasons)s)
                SELECT facts.*, reason.source, reason.id AS reason_id
                  FROM (
                    SELECT found.*,
                           CASE WHEN expiration_date <= %(expiry_limit)s THEN 'expired'
                                WHEN is_quarantine THEN 'quarantine'
                                WHEN aged_days > 0 AND last_moved_on
                                     < %(now)s::timestamp
                                       - aged_days * INTERVAL '1 day' THEN 'aged'
                           END AS found_as
                      FROM %(facts)s AS found
                  ) AS facts
             LEFT JOIN reason ON reason.source = facts.found_as
                """,
                table=FACTS,
                reasons=SQL(", ").join(
                    SQL("(%s, %s)", source, reason.id) for source, reason in reasons
                )
                if reasons
                else SQL("(NULL::text, NULL::int)"),
                expiry_limit=facts._get_expiry_limit(company),
                now=now,
                facts=facts._get_sql_facts(company),
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", FACTS))

    def _remove(self, company):
        """Remove what is not there any more, and proposals that no longer hold."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM inventory_writeoff_candidate candidate
                 WHERE candidate.company_id = %(company)s
                   AND candidate.state IN ('open', 'dismissed')
                   AND NOT EXISTS (
                       SELECT 1 FROM %(table)s AS facts
                        WHERE %(same_goods)s
                          AND (candidate.source = 'manual'
                               OR candidate.state = 'dismissed'
                               OR (facts.source IS NOT NULL AND facts.free > 0))
                   )
                """,
                company=company.id,
                table=FACTS,
                same_goods=self._get_same_goods(),
            )
        )

    def _propose(self, company):
        """Insert the proposals; follow the stock with those that are there.

        What a person marked is left alone. What a person dismissed is left alone
        until it is proposed on other facts.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO inventory_writeoff_candidate AS candidate (
                    company_id, product_id, location_id, lot_id, package_id, owner_id,
                    state, source, reason_id, quantity, value, facts, category_id,
                    warehouse_id, supplier_id, expiration_date, last_moved_on,
                    found_at, create_date, write_date, create_uid, write_uid
                )
                SELECT %(company)s, product_id, location_id, lot_id, package_id,
                       owner_id, 'open', source, reason_id, free,
                       ROUND(unit_value * free, digits), source || facts, category_id,
                       warehouse_id, supplier_id, expiration_date, last_moved_on,
                       %(now)s, %(now)s, %(now)s, %(uid)s, %(uid)s
                  FROM %(table)s AS facts
                 WHERE source IS NOT NULL AND free > 0
                ON CONFLICT (
                    product_id, location_id, COALESCE(lot_id, 0),
                    COALESCE(package_id, 0), COALESCE(owner_id, 0), company_id
                ) WHERE state IN ('open', 'dismissed')
                DO UPDATE SET
                    state = 'open', source = EXCLUDED.source,
                    reason_id = EXCLUDED.reason_id, quantity = EXCLUDED.quantity,
                    value = EXCLUDED.value, facts = EXCLUDED.facts,
                    category_id = EXCLUDED.category_id,
                    warehouse_id = EXCLUDED.warehouse_id,
                    supplier_id = EXCLUDED.supplier_id,
                    expiration_date = EXCLUDED.expiration_date,
                    last_moved_on = EXCLUDED.last_moved_on,
                    found_at = CASE WHEN candidate.source = EXCLUDED.source
                                     AND candidate.state = 'open'
                                    THEN candidate.found_at
                                    ELSE EXCLUDED.found_at END,
                    found_by_id = NULL, note = NULL, photo = NULL,
                    dismissed_by_id = NULL, dismissed_at = NULL,
                    write_date = EXCLUDED.write_date, write_uid = EXCLUDED.write_uid
                WHERE (candidate.state = 'dismissed'
                       AND candidate.facts IS DISTINCT FROM EXCLUDED.facts)
                   OR (candidate.state = 'open' AND candidate.source != 'manual'
                       AND (candidate.reason_id, candidate.quantity, candidate.value,
                            candidate.facts, candidate.category_id,
                            candidate.warehouse_id, candidate.supplier_id)
                           IS DISTINCT FROM
                           (EXCLUDED.reason_id, EXCLUDED.quantity, EXCLUDED.value,
                            EXCLUDED.facts, EXCLUDED.category_id,
                            EXCLUDED.warehouse_id, EXCLUDED.supplier_id))
                """,
                company=company.id,
                table=FACTS,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )

    def _get_same_goods(self):
        return self.env[
            "inventory.writeoff.candidate.facts"
        ]._get_sql_same_goods_as_facts()
