from odoo import models
from odoo.tools import SQL


class InventoryValuation(models.AbstractModel):
    """What goods at FIFO are worth by their receipts, as an inventory closing does."""

    _inherit = "inventory.valuation"

    def _get_sql_layers(self, companies):
        """Return the query for (company, product, lot, value) of goods at FIFO.

        The latest receipts are what is left; beyond the first one its price goes on.
        Odoo counts goods of other owners as well.
        """
        self._flush_layers()
        return SQL(
            """
            SELECT company_id, product_id, lot_id, ROUND((SUM(value / taken_of * taken)
                   )::numeric, MIN(digits)) AS value
              FROM (
                SELECT layer.*,
                       quantity AS taken_of,
                       GREATEST(LEAST(quantity, on_hand - later), 0)
                       + CASE WHEN later = 0 THEN GREATEST(on_hand - received, 0)
                              ELSE 0 END AS taken
                  FROM (
                    SELECT goods.*, move.value, received.quantity,
                           SUM(received.quantity) OVER latest_first
                           - received.quantity AS later,
                           SUM(received.quantity) OVER (
                               PARTITION BY goods.company_id, goods.product_id,
                                            goods.lot_id) AS received
                      FROM (%(goods)s) AS goods
                      JOIN stock_move move ON move.product_id = goods.product_id
                       AND move.company_id = goods.company_id AND move.is_in
                       AND move.state = 'done'
                      JOIN res_company company ON company.id = goods.company_id
         CROSS JOIN LATERAL (%(received)s) AS received
                     WHERE received.quantity > 0
                       AND (goods.lot_id IS NULL OR EXISTS (
                             SELECT 1 FROM stock_move_line line
                              WHERE line.move_id = move.id
                                AND line.lot_id = goods.lot_id))
                    WINDOW latest_first AS (
                           PARTITION BY goods.company_id, goods.product_id, goods.lot_id
                           ORDER BY move.date DESC, move.id DESC)
                  ) AS layer
              ) AS taken
          GROUP BY company_id, product_id, lot_id
            """,
            goods=self._get_sql_fifo_goods(companies),
            received=self._get_sql_valued_quantity(),
        )

    def _get_sql_fifo_goods(self, companies):
        return SQL(
            """
            SELECT location.company_id, quant.product_id,
                   CASE WHEN template.lot_valuated THEN quant.lot_id END AS lot_id,
                   currency.decimal_places AS digits,
                   SUM(quant.quantity)::numeric AS on_hand
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
              JOIN product_product product ON product.id = quant.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = location.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE location.company_id IN %(companies)s AND template.is_storable
               AND location.usage IN ('internal', 'transit') AND %(method)s = 'fifo'
          GROUP BY 1, 2, 3, 4
            HAVING SUM(quant.quantity) > 0
            """,
            companies=tuple(companies.ids),
            method=self._get_sql_method(),
        )

    def _get_sql_method(self):
        """Return the cost method of a `category` in a `company`."""
        return SQL(
            """COALESCE(category.property_cost_method->>company.id::text,
                        company.cost_method)"""
        )

    def _get_sql_valued_quantity(self):
        """Return the query for what a `move` moved of the `company`'s own goods."""
        return SQL(
            """
            SELECT COALESCE(SUM(line.quantity_product_uom), 0)::numeric AS quantity
              FROM stock_move_line line
             WHERE line.move_id = move.id AND line.picked
               AND COALESCE(line.owner_id, company.partner_id) = company.partner_id
            """
        )

    def _flush_layers(self):
        self.env["stock.move"].flush_model(
            ["company_id", "date", "is_in", "product_id", "state", "value"]
        )
        self.env["stock.move.line"].flush_model(
            ["lot_id", "move_id", "owner_id", "picked", "quantity_product_uom"]
        )
        self.env["product.category"].flush_model(["property_cost_method"])
