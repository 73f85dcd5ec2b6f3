from odoo import models
from odoo.tools import SQL

from .inventory_impact import YEARLY_TYPES

# One that is posted in part may have no date yet.
DATE = SQL("COALESCE(doc.accounting_date, doc.state_since::date)")


class InventoryWriteoffTieOutFacts(models.AbstractModel):
    """The three sides of the tie-out, each read from its own tables.

    register: what the items of posted write-offs say; moved: what the stock moves of
    write-offs are worth; booked: what stands on loss accounts in their journal
    entries. What came back with a reversal is negative on each side. An item and its
    move belong to the accounting date of the write-off and to the loss account that
    it was posted on; a journal item belongs to its own date and account.
    """

    _name = "inventory.writeoff.tie.out.facts"
    _description = "Sides of the Tie-Out"

    def _read(self, companies, date_from, date_to):
        """Return [(company, account, month, register, moved, booked)], in one query."""
        self._flush()
        return self.env.execute_query(
            SQL(
                """
                SELECT company_id, account_id, DATE_TRUNC('month', date)::date,
                       SUM(register), SUM(moved), SUM(booked)
                  FROM (%s) AS facts
              GROUP BY 1, 2, 3
                HAVING SUM(ABS(register) + ABS(moved) + ABS(booked)) > 0
              ORDER BY 1, 3, 2
                """,
                self._get_sql(companies, date_from, date_to),
            )
        )

    def _get_sql_documents(self, companies):
        """Return the query for write-offs of which the sides differ.

        Sides that add up over the accounts or dates of a write-off still differ.
        """
        return SQL(
            """
            SELECT writeoff_id, company_id, MIN(date) AS date, MAX(date) AS last_date,
                   SUM(booked - moved) AS value
              FROM (
                SELECT writeoff_id, company_id, date,
                       SUM(moved) AS moved, SUM(booked) AS booked
                  FROM (%s) AS facts
              GROUP BY writeoff_id, company_id, date, account_id
                HAVING SUM(register) != SUM(moved) OR SUM(moved) != SUM(booked)
              ) AS differing
          GROUP BY writeoff_id, company_id
            """,
            self._get_sql(companies),
        )

    def _get_sql(self, companies, date_from=None, date_to=None):
        """Return the query for the sums of each side by write-off, account and date."""

        def within(date):
            if date_from is None:
                return SQL("TRUE")
            return SQL("%s BETWEEN %s AND %s", date, date_from, date_to)

        return SQL(
            "%s UNION ALL %s UNION ALL %s UNION ALL %s",
            self._get_sql_register(companies, within),
            self._get_sql_moved(companies, within),
            self._get_sql_adopted(companies, within),
            self._get_sql_booked(companies, within),
        )

    def _get_sql_register(self, companies, within):
        return SQL(
            """
            SELECT doc.company_id, line.loss_account_id AS account_id,
                   %(date)s AS date, doc.id AS writeoff_id,
                   SUM(line.value_posted) AS register, 0 AS moved, 0 AS booked
              FROM inventory_writeoff doc
              JOIN inventory_writeoff_line line ON line.writeoff_id = doc.id
             WHERE doc.company_id IN %(companies)s AND line.value_posted != 0
               AND %(within)s
          GROUP BY 1, 2, 3, 4
            """,
            companies=tuple(companies.ids),
            date=DATE,
            within=within(DATE),
        )

    def _get_sql_moved(self, companies, within):
        return SQL(
            """
            SELECT move.company_id, line.loss_account_id, %(date)s, doc.id,
                   0, SUM(CASE WHEN move.is_in THEN -move.value ELSE move.value END), 0
              FROM stock_move move
              JOIN inventory_writeoff doc ON doc.id = move.writeoff_id
         LEFT JOIN inventory_writeoff_line line ON line.id = move.writeoff_line_id
             WHERE move.company_id IN %(companies)s AND move.state = 'done'
               AND (move.is_in OR move.is_out) AND move.value != 0 AND %(within)s
          GROUP BY 1, 2, 3, 4
            """,
            companies=tuple(companies.ids),
            date=DATE,
            within=within(DATE),
        )

    def _get_sql_adopted(self, companies, within):
        """Return what posted catch-ups have taken over, and given up since."""
        return SQL(
            """
            SELECT move.company_id, line.loss_account_id, %(date)s, doc.id,
                   0, SUM(CASE WHEN line.origin_line_id IS NULL
                               THEN move.value ELSE -move.value END), 0
              FROM inventory_writeoff_line line
              JOIN inventory_writeoff doc ON doc.id = line.writeoff_id
              JOIN stock_move move
                ON move.id = COALESCE(line.adopted_move_id, line.given_up_move_id)
             WHERE move.company_id IN %(companies)s AND move.state = 'done'
               AND line.loss_account_id IS NOT NULL AND %(within)s
          GROUP BY 1, 2, 3, 4
            """,
            companies=tuple(companies.ids),
            date=DATE,
            within=within(DATE),
        )

    def _get_sql_booked(self, companies, within):
        """Return the loss items of entries of write-offs and of what reverses them."""
        return SQL(
            """
            SELECT item.company_id, item.account_id, item.date,
                   COALESCE(entry.writeoff_id, reversed.writeoff_id),
                   0, 0, SUM(item.balance)
              FROM account_move entry
         LEFT JOIN account_move reversed ON reversed.id = entry.reversed_entry_id
              JOIN account_move_line item ON item.move_id = entry.id
              JOIN account_account account ON account.id = item.account_id
             WHERE entry.id IN (
                       SELECT id FROM account_move WHERE writeoff_id IS NOT NULL
                        UNION
                       SELECT later.id FROM account_move later
                         JOIN account_move ours ON ours.id = later.reversed_entry_id
                        WHERE ours.writeoff_id IS NOT NULL
                   )
               AND item.company_id IN %(companies)s AND item.parent_state = 'posted'
               AND account.account_type IN %(types)s AND %(cost)s AND %(within)s
          GROUP BY 1, 2, 3, 4
            """,
            companies=tuple(companies.ids),
            types=YEARLY_TYPES,
            cost=self._get_sql_is_cost(),
            within=within(SQL("item.date")),
        )

    def _get_sql_is_cost(self):
        """Return the condition that an item is cost of goods, and no tax."""
        return SQL(
            """item.tax_line_id IS NULL AND item.tax_repartition_line_id IS NULL
               AND item.writeoff_is_tax IS NOT TRUE"""
        )

    def _flush(self):
        self.env["inventory.writeoff"].flush_model()
        self.env["inventory.writeoff.line"].flush_model()
        self.env["stock.move"].flush_model()
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
