from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..writer import HOLDS_WRITTEN

# Less than any unit of measure can tell from nothing.
NOTHING = SQL("0.000001")
QUANTITY = SQL("candidate.quantity")


class InventoryWriteoffCandidateFacts(models.AbstractModel):
    """What stock says about candidates: how much is there, since when, worth what.

    Everything is asked for many goods at once, in SQL: the scan reads the whole
    stock of a company, a mark by hand or a stock move only the goods concerned.
    """

    _name = "inventory.writeoff.candidate.facts"
    _description = "Facts about Unsellable Stock"

    def _get_free(self, candidates):
        """Return {candidate: on hand, less what write-offs have taken}."""
        rows = {}
        for company, group in candidates.grouped("company_id").items():
            query = self._get_sql_stock(
                company, group.product_id.ids, group.location_id.ids
            )
            self._flush()
            for *key, on_hand, taken, _in_date in self.env.execute_query(query):
                rows[tuple(part or 0 for part in key)] = float(on_hand - taken)
        return {
            candidate: rows.get(candidate._get_key(), 0.0) for candidate in candidates
        }

    def _get_written_off(self, candidates):
        """Return {id: how much of the candidate's goods its write-off took}."""
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT candidate.id, SUM(line.quantity_product_uom)
                  FROM inventory_writeoff_candidate candidate
                  JOIN stock_move move
                    ON move.writeoff_line_id = candidate.writeoff_line_id
                  JOIN stock_move_line line ON line.move_id = move.id
                 WHERE candidate.id IN %(candidates)s
                   AND move.state = 'done'
                   AND line.product_id = candidate.product_id
                   AND line.location_id = candidate.location_id
                   AND line.lot_id IS NOT DISTINCT FROM candidate.lot_id
                   AND line.package_id IS NOT DISTINCT FROM candidate.package_id
                   AND line.owner_id IS NOT DISTINCT FROM candidate.owner_id
              GROUP BY candidate.id
                """,
                candidates=tuple(candidates.ids),
            )
        )
        return {candidate_id: float(quantity) for candidate_id, quantity in rows}

    def _follow_goods(self, goods):
        """Lower or remove the candidates of goods that have just been taken.

        One query; nothing more when there is no candidate of these goods. What a
        person marked or dismissed stays until the goods are gone; a proposal also
        gives way to write-offs that hold the goods.

        :param goods: keys: ids of product, location, lot, package and owner
        """
        if not goods:
            return
        # No more than what is read here: whoever moves goods pays for it.
        self.env["stock.quant"].flush_model(["quantity"])
        if self.env.cr.precommit.data.get(HOLDS_WRITTEN):
            self.env["stock.move.line"].flush_model(["quantity_product_uom"])
            self.env["stock.move"].flush_model(["writeoff_id", "state"])
        self.env["inventory.writeoff.candidate"].flush_model()
        changed = self.env.execute_query(
            SQL(
                """
                WITH stock AS (
                    SELECT candidate.id, candidate.state, candidate.quantity,
                           candidate.company_id, on_quants.quantity - CASE
                               WHEN candidate.source = 'manual'
                                 OR candidate.state = 'dismissed' THEN 0
                               ELSE (%(held)s) END AS left_over
                      FROM inventory_writeoff_candidate candidate,
                           LATERAL (
                               SELECT COALESCE(SUM(quant.quantity), 0) AS quantity
                                 FROM stock_quant quant
                                WHERE %(quant_is_candidate)s
                           ) AS on_quants
                     WHERE candidate.state IN ('open', 'dismissed')
                       AND candidate.product_id IN %(products)s
                       AND candidate.location_id IN %(locations)s
                ), gone AS (
                    DELETE FROM inventory_writeoff_candidate candidate
                          USING stock
                          WHERE candidate.id = stock.id
                            AND stock.left_over <= %(nothing)s
                      RETURNING candidate.id
                ), lowered AS (
                    UPDATE inventory_writeoff_candidate candidate
                       SET quantity = stock.left_over,
                           value = ROUND(candidate.value * stock.left_over
                                         / stock.quantity, currency.decimal_places)
                      FROM stock
                      JOIN res_company company ON company.id = stock.company_id
                      JOIN res_currency currency ON currency.id = company.currency_id
                     WHERE candidate.id = stock.id
                       AND stock.state = 'open'
                       AND stock.left_over > %(nothing)s
                       AND stock.left_over < stock.quantity
                 RETURNING candidate.id
                )
                SELECT id FROM gone UNION ALL SELECT id FROM lowered
                """,
                held=self._get_sql_held(),
                quant_is_candidate=self._get_sql_same_goods("quant"),
                products=tuple({key[0] for key in goods}),
                locations=tuple({key[1] for key in goods}),
                nothing=NOTHING,
            )
        )
        if changed:
            self.env["inventory.writeoff.candidate"].invalidate_model(flush=False)

    def _get_sql_held(self):
        return SQL(
            """
            SELECT COALESCE(SUM(line.quantity_product_uom), 0)
              FROM stock_move move
              JOIN stock_move_line line ON line.move_id = move.id
             WHERE move.writeoff_id IS NOT NULL
               AND move.state NOT IN ('done', 'cancel')
               AND move.product_id = candidate.product_id
               AND move.location_id = candidate.location_id
               AND %s
            """,
            self._get_sql_same_goods("line"),
        )

    def _get_sql_same_goods(self, alias):
        table = SQL.identifier(alias)
        return SQL(
            """
            %(table)s.product_id = candidate.product_id
            AND %(table)s.location_id = candidate.location_id
            AND %(table)s.lot_id IS NOT DISTINCT FROM candidate.lot_id
            AND %(table)s.package_id IS NOT DISTINCT FROM candidate.package_id
            AND %(table)s.owner_id IS NOT DISTINCT FROM candidate.owner_id
            """,
            table=table,
        )

    def _refresh(self, candidates):
        """Write value, category, warehouse, vendor and dates of the candidates."""
        candidates.flush_recordset()
        self._flush()
        for company, group in candidates.grouped("company_id").items():
            facts = self._get_sql_facts(
                company, group.product_id.ids, group.location_id.ids
            )
            self._update_from(facts, SQL("candidate.id IN %s", tuple(group.ids)))
        self.env["inventory.writeoff.candidate"].invalidate_model(flush=False)

    def _update_from(self, facts, which, quantity=QUANTITY):
        """Bring candidates up to date; rows that are already are left alone.

        :param facts: SQL of a table or a query in parentheses with the facts
        :param which: SQL condition on the candidates
        :param quantity: SQL of the quantity they shall have
        """
        columns = (
            "value",
            "category_id",
            "warehouse_id",
            "supplier_id",
            "expiration_date",
            "last_moved_on",
            "facts",
            "quantity",
        )
        new_values = SQL(
            """
            ROUND(facts.unit_value * %(quantity)s, facts.digits),
            facts.category_id, facts.warehouse_id, facts.supplier_id,
            facts.expiration_date, facts.last_moved_on,
            candidate.source || facts.facts, %(quantity)s
            """,
            quantity=quantity,
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE inventory_writeoff_candidate candidate
                   SET (%(columns)s) = ROW(%(new_values)s)
                  FROM %(facts)s AS facts
                 WHERE %(which)s AND %(same_goods)s
                   AND (%(old_values)s) IS DISTINCT FROM (%(new_values)s)
             RETURNING candidate.id
                """,
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                old_values=SQL(", ").join(
                    SQL.identifier("candidate", column) for column in columns
                ),
                new_values=new_values,
                facts=facts,
                which=which,
                same_goods=self._get_sql_same_goods_as_facts(),
            )
        )

    def _get_sql_same_goods_as_facts(self):
        # COALESCE, and not IS NOT DISTINCT FROM, so that PostgreSQL can hash.
        return SQL(
            """
            candidate.product_id = facts.product_id
            AND candidate.location_id = facts.location_id
            AND COALESCE(candidate.lot_id, 0) = COALESCE(facts.lot_id, 0)
            AND COALESCE(candidate.package_id, 0) = COALESCE(facts.package_id, 0)
            AND COALESCE(candidate.owner_id, 0) = COALESCE(facts.owner_id, 0)
            """
        )

    def _flush(self):
        """Write what the queries of this model read."""
        env = self.env
        env["stock.quant"].flush_model(["quantity", "in_date", "company_id"])
        env["stock.move"].flush_model(
            ["state", "company_id", "writeoff_id", "writeoff_line_id"]
        )
        env["stock.move.line"].flush_model(
            ["state", "date", "quantity_product_uom", "company_id"]
        )
        env["inventory.writeoff"].flush_model(["state"])
        env["inventory.writeoff.candidate"].flush_model()

    def _get_sql_stock(self, company, product_ids=None, location_ids=None):
        """Return a query: goods, on hand, taken by write-offs, came in at.

        Taken is what submitted write-offs hold and what drafts took off this list.
        """
        goods = SQL("TRUE")
        if product_ids is not None:
            goods = SQL(
                "product_id IN %s AND location_id IN %s",
                tuple(product_ids) or (0,),
                tuple(location_ids) or (0,),
            )
        return SQL(
            """
            SELECT product_id, location_id, lot_id, package_id, owner_id,
                   SUM(on_hand) AS on_hand, SUM(taken) AS taken,
                   MAX(in_date) AS in_date
              FROM (
                SELECT product_id, location_id, lot_id, package_id, owner_id,
                       quantity AS on_hand, 0 AS taken, in_date
                  FROM stock_quant
                 WHERE company_id = %(company)s
             UNION ALL
                SELECT line.product_id, line.location_id, line.lot_id,
                       line.package_id, line.owner_id,
                       0, line.quantity_product_uom, NULL
                  FROM stock_move move
                  JOIN stock_move_line line ON line.move_id = move.id
                 WHERE move.writeoff_id IS NOT NULL
                   AND move.state NOT IN ('done', 'cancel')
                   AND move.company_id = %(company)s
             UNION ALL
                SELECT candidate.product_id, candidate.location_id, candidate.lot_id,
                       candidate.package_id, candidate.owner_id,
                       0, candidate.quantity, NULL
                  FROM inventory_writeoff_candidate candidate
                  JOIN inventory_writeoff writeoff
                    ON writeoff.id = candidate.writeoff_id
                 WHERE candidate.state = 'in_writeoff'
                   AND writeoff.state IN ('draft', 'rejected')
                   AND candidate.company_id = %(company)s
              ) AS goods
             WHERE %(goods)s
          GROUP BY product_id, location_id, lot_id, package_id, owner_id
            HAVING SUM(on_hand) > %(nothing)s
            """,
            company=company.id,
            goods=goods,
            nothing=NOTHING,
        )

    def _get_sql_facts(self, company, product_ids=None, location_ids=None):
        """Return a query in parentheses: one row of facts for all goods on hand.

        Given products and locations, it reads only their stock and their moves.
        """
        env = self.env
        env["product.product"].flush_model(["product_tmpl_id"])
        env["product.template"].flush_model(["categ_id", "use_expiration_date"])
        env["product.supplierinfo"].flush_model()
        env["stock.lot"].flush_model(["expiration_date"])
        env["stock.location"].flush_model()
        aged_days = self._get_aged_days(company)
        return SQL(
            """(
            WITH stock AS MATERIALIZED (%(stock)s),
            last_out AS MATERIALIZED (%(last_out)s),
            vendor AS MATERIALIZED (%(vendor)s),
            location AS MATERIALIZED (%(location)s),
            category_rule (id, days) AS MATERIALIZED (
                SELECT * FROM UNNEST(%(category_ids)s::int[], %(days)s::int[])
            )
            SELECT stock.product_id, stock.location_id, stock.lot_id,
                   stock.package_id, stock.owner_id, stock.on_hand,
                   stock.on_hand - stock.taken AS free,
                   template.categ_id AS category_id, location.warehouse_id,
                   vendor.partner_id AS supplier_id,
                   CASE WHEN template.use_expiration_date
                        THEN goods_lot.expiration_date END AS expiration_date,
                   GREATEST(last_out.date, stock.in_date) AS last_moved_on,
                   COALESCE(category_rule.days, %(company_days)s) AS aged_days,
                   location.is_quarantine,
                   CASE WHEN COALESCE(stock.owner_id, %(own)s) = %(own)s
                        THEN (%(cost)s)::numeric ELSE 0 END AS unit_value,
                   %(digits)s AS digits,
                   CONCAT_WS('|', '', goods_lot.expiration_date,
                       GREATEST(last_out.date, stock.in_date),
                       TRIM_SCALE(ROUND(stock.on_hand, 6))) AS facts
              FROM stock
              JOIN location ON location.id = stock.location_id
              JOIN product_product product ON product.id = stock.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN stock_lot goods_lot ON goods_lot.id = stock.lot_id
         LEFT JOIN stock_lot lot
                ON lot.id = stock.lot_id AND template.lot_valuated
         LEFT JOIN last_out ON last_out.product_id = stock.product_id
         LEFT JOIN vendor ON vendor.product_id = stock.product_id
         LEFT JOIN category_rule ON category_rule.id = template.categ_id
             WHERE template.is_storable
            )""",
            stock=self._get_sql_stock(company, product_ids, location_ids),
            last_out=self._get_sql_last_out(company, product_ids),
            vendor=self._get_sql_vendor(company, product_ids),
            location=self._get_sql_location(company),
            category_ids=list(aged_days),
            days=list(aged_days.values()),
            company_days=company.writeoff_aged_days,
            own=company.partner_id.id,
            cost=env["inventory.valuation"]._get_sql_cost(company),
            digits=company.currency_id.decimal_places,
        )

    def _get_sql_location(self, company):
        """Return a query: locations of goods, and whether they are in quarantine."""
        return SQL(
            """
            SELECT place.id, place.warehouse_id,
                   EXISTS (
                       SELECT 1 FROM stock_location quarantine
                        WHERE quarantine.is_quarantine
                          AND place.parent_path LIKE quarantine.parent_path || '%%'
                   ) AS is_quarantine
              FROM stock_location place
             WHERE place.usage IN ('internal', 'transit')
               AND place.company_id = %(company)s
            """,
            company=company.id,
        )

    def _get_sql_last_out(self, company, product_ids=None):
        """Return a query: when goods of a product last left the company for use.

        Counts, scraps and write-offs are no demand, and neither are moves from one
        shelf to another.
        """
        products = SQL("TRUE")
        if product_ids is not None:
            products = SQL("line.product_id IN %s", tuple(product_ids) or (0,))
        return SQL(
            """
            SELECT line.product_id, MAX(line.date) AS date
              FROM stock_move_line line
              JOIN stock_location source ON source.id = line.location_id
              JOIN stock_location destination
                ON destination.id = line.location_dest_id
             WHERE line.state = 'done'
               AND line.company_id = %(company)s
               AND source.usage IN ('internal', 'transit')
               AND (destination.usage IN ('customer', 'production', 'supplier')
                    OR (destination.usage = 'transit'
                        AND destination.company_id IS NULL))
               AND %(products)s
          GROUP BY line.product_id
            """,
            company=company.id,
            products=products,
        )

    def _get_sql_vendor(self, company, product_ids=None):
        """Return a query: the first vendor of a product, in Odoo's own order."""
        products = SQL("TRUE")
        if product_ids is not None:
            products = SQL("product.id IN %s", tuple(product_ids) or (0,))
        return SQL(
            """
            SELECT DISTINCT ON (product.id) product.id AS product_id, info.partner_id
              FROM product_supplierinfo info
              JOIN product_product product
                ON product.product_tmpl_id = info.product_tmpl_id
               AND COALESCE(info.product_id, product.id) = product.id
             WHERE COALESCE(info.company_id, %(company)s) = %(company)s
               AND %(products)s
          ORDER BY product.id, info.sequence, info.min_qty DESC, info.price, info.id
            """,
            company=company.id,
            products=products,
        )

    def _get_aged_days(self, company):
        """Return {category id: days without a move after which stock is proposed}.

        A category without its own takes that of the category above it.
        """
        categories = self.env["product.category"].sudo().with_company(company)
        days = {}
        # Parents come before their children in this order.
        for category in categories.search([], order="parent_path"):
            above = days.get(category.parent_id.id, company.writeoff_aged_days)
            days[category.id] = category.writeoff_aged_days or above
        return days

    def _get_expiry_limit(self, company):
        return fields.Datetime.now() + timedelta(days=company.writeoff_expiry_days)
