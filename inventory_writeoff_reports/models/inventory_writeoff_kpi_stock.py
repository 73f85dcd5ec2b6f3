from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

RISK_DAYS = (30, 60, 90)


class InventoryWriteoffKpi(models.AbstractModel):
    """What stock is worth: now, on the average of the period, and soon no longer."""

    _inherit = "inventory.writeoff.kpi"

    def _get_stock_figures(self, scope, losses):
        values = self._read_stock_values(scope)
        flows = self._read_flows(scope)
        now, before = (
            [self._get_value_then(scope, values, flows, name) for name in names]
            for names in (("start", "end"), ("before_start", "before_end"))
        )
        written_off = losses["written_off"]
        rates = (
            self._divide(value * 2, sum(span))
            for value, span in (
                (written_off["value"], now),
                (written_off["previous"], before),
            )
        )
        value = scope.convert(values.items())
        action = self._open_stock(scope)
        return {
            "inventory_value": self._figure("inventory_value", value, now[0], action),
            "write_off_rate": self._figure(
                "write_off_rate", *rates, written_off["action"]
            ),
            **self._get_risk_figures(scope),
        }

    def _get_risk_figures(self, scope):
        rows = self._read_risks(scope)
        now = fields.Datetime.now()
        figures = {}
        for position, days in enumerate(RISK_DAYS):
            name = f"at_risk_{days}"
            value = scope.convert(
                (company, risks[position]) for company, *risks in rows
            )
            soon = Domain("expiration_date", ">", fields.Datetime.to_string(now))
            soon &= Domain("expiration_date", "<=", self._get_moment(now, days))
            action = self._open_stock(scope, soon)
            figures[name] = self._figure(name, value, None, action)
        return figures

    def _get_moment(self, now, days):
        return fields.Datetime.to_string(now + timedelta(days=days))

    def _open_stock(self, scope, domain=Domain.TRUE):
        """Return the action to the goods of the companies, in their locations."""
        valued = Domain.OR(
            self.env["inventory.valuation"]._get_valued_domain(company)
            for company in scope.companies
        )
        return self._open(
            "stock.quant", valued & self._get_quant_domain(scope) & domain
        )

    def _get_quant_domain(self, scope):
        domain = Domain.TRUE
        if scope.warehouse:
            domain &= Domain("location_id.warehouse_id", "=", scope.warehouse.id)
        if scope.category:
            domain &= Domain("product_id.categ_id", "child_of", scope.category.id)
        return domain

    def _read_stock_values(self, scope):
        """Return {company id: value of its stock now}, in one query."""
        valuation = self.env["inventory.valuation"]
        domain = self._get_quant_domain(scope)
        queries = [
            SQL(
                "SELECT %s AS company_id, COALESCE(SUM(value), 0) FROM (%s) AS stock",
                company.id,
                valuation._get_sql_values(company, domain),
            )
            for company in scope.companies
        ]
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        return {company_id: float(value) for company_id, value in rows}

    def _get_value_then(self, scope, values, flows, moment):
        """Return what stock was worth: now, less what has come in since, net."""
        return scope.convert(
            (company_id, value - float(flows.get(company_id, {}).get(moment) or 0))
            for company_id, value in values.items()
        )

    def _read_flows(self, scope):
        """Return {company id: {moment: value that came in since, net}}."""
        moments = {
            "start": scope.period[0],
            "end": scope.period[1] + timedelta(days=1),
            "before_start": scope.previous[0],
            "before_end": scope.previous[1] + timedelta(days=1),
        }
        self.env["stock.move"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT company_id, %(sums)s
                  FROM (%(flows)s) AS flow
              GROUP BY company_id
                """,
                sums=SQL(", ").join(
                    SQL(
                        "SUM(value) FILTER (WHERE date >= %s) AS %s",
                        day,
                        SQL.identifier(name),
                    )
                    for name, day in moments.items()
                ),
                flows=self._get_sql_flows(scope, min(moments.values())),
            )
        )
        return {row["company_id"]: row for row in rows}

    def _get_sql_flows(self, scope, since):
        """Return the query for what moves brought in, or took out of the stock.

        A move between warehouses has no value of its own: it takes along what the
        goods cost now.
        """
        value = SQL("CASE WHEN move.is_in THEN move.value ELSE -move.value END")
        condition = SQL("(move.is_in OR move.is_out)")
        if scope.warehouse:
            warehouse = scope.warehouse.id
            value = SQL(
                """(CASE WHEN target.warehouse_id = %s THEN 1 ELSE 0 END
                    - CASE WHEN source.warehouse_id = %s THEN 1 ELSE 0 END)
                   * CASE WHEN move.is_in OR move.is_out THEN move.value
                          ELSE move.product_qty * COALESCE((
                              product.standard_price->>move.company_id::text
                          )::float8, 0) END""",
                warehouse,
                warehouse,
            )
            condition = SQL(
                "%s IN (source.warehouse_id, target.warehouse_id)", warehouse
            )
        if scope.category_ids:
            condition = SQL(
                "%s AND template.categ_id IN %s", condition, scope.category_ids
            )
        return SQL(
            """
            SELECT move.company_id, move.date, %(value)s AS value
              FROM stock_move move
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
             WHERE move.company_id IN %(companies)s AND move.state = 'done'
               AND move.date >= %(since)s AND %(condition)s
            """,
            value=value,
            companies=tuple(scope.companies.ids),
            since=since,
            condition=condition,
        )

    def _read_risks(self, scope):
        """Return [(company id, value of what expires within 30, 60 and 90 days)]."""
        now = fields.Datetime.now()
        queries = [
            self._get_sql_risks(scope, company, now) for company in scope.companies
        ]
        return self.env.execute_query(SQL(" UNION ALL ").join(queries))

    def _get_sql_risks(self, scope, company, now):
        valuation = self.env["inventory.valuation"]
        # Finance sees values without being allowed to read every quant.
        quants = self.env["stock.quant"].sudo().with_company(company)
        query = quants._search(
            valuation._get_valued_domain(company)
            & self._get_quant_domain(scope)
            & Domain("expiration_date", ">", now)
            & Domain("expiration_date", "<=", now + timedelta(days=RISK_DAYS[-1])),
            bypass_access=True,
        )
        columns = ("product_id", "lot_id", "quantity", "expiration_date")
        return SQL(
            """
            SELECT %(company)s AS company_id, %(sums)s
              FROM (
                SELECT quants.expiration_date, ROUND(
                           (SUM(quants.quantity) * %(cost)s)::numeric, %(digits)s
                       ) AS value
                  FROM (%(quants)s) AS quants
                  JOIN product_product product ON product.id = quants.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
             LEFT JOIN stock_lot lot
                    ON lot.id = quants.lot_id AND template.lot_valuated
              GROUP BY quants.lot_id, quants.expiration_date, product.id, lot.id
              ) AS lots
            """,
            company=company.id,
            sums=SQL(", ").join(
                SQL(
                    "COALESCE(SUM(value) FILTER (WHERE expiration_date <= %s), 0)",
                    now + timedelta(days=days),
                )
                for days in RISK_DAYS
            ),
            cost=valuation._get_sql_cost(company),
            digits=company.currency_id.decimal_places,
            quants=query.select(
                *(SQL.identifier("stock_quant", column) for column in columns)
            ),
        )
