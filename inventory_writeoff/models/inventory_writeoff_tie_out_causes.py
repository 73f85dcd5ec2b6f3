from odoo import models
from odoo.tools import SQL

# The rank of causes that count after a closing, too.
LASTING = 7


class InventoryWriteoffTieOutCauses(models.AbstractModel):
    """The records that can have revalued a product since the last closing."""

    _name = "inventory.writeoff.tie.out.causes"
    _description = "Causes of Revaluations"

    def _get_sql(self, companies):
        """Return the query for causes, one row per company and product.

        res_model and res_id name the latest one, of those that tell most: a price
        typed in before a landed cost, before what was bought.
        """
        return SQL(
            """
            SELECT company_id, product_id, MAX(date) AS last_date,
                   COALESCE(MIN(date) FILTER (WHERE rank != %(lasting)s), MAX(date))
                       AS date,
                   (ARRAY_AGG(reference ORDER BY rank, date DESC))[1] AS reference,
                   (ARRAY_AGG(res_model ORDER BY rank, date DESC))[1] AS res_model,
                   (ARRAY_AGG(res_id ORDER BY rank, date DESC))[1] AS res_id
              FROM (
                SELECT cause.* FROM (%(causes)s) AS cause
                  JOIN closing ON closing.company_id = cause.company_id
                 WHERE closing.closed_until IS NULL
                    OR cause.date > closing.closed_until
                    OR cause.rank = %(lasting)s
              ) AS cause
          GROUP BY company_id, product_id
            """,
            causes=SQL(" UNION ALL ").join(self._get_sql_causes(companies)),
            lasting=LASTING,
        )

    def _get_sql_causes(self, companies):
        """Return queries of (rank, company, product, date, reference, model, id)."""
        parts = [
            self._get_sql_values(companies),
            self._get_sql_values_elsewhere(companies),
            self._get_sql_lots(companies),
            self._get_sql_lots_elsewhere(companies),
        ]
        if "stock.landed.cost" in self.env:
            parts.append(self._get_sql_landed())
        if "purchase_line_id" in self.env["account.move.line"]._fields:
            self.env["purchase.order.line"].flush_model()
            parts.append(self._get_sql_bought())
        return parts

    def _get_sql_values(self, companies):
        """Return what was typed in: a price, or the value of a move after it.

        A price that is older than the first move has revalued nothing.
        """
        return SQL(
            """
            SELECT 1 AS rank, typed.company_id,
                   COALESCE(move.product_id, lot.product_id, typed.product_id)
                       AS product_id,
                   typed.date, typed.description AS reference,
                   'product.value' AS res_model, typed.id AS res_id
              FROM product_value typed
         LEFT JOIN stock_move move ON move.id = typed.move_id
         LEFT JOIN stock_lot lot ON lot.id = typed.lot_id
             WHERE typed.company_id IN %s
               AND CASE WHEN move.id IS NULL THEN EXISTS (
                             SELECT 1 FROM stock_move moved
                              WHERE moved.product_id
                                    = COALESCE(lot.product_id, typed.product_id)
                                AND moved.state = 'done' AND moved.date <= typed.date)
                        ELSE typed.date > move.date END
            """,
            tuple(companies.ids),
        )

    def _get_sql_values_elsewhere(self, companies):
        """Return prices typed in for other companies, which Odoo's average cost takes.

        A closing books goods at such a price, but their cost stays what it is until
        more are received: they differ after the closing, and not before it. The price
        is the other company's own business; only its name is told.
        """
        valuation = self.env["inventory.valuation"]
        return SQL(
            """
            SELECT %(rank)s, company.id, product.id, typed.date, elsewhere.name,
                   'product.product', product.id
              FROM product_value typed
              JOIN res_company elsewhere ON elsewhere.id = typed.company_id
         LEFT JOIN stock_lot lot ON lot.id = typed.lot_id
              JOIN product_product product
                ON product.id = COALESCE(lot.product_id, typed.product_id)
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id IN %(companies)s
               AND company.id != typed.company_id
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE typed.move_id IS NULL AND %(method)s = 'average'
            """,
            rank=LASTING,
            companies=tuple(companies.ids),
            method=valuation._get_sql_method(),
        )

    def _get_sql_lots(self, companies):
        """Return lots whose cost Odoo keeps no record of, and those taken at average.

        A cost typed in on a lot at standard price leaves no product.value; lots at
        FIFO are valued by their receipts and leave at the lot's average.
        """
        valuation = self.env["inventory.valuation"]
        self.env["stock.lot"].flush_model(["standard_price"])
        return SQL(
            """
            SELECT 5, company.id, lot.product_id, lot.write_date, lot.name,
                   'stock.lot', lot.id
              FROM stock_lot lot
              JOIN product_product product ON product.id = lot.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id IN %(companies)s
               AND company.id = COALESCE(lot.company_id, company.id)
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE template.lot_valuated AND %(method)s = 'standard'
             UNION ALL
            SELECT 6, move.company_id, move.product_id, move.date, NULL, 'stock.move',
                   move.id
              FROM stock_move move
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = move.company_id
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE template.lot_valuated AND move.state = 'done'
               AND move.company_id IN %(companies)s
               AND (%(method)s = 'fifo' AND move.is_out
                    OR %(method)s = 'standard' AND move.is_in)
            """,
            companies=tuple(companies.ids),
            method=valuation._get_sql_method(),
        )

    def _get_sql_lots_elsewhere(self, companies):
        """Return lots at FIFO that other companies have goods of, too.

        Where a lot belongs to no company, a closing counts what all of them have of it
        and takes too many of the oldest receipts. Of the others only a name is told.
        """
        valuation = self.env["inventory.valuation"]
        self.env["stock.move.line"].flush_model(["company_id", "lot_id", "state"])
        return SQL(
            """
            SELECT %(rank)s, company.id, lot.product_id, shared.last_date,
                   elsewhere.name, 'stock.lot', lot.id
              FROM (
                SELECT line.lot_id, MAX(line.date) AS last_date,
                       ARRAY_AGG(DISTINCT line.company_id) AS company_ids
                  FROM stock_move_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE template.lot_valuated AND line.state = 'done'
                   AND line.lot_id IS NOT NULL
              GROUP BY line.lot_id
                HAVING COUNT(DISTINCT line.company_id) > 1
              ) AS shared
              JOIN stock_lot lot ON lot.id = shared.lot_id
              JOIN product_product product ON product.id = lot.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id IN %(companies)s
               AND company.id = ANY(shared.company_ids)
              JOIN res_company elsewhere ON elsewhere.id = ANY(shared.company_ids)
               AND elsewhere.id != company.id
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE %(method)s = 'fifo'
            """,
            rank=LASTING,
            companies=tuple(companies.ids),
            method=valuation._get_sql_method(),
        )

    def _get_sql_landed(self):
        return SQL(
            """
            SELECT 2, move.company_id, move.product_id, cost.write_date, cost.name,
                   'stock.landed.cost', cost.id
              FROM stock_valuation_adjustment_lines line
              JOIN stock_landed_cost cost ON cost.id = line.cost_id
              JOIN stock_move move ON move.id = line.move_id
             WHERE cost.state = 'done'
            """
        )

    def _get_sql_bought(self):
        """Return what was billed, and order lines whose price may have changed."""
        return SQL(
            """
            SELECT 3, item.company_id, item.product_id, entry.write_date,
                   COALESCE(entry.ref, entry.name), 'account.move', entry.id
              FROM account_move entry
              JOIN account_move_line item ON item.move_id = entry.id
             WHERE entry.move_type IN ('in_invoice', 'in_refund', 'in_receipt')
               AND entry.state = 'posted' AND item.purchase_line_id IS NOT NULL
             UNION ALL
            SELECT 4, bought.company_id, bought.product_id, bought.write_date,
                   orders.name, 'purchase.order', orders.id
              FROM purchase_order_line bought
              JOIN purchase_order orders ON orders.id = bought.order_id
             WHERE bought.product_id IS NOT NULL
            """
        )
