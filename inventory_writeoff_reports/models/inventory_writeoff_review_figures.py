from odoo import models
from odoo.tools import SQL


class InventoryWriteoffReviewFigures(models.AbstractModel):
    """What stock on hand is worth in the books, and what it would fetch (IAS 2).

    Stock is carried at the lower of cost and net realisable value: the sales price
    without taxes, less the costs to sell. What is not sold (materials) is held against
    its last purchase price instead.
    """

    _name = "inventory.writeoff.review.figures"
    _description = "Figures of the Review of Stock"

    def _get_rows(self, company):
        """Return a dictionary per product on hand, in a fixed number of queries."""
        rows = self._read(company)
        factors = self._get_tax_factors(company, {row["tax_ids"] for row in rows})
        rates = self._get_rates(company, {row["currency_id"] for row in rows})
        for row in rows:
            factor = factors[row["tax_ids"]] * rates[row["currency_id"]]
            self._complete(company, row, factor)
        return rows

    def _complete(self, company, row, factor):
        """Add to a row what follows from it."""
        quantity, value = row["quantity"], row["value"]
        net_price = row["sales_price"] * factor
        net_price *= 1 - company.writeoff_selling_percent / 100
        is_sold = row["is_sold"] and net_price > 0
        fetched = net_price if is_sold else row["purchase_price"]
        unit_cost = value / quantity
        deviation = 0.0
        if row["purchase_price"]:
            deviation = unit_cost / row["purchase_price"] - 1
        round_value = company.currency_id.round
        write_down = max(value - quantity * fetched, 0.0) if fetched else 0.0
        row.update(
            unit_cost=unit_cost,
            net_price=net_price if is_sold else 0.0,
            basis="sales" if is_sold else "purchase" if fetched else "none",
            deviation=deviation,
            write_down=round_value(write_down),
            is_outlier=abs(deviation) > company.writeoff_review_percent / 100,
        )

    def _read(self, company):
        names = (
            "product_id",
            "quantity",
            "value",
            "purchase_price",
            "sales_price",
            "is_sold",
            "currency_id",
            "tax_ids",
        )
        self._flush()
        rows = self.env.execute_query(self._get_sql(company))
        return [
            {
                **dict(zip(names, row, strict=True)),
                "quantity": float(row[1]),
                "value": float(row[2]),
                "purchase_price": float(row[3] or 0),
                "sales_price": float(row[4] or 0),
                "tax_ids": tuple(row[7] or ()),
            }
            for row in rows
        ]

    def _flush(self):
        for model in ("product.template", "stock.move", "stock.quant", "res.company"):
            self.env[model].flush_model()

    def _get_sql(self, company):
        main_company = self.env["res.company"]._get_main_company()
        return SQL(
            """
            SELECT product.id, stock.quantity, stock.value, purchase.price,
                   template.list_price + COALESCE(variant.extra, 0),
                   template.sale_ok, COALESCE(owner.currency_id, %(currency)s),
                   taxes.ids
              FROM (
                SELECT id, SUM(quantity) AS quantity, SUM(value) AS value
                  FROM (%(values)s) AS part
              GROUP BY id
              ) stock
              JOIN product_product product ON product.id = stock.id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN res_company owner ON owner.id = template.company_id
         LEFT JOIN LATERAL (%(purchase)s) purchase ON TRUE
         LEFT JOIN LATERAL (%(variant)s) variant ON TRUE
         LEFT JOIN LATERAL (%(taxes)s) taxes ON TRUE
             WHERE stock.quantity > 0 AND stock.value > 0
          ORDER BY product.id
            """,
            values=self._get_sql_stock(company),
            currency=main_company.currency_id.id,
            purchase=self._get_sql_purchase(company),
            variant=self._get_sql_variant(),
            taxes=self._get_sql_taxes(company),
        )

    def _get_sql_stock(self, company):
        values = self.env["inventory.valuation"]._get_sql_values(company)
        return SQL(
            "SELECT id, quantity, value FROM (%s) v(id, lot_id, quantity, value)",
            values,
        )

    def _get_sql_purchase(self, company):
        """Return a query: what a unit of the product cost when last received."""
        return SQL(
            """
            SELECT move.value / NULLIF(
                       move.quantity * unit.factor / product_unit.factor, 0
                   ) AS price
              FROM stock_move move
              JOIN stock_location source
                ON source.id = move.location_id AND source.usage = 'supplier'
              JOIN uom_uom unit ON unit.id = move.product_uom
              JOIN uom_uom product_unit ON product_unit.id = template.uom_id
             WHERE move.product_id = product.id AND move.company_id = %s
               AND move.state = 'done' AND move.is_in AND move.value > 0
          ORDER BY move.date DESC, move.id DESC
             LIMIT 1
            """,
            company.id,
        )

    def _get_sql_variant(self):
        """Return a query: what the attributes of the variant add to the price."""
        return SQL(
            """
            SELECT SUM(value.price_extra) AS extra
              FROM product_variant_combination combination
              JOIN product_template_attribute_value value
                ON value.id = combination.product_template_attribute_value_id
             WHERE combination.product_product_id = product.id
            """
        )

    def _get_sql_taxes(self, company):
        return SQL(
            """
            SELECT ARRAY_AGG(tax.id ORDER BY tax.id) AS ids
              FROM product_taxes_rel rel
              JOIN account_tax tax ON tax.id = rel.tax_id
             WHERE rel.prod_id = template.id AND tax.company_id = %s
            """,
            company.id,
        )

    def _get_tax_factors(self, company, keys):
        """Return {ids of taxes: share of a sales price that is no tax}."""
        # Reviewers need no right on taxes.
        taxes = self.env["account.tax"].sudo().with_company(company)
        return {
            ids: taxes.browse(ids).compute_all(100.0)["total_excluded"] / 100.0
            if ids
            else 1.0
            for ids in keys
        }

    def _get_rates(self, company, currency_ids):
        """Return {id of a currency: what one of it is in the company's currency}."""
        currencies = self.env["res.currency"].browse(currency_ids)
        target = company.currency_id
        return {
            currency.id: currency._get_conversion_rate(currency, target, company)
            for currency in currencies
        }
