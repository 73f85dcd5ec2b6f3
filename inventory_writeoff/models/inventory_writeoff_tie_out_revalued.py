from odoo import models
from odoo.tools import SQL


class InventoryWriteoffTieOutRevalued(models.AbstractModel):
    """Goods that Odoo has revalued since the last inventory closing.

    What the stock of a product has gained or lost in value, less what its moves
    brought and took, is a revaluation: Odoo revalues receipts and what is on hand, not
    what has left. All of it comes from stock, nothing from the ledger. It counts where
    a record says so: a cost typed in, a receipt at another price than the standard
    price, a bill, a landed cost. Without one it is rounding, up to half a cent for
    each move, or not explained.
    """

    _name = "inventory.writeoff.tie.out.revalued"
    _description = "Revaluations of the Tie-Out"

    def _get_sql(self, companies):
        """Return the query for rows of `inventory.writeoff.tie.out.item`."""
        self.env["product.value"].flush_model()
        return SQL(
            """
            SELECT id, kind, company_id, MIN(date), MAX(last_date), MIN(reference),
                   CASE WHEN COUNT(DISTINCT product_id) = 1 THEN MIN(product_id) END,
                   SUM(quantity), NULL, SUM(value), MAX(move_count), NULL::int,
                   MAX(move_id), MIN(res_model), MIN(res_id)
              FROM (%s UNION ALL %s UNION ALL %s %s) AS revalued
          GROUP BY id, kind, company_id
            HAVING SUM(value) != 0
            """,
            self._get_sql_products(companies),
            self._get_sql_receipts(),
            self._get_sql_typed(),
            self.env["inventory.writeoff.tie.out.landed"]._get_sql(),
        )

    def _get_sql_products(self, companies):
        """Return the query for products: all that receipts alone do not tell."""
        causes = self.env["inventory.writeoff.tie.out.causes"]
        return SQL(
            """
            SELECT CASE WHEN cause.res_model = 'stock.landed.cost'
                        THEN cause.res_id::bigint * 8 + 5
                        ELSE (changed.product_id::bigint * 1000000
                              + changed.company_id) * 8 + 2 END AS id,
                   CASE WHEN cause.product_id IS NULL THEN 'rounding'
                        ELSE 'revalued' END AS kind,
                   changed.company_id, COALESCE(cause.date, changed.date)::date AS date,
                   COALESCE(cause.last_date, changed.date)::date AS last_date,
                   cause.reference, changed.product_id, 0::numeric AS quantity,
                   changed.value, changed.moves AS move_count, changed.move_id,
                   cause.res_model, cause.res_id
              FROM (
                SELECT company_id, product_id, SUM(value) AS value, MAX(date) AS date,
                       SUM(moves)::int AS moves, MAX(move_id) AS move_id
                  FROM (
                    SELECT company_id, product_id, value, NULL::timestamp AS date,
                           0 AS moves, NULL::int AS move_id FROM worth
                     UNION ALL %(closed)s
                     UNION ALL %(moved)s
                     UNION ALL SELECT company_id, product_id, -value,
                           NULL::timestamp, 0, NULL::int FROM differing
                     UNION ALL SELECT company_id, product_id, -value,
                           NULL::timestamp, 0, NULL::int FROM off_layers
                  ) AS part
              GROUP BY company_id, product_id
                HAVING SUM(value) != 0
              ) AS changed
              JOIN closing ON closing.company_id = changed.company_id
                               AND closing.known
              JOIN res_company company ON company.id = changed.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
         LEFT JOIN (%(causes)s) AS cause ON cause.company_id = changed.company_id
                                        AND cause.product_id = changed.product_id
             WHERE cause.product_id IS NOT NULL
                OR ABS(changed.value)
                   <= currency.rounding * CEIL((changed.moves + 1) / 2.0)
            """,
            closed=self._get_sql_closed(),
            moved=self._get_sql_moved(),
            causes=causes._get_sql(companies),
        )

    def _get_sql_worth(self, companies):
        """Return the query `worth`: the value of stock now, by product and lot."""
        valuation = self.env["inventory.valuation"]
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT %s AS company_id, product_id, value
                     FROM (%s) AS goods (product_id, lot_id, quantity, value)""",
                company.id,
                valuation._get_sql_values(company),
            )
            for company in companies
        )

    def _get_sql_closed(self):
        """Return the query for the value of stock at the last closing, taken off."""
        self.env["inventory.writeoff.closing"].flush_model()
        return SQL(
            """
            SELECT closing.company_id, kept.key::int, -kept.value::numeric,
                   NULL::timestamp, 0, NULL::int
              FROM closing
              JOIN inventory_writeoff_closing known
                ON known.account_move_id = closing.entry_id
        CROSS JOIN LATERAL jsonb_each_text(known.stock_values) AS kept
            """
        )

    def _get_sql_moved(self):
        """Return the query for what moves have brought and taken, taken off."""
        closings = self.env["inventory.writeoff.closing"]
        return SQL(
            """
            SELECT move.company_id, move.product_id,
                   SUM(CASE WHEN move.is_in THEN -move.value ELSE move.value END),
                   MAX(move.date), COUNT(*), MAX(move.id)
              FROM stock_move move
              JOIN closing ON closing.company_id = move.company_id AND %s
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE move.state = 'done' AND (move.is_in OR move.is_out)
               AND template.is_storable
          GROUP BY move.company_id, move.product_id
            """,
            closings._get_sql_is_moved_since(),
        )

    def _get_sql_receipts(self):
        return SQL(
            """
            SELECT receipt.id::bigint * 8 + 4, 'revalued', receipt.company_id,
                   receipt.date::date, receipt.date::date, receipt.reference,
                   receipt.product_id, receipt.quantity, receipt.value, 1, receipt.id,
                   NULL, NULL::int
              FROM differing AS receipt
            """
        )

    def _get_sql_differing(self):
        """Return the query `differing`: receipts at another than the standard price."""
        closings = self.env["inventory.writeoff.closing"]
        valuation = self.env["inventory.valuation"]
        return SQL(
            """
            SELECT move.id, move.company_id, move.product_id, move.date,
                   COALESCE(move.reference, move.origin) AS reference,
                   goods.quantity,
                   ROUND((goods.quantity * COALESCE(
                       price.value, (product.standard_price->>move.company_id::text
                                    )::numeric, 0))::numeric,
                       currency.decimal_places) - move.value AS value
              FROM stock_move move
              JOIN closing ON closing.company_id = move.company_id AND %(since)s
                               AND closing.known
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = move.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
         LEFT JOIN product_category category ON category.id = template.categ_id
     CROSS JOIN LATERAL (%(goods)s) AS goods
         LEFT JOIN LATERAL (
                SELECT typed.value::numeric AS value
                  FROM product_value typed
                 WHERE typed.product_id = move.product_id AND typed.move_id IS NULL
                   AND typed.lot_id IS NULL AND typed.company_id = move.company_id
                   AND typed.date <= move.date
                   AND EXISTS (
                         SELECT 1 FROM product_value later
                          WHERE later.product_id = move.product_id
                            AND later.move_id IS NULL AND later.lot_id IS NULL
                            AND later.company_id = move.company_id
                            AND later.date > move.date)
              ORDER BY typed.date DESC, typed.id DESC
                 LIMIT 1
              ) AS price ON TRUE
             WHERE move.state = 'done' AND move.is_in AND template.is_storable
               AND template.lot_valuated IS NOT TRUE
               AND %(method)s = 'standard'
               AND ROUND((goods.quantity * COALESCE(
                       price.value, (product.standard_price->>move.company_id::text
                                    )::numeric, 0))::numeric,
                       currency.decimal_places) != move.value
            """,
            since=closings._get_sql_is_moved_since(),
            goods=valuation._get_sql_valued_quantity(),
            method=valuation._get_sql_method(),
        )

    def _get_sql_typed(self):
        return SQL(
            """
            SELECT (off.product_id::bigint * 1000000 + off.company_id) * 8 + 6,
                   'revalued', off.company_id, product.write_date::date,
                   product.write_date::date, NULL, off.product_id, 0, off.value, 0,
                   NULL::int, 'product.product', off.product_id
              FROM off_layers AS off
              JOIN product_product product ON product.id = off.product_id
            """
        )

    def _get_sql_off_layers(self, companies):
        """Return the query `off_layers`: FIFO goods with another cost than layers."""
        return SQL(
            """
            SELECT layered.company_id, layered.product_id,
                   SUM(layered.cost) - SUM(layered.value) AS value
              FROM (
                SELECT company_id, product_id, SUM(value) AS value, 0 AS cost
                  FROM (%s) AS layer GROUP BY company_id, product_id
                 UNION ALL
                SELECT company_id, product_id, 0, value FROM worth
              ) AS layered
          GROUP BY layered.company_id, layered.product_id
            HAVING SUM(layered.value) != 0 AND SUM(layered.cost) != SUM(layered.value)
            """,
            self.env["inventory.valuation"]._get_sql_layers(companies),
        )
