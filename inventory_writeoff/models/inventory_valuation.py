from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class InventoryValuation(models.AbstractModel):
    """What stock is worth, in company currency.

    Odoo 19 keeps the unit cost of a product (of a lot, where the product is valued
    by lot) current with every move, for all three cost methods. The value of stock
    is therefore one sum over quantities, rounded once per product or lot.
    """

    _name = "inventory.valuation"
    _description = "Inventory Valuation"

    def _get_value(self, company, domain=None):
        """Return the value of the company's stock, rounded, in one query.

        :param company: one `res.company`
        :param domain: optional domain on `stock.quant` to value a part of the stock
        """
        ((value,),) = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(value), 0) FROM (%s) AS per_product",
                self._get_sql_values(company, domain),
            )
        )
        return company.currency_id.round(float(value))

    def _get_values(self, company, products):
        """Return the value of the company's stock of products, in one query.

        :return: {(product id, lot id): value}; the lot id is 0 but for products that
            are valued by lot
        """
        stock = self._get_stock(company, products)
        return {key: value for key, (_quantity, value) in stock.items()}

    def _get_stock(self, company, products):
        """Return {(product id, lot id): (quantity, value)}, as `_get_values`."""
        domain = [("product_id", "in", products.ids)]
        rows = self.env.execute_query(self._get_sql_values(company, domain))
        round_value = company.currency_id.round
        return {
            (product_id, lot_id or 0): (quantity, round_value(float(value)))
            for product_id, lot_id, quantity, value in rows
        }

    def _get_sql_values(self, company, domain=None):
        """Return the query for values by product and, where valued so, by lot."""
        # Finance sees values without being allowed to read every quant.
        quants = self.env["stock.quant"].sudo().with_company(company)
        query = quants._search(
            Domain(domain or Domain.TRUE) & self._get_valued_domain(company),
            bypass_access=True,
        )
        columns = ("product_id", "lot_id", "quantity")
        quants.flush_model(columns)
        return SQL(
            """
            WITH quants AS MATERIALIZED (%(quants)s),
            goods AS MATERIALIZED (
                SELECT product_id, lot_id, SUM(quantity) AS quantity
                  FROM quants
              GROUP BY product_id, lot_id
            )
            SELECT product.id, lot.id, SUM(goods.quantity) AS quantity,
                   ROUND((SUM(goods.quantity) * %(cost)s)::numeric, %(digits)s) AS value
              FROM goods
              JOIN product_product product ON product.id = goods.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN stock_lot lot ON lot.id = goods.lot_id AND template.lot_valuated
          GROUP BY product.id, lot.id
            """,
            cost=self._get_sql_cost(company),
            digits=company.currency_id.decimal_places,
            quants=query.select(
                *(SQL.identifier("stock_quant", column) for column in columns)
            ),
        )

    def _get_valued_domain(self, company):
        owners = [False, company.partner_id.id]
        return (
            Domain("location_id.company_id", "=", company.id)
            & Domain("location_id.usage", "in", ["internal", "transit"])
            & Domain("owner_id", "in", owners)
            & Domain("product_id.is_storable", "=", True)
        )

    def _get_sql_cost(self, company):
        self.env["product.product"].flush_model(["standard_price", "product_tmpl_id"])
        self.env["product.template"].flush_model(["lot_valuated"])
        self.env["stock.lot"].flush_model(["standard_price"])
        key = str(company.id)
        return SQL(
            """COALESCE(
                CASE WHEN lot.id IS NULL THEN (product.standard_price->>%(key)s)::float8
                     ELSE (lot.standard_price->>%(key)s)::float8
                END, 0)""",
            key=key,
        )

    def _estimate(self, lines):
        """Return {line: what its goods are worth now}, in company currency.

        FIFO takes the layers that posting would take, in the order of the lines;
        the layers of a product are read once. Goods of other owners are worth 0.
        """
        values = {}
        for company, group in lines.grouped("company_id").items():
            # Costs are readable for accounting roles only; requesters see the result.
            valued = group.sudo().with_company(company or self.env.company)
            layers, batch = {}, self.env["inventory.writeoff.batch"]
            valued = batch._read_layers(valued, valued)
            for line, valued_line in zip(group, valued, strict=True):
                value = self._estimate_line(valued_line, layers)
                values[line] = valued_line.env.company.currency_id.round(value)
        return values

    def _estimate_line(self, line, layers):
        product, quantity = line.product_id, line.quantity_product_uom
        if not line._is_company_owned() or not product.is_storable:
            return 0.0
        if product.lot_valuated and line.lot_id:
            return quantity * line.lot_id.standard_price
        if product.lot_valuated or product.cost_method != "fifo":
            return quantity * product.standard_price
        if product not in layers:
            layers[product] = self._get_fifo_layers(product)
        value = self._take_from_layers(layers[product], quantity)
        return quantity * product.standard_price if value is None else value

    def _get_fifo_layers(self, product):
        """Return the product's layers, oldest first: [[quantity, unit value], …]."""
        moves, quantity_of_first = product._run_fifo_get_stack()
        layers = []
        for move in moves:
            quantity = move._get_valued_qty()
            unit_value = move.value / quantity if quantity else 0.0
            if not layers and quantity_of_first:
                quantity = quantity_of_first
            layers.append([quantity, unit_value])
        return layers

    def _take_from_layers(self, layers, quantity):
        """Take the quantity off the layers and return its value.

        Beyond the last layer its price goes on, as in Odoo's own FIFO. None when
        there never was a layer.
        """
        value, unit_value = 0.0, None
        while quantity > 0 and layers:
            available, unit_value = layers[0]
            taken = min(available, quantity)
            value += taken * unit_value
            quantity -= taken
            layers[0][0] -= taken
            if layers[0][0] <= 0 and len(layers) > 1:
                layers.pop(0)
            elif layers[0][0] <= 0:
                break
        if unit_value is None:
            return None
        return value + max(quantity, 0.0) * unit_value
