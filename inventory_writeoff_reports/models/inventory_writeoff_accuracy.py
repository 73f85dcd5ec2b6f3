from odoo import api, fields, models
from odoo.tools import SQL


class InventoryWriteoffAccuracy(models.Model):
    """What posted items cost, against what was paid last and what they cost now.

    A row is an item, less what was reversed of it. The purchase price is the last one
    before it was posted; what cost what it should is near it.
    """

    _name = "inventory.writeoff.accuracy"
    _description = "Cost-Basis Accuracy"
    _auto = False
    _order = "deviation_abs desc, id desc"
    _rec_name = "writeoff_id"
    _depends = {
        "inventory.writeoff": ["accounting_date", "company_id", "reversal_of_id"],
        "inventory.writeoff.line": [
            "category_id",
            "cost_basis",
            "lot_id",
            "product_id",
            "purchase_price",
            "quantity",
            "quantity_reversed",
            "supplier_id",
            "value_posted",
            "value_reversed",
        ],
        "product.product": ["standard_price"],
        "res.company": ["writeoff_review_percent"],
        "stock.lot": ["standard_price"],
    }

    writeoff_id = fields.Many2one("inventory.writeoff", "Write-Off", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date("Accounting Date", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_category_id = fields.Many2one("product.category", readonly=True)
    supplier_id = fields.Many2one("res.partner", readonly=True)
    cost_basis = fields.Selection(selection="_get_cost_bases", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    unit_cost = fields.Float(
        "Posted Unit Cost", digits="Product Price", readonly=True, aggregator="avg"
    )
    purchase_price = fields.Float(
        "Last Purchase Price",
        digits="Product Price",
        readonly=True,
        aggregator="avg",
        help="What a unit cost when it was last received before the item was posted.",
    )
    current_cost = fields.Float(
        digits="Product Price",
        readonly=True,
        aggregator="avg",
        help="What a unit costs now.",
    )
    value = fields.Monetary("Posted Value", readonly=True)
    value_at_purchase = fields.Monetary("Value at Purchase Price", readonly=True)
    value_at_current = fields.Monetary("Value at Current Cost", readonly=True)
    difference_purchase = fields.Monetary(
        "Against Purchase Price",
        readonly=True,
        help="Posted value less the value at the last purchase price.",
    )
    difference_current = fields.Monetary("Against Current Cost", readonly=True)
    deviation = fields.Float(
        readonly=True,
        aggregator=None,
        help="Of the posted unit cost from the last purchase price.",
    )
    deviation_abs = fields.Float(readonly=True, aggregator=None)
    is_outlier = fields.Boolean(
        "Outlier",
        readonly=True,
        help="The posted unit cost is further from the last purchase price than the "
        "settings allow.",
    )

    @api.model
    def _get_cost_bases(self):
        lines = self.env["inventory.writeoff.line"]
        return lines._fields["cost_basis"]._description_selection(self.env)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT item.*,
                   item.value - item.value_at_purchase AS difference_purchase,
                   item.value - item.value_at_current AS difference_current,
                   item.unit_cost / NULLIF(item.purchase_price, 0) - 1 AS deviation,
                   ABS(item.unit_cost / NULLIF(item.purchase_price, 0) - 1)
                       AS deviation_abs,
                   ABS(item.unit_cost / NULLIF(item.purchase_price, 0) - 1)
                       > item.tolerance / 100 AS is_outlier
              FROM (%s) item
            """,
            self._get_sql_items(),
        )

    def _get_sql_items(self):
        return SQL(
            """
            SELECT posted.*, posted.value / posted.quantity AS unit_cost,
                   CASE WHEN posted.purchase_price = 0 THEN posted.value
                        ELSE posted.quantity * posted.purchase_price
                   END AS value_at_purchase,
                   posted.quantity * posted.current_cost AS value_at_current
              FROM (
                SELECT line.id, line.writeoff_id, writeoff.company_id,
                       company.currency_id, writeoff.accounting_date AS date,
                       line.product_id, line.category_id AS product_category_id,
                       line.supplier_id, line.cost_basis, template.uom_id,
                       COALESCE(line.purchase_price, 0) AS purchase_price,
                       (line.quantity - COALESCE(line.quantity_reversed, 0))
                       * unit.factor / product_unit.factor AS quantity,
                       line.value_posted - COALESCE(line.value_reversed, 0) AS value,
                       %(cost)s AS current_cost,
                       company.writeoff_review_percent AS tolerance
                  FROM inventory_writeoff_line line
                  JOIN inventory_writeoff writeoff ON writeoff.id = line.writeoff_id
                  JOIN res_company company ON company.id = writeoff.company_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                  JOIN uom_uom product_unit ON product_unit.id = template.uom_id
             LEFT JOIN stock_lot lot
                    ON lot.id = line.lot_id AND template.lot_valuated
                 WHERE writeoff.reversal_of_id IS NULL AND line.value_posted != 0
                   AND line.quantity > COALESCE(line.quantity_reversed, 0)
              ) posted
            """,
            cost=SQL(
                """
                COALESCE(
                    CASE WHEN lot.id IS NULL THEN product.standard_price
                         ELSE lot.standard_price
                    END ->> company.id::text, '0')::numeric
                """
            ),
        )

    def action_open_writeoff(self):
        self.ensure_one()
        return self.writeoff_id.get_formview_action()
