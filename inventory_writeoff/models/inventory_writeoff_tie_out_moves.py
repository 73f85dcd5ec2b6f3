from odoo import models
from odoo.tools import SQL


class InventoryWriteoffTieOutMoves(models.AbstractModel):
    """Stock moves since the last closing that the ledger has not seen, as queries.

    Those that can be taken over or looked into stand alone; what waits for a bill is
    summed by order line and less what was billed; what waits for the closing is summed
    by product. Landed costs on top of a receipt are told apart from it.
    """

    _name = "inventory.writeoff.tie.out.moves"
    _description = "Stock Moves of the Tie-Out"

    def _get_sql(self):
        """Return the query for rows of `inventory.writeoff.tie.out.item`."""
        bills = self.env["inventory.writeoff.tie.out.bills"]
        return SQL(
            """
            SELECT COALESCE(MIN(move_id)::bigint * 8 + 1, MIN(item_id)::bigint * 8 + 3),
                   CASE WHEN kind NOT IN ('unbilled', 'uninvoiced')
                          OR SUM(value) * SUM(moved) > 0
                         AND ROUND(SUM(quantity)::numeric, 6) * SUM(moved) > 0
                        THEN kind ELSE 'billed' END,
                   company_id, MIN(date)::date, MAX(date)::date, MIN(reference),
                   product_id, SUM(quantity), MIN(location), SUM(value),
                   COUNT(move_id), MIN(writeoff_id), MIN(move_id),
                   CASE WHEN MIN(move_id) IS NULL THEN 'account.move.line' END,
                   MIN(item_id)
              FROM (%s UNION ALL %s) AS open
          GROUP BY kind, company_id, product_id, group_id
            HAVING SUM(value) != 0
            """,
            self._get_sql_open(),
            bills._get_sql(),
        )

    def _get_sql_open(self):
        closings = self.env["inventory.writeoff.closing"]
        landed = self.env["inventory.writeoff.tie.out.landed"]
        kinds, groups = self._get_sql_order_parts()
        return SQL(
            """
            SELECT move.id AS move_id, NULL::int AS item_id, move.company_id,
                   move.date, move.product_id, sign.sign * move.quantity AS quantity,
                   sign.sign * (move.value - COALESCE(landed.value, 0)) AS value,
                   sign.sign * move.value AS moved,
                   COALESCE(move.reference, move.origin) AS reference,
                   CASE WHEN move.is_in THEN target.complete_name
                        ELSE source.complete_name END AS location,
                   kind.kind, adopting.writeoff_id,
                   CASE WHEN kind.kind IN ('foreign', 'scrap', 'loss') THEN move.id
                        %(groups)s END AS group_id
              FROM stock_move move
              JOIN closing ON closing.company_id = move.company_id
                               AND %(since)s
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = move.company_id
         LEFT JOIN product_category category ON category.id = template.categ_id
         LEFT JOIN inventory_writeoff_line adopting
                ON adopting.adopted_move_id = move.id
         LEFT JOIN (%(landed)s) AS landed ON landed.move_id = move.id AND move.is_in
     CROSS JOIN LATERAL (
                   SELECT CASE WHEN move.is_in THEN 1 ELSE -1 END AS sign
                   ) AS sign
     CROSS JOIN LATERAL (
                   SELECT CASE
                     WHEN source.is_writeoff_location OR target.is_writeoff_location
                     THEN 'foreign'
                     WHEN move.is_out AND target.usage = 'inventory'
                      AND target.valuation_account_id IS NULL
                     THEN CASE WHEN move.scrap_id IS NULL THEN 'loss' ELSE 'scrap' END
                     WHEN COALESCE(category.property_valuation->>company.id::text,
                                   company.inventory_valuation) = 'real_time'
                     THEN CASE %(kinds)s ELSE 'not_closed' END
                     ELSE 'not_closed' END AS kind
                   ) AS kind
             WHERE move.state = 'done' AND (move.is_in OR move.is_out)
               AND move.writeoff_id IS NULL AND move.account_move_id IS NULL
               AND move.value != 0 AND template.is_storable
            """,
            groups=groups,
            since=closings._get_sql_is_moved_since(),
            landed=landed._get_sql_by_move(),
            kinds=kinds,
        )

    def _get_sql_order_parts(self):
        """Return kinds and groups for the orders that are installed."""
        kinds, groups = [SQL("WHEN FALSE THEN NULL")], []
        for kind, link in (
            ("unbilled", "purchase_line_id"),
            ("uninvoiced", "sale_line_id"),
        ):
            if link in self.env["stock.move"]._fields:
                link = SQL.identifier("move", link)
                kinds.append(SQL("WHEN %s IS NOT NULL THEN %s", link, kind))
                groups.append(SQL("WHEN kind.kind = %s THEN %s", kind, link))
        return SQL(" ").join(kinds), SQL(" ").join(groups)
