from odoo import models
from odoo.tools import SQL


class InventoryWriteoffTieOutBills(models.AbstractModel):
    """What bills and invoices have booked on stock accounts since the last closing.

    Vendor bills count with what they say, the cost of what was invoiced with what it
    is booked at as an expense: never with the item on the stock account, whose balance
    is what is compared.
    """

    _name = "inventory.writeoff.tie.out.bills"
    _description = "Bills of the Tie-Out"

    def _get_sql(self):
        """Return the query for rows beside the stock moves that have to be billed."""
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        return SQL(
            """
            SELECT NULL::int, item.id, item.company_id, item.date::timestamp,
                   item.product_id,
                   -sign.sign * item.quantity * COALESCE(unit.factor / own.factor, 1),
                   CASE WHEN item.display_type = 'cogs' THEN item.balance
                        ELSE -sign.sign * ROUND(
                            (item.price_subtotal / COALESCE(
                                NULLIF(entry.invoice_currency_rate, 0), 1)
                            )::numeric, currency.decimal_places) END,
                   0, COALESCE(entry.ref, entry.name), NULL, kind.kind, NULL::int,
                   CASE kind.kind WHEN 'unbilled' THEN %(purchase)s
                                  ELSE %(sale)s END
              FROM account_move_line item
              JOIN account_move entry ON entry.id = item.move_id
              JOIN closing ON closing.company_id = item.company_id AND %(since)s
              JOIN product_product product ON product.id = item.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = item.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
         LEFT JOIN uom_uom unit ON unit.id = item.product_uom_id
         LEFT JOIN uom_uom own ON own.id = template.uom_id
         LEFT JOIN stock_account stock ON stock.company_id = item.company_id
                                      AND stock.account_id = item.account_id
     CROSS JOIN LATERAL (
                   SELECT CASE WHEN entry.move_type LIKE 'in_%%'
                               THEN 'unbilled' ELSE 'uninvoiced' END AS kind
                   ) AS kind
     CROSS JOIN LATERAL (
                   SELECT CASE WHEN entry.move_type IN ('in_refund', 'out_invoice',
                                                        'out_receipt')
                               THEN -1 ELSE 1 END AS sign
                   ) AS sign
             WHERE item.parent_state = 'posted' AND template.is_storable
               AND CASE WHEN item.display_type = 'cogs' THEN stock.account_id IS NULL
                        ELSE item.display_type = 'product' AND kind.kind = 'unbilled'
                         AND entry.move_type != 'entry'
                         AND stock.account_id IS NOT NULL END
            """,
            purchase=self._get_sql_purchase_line(),
            sale=self._get_sql_sale_line(),
            since=self.env["inventory.writeoff.closing"]._get_sql_is_posted_since(),
        )

    def _get_sql_purchase_line(self):
        if "purchase_line_id" not in self.env["account.move.line"]._fields:
            return SQL("NULL::int")
        return SQL("item.purchase_line_id")

    def _get_sql_sale_line(self):
        if "sale_line_ids" not in self.env["account.move.line"]._fields:
            return SQL("NULL::int")
        return SQL(
            """(SELECT MIN(sold.order_line_id) FROM sale_order_line_invoice_rel sold
                 WHERE sold.invoice_line_id = item.cogs_origin_id)"""
        )
