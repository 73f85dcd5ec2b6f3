from odoo import fields, models
from odoo.tools import SQL

# Kinds of reasons that tell of what was delivered, not of what happened to it here.
QUALITY_KINDS = ("damage", "quality", "recall")
# Measures that are no sums, but shares of a sum: by what was received.
SHARES = {"ppm": "written_quantity", "ppm_quality": "quality_quantity"}


class InventoryWriteoffSupplierQuality(models.Model):
    """What was received from each supplier, and how much of it was written off.

    A row is a receipt or an item that was written off. Receipts count in the month they
    were done, write-offs in that of their accounting date, for the supplier kept on the
    item; what reversals bring back is taken off again. Shares are those of a group.
    """

    _name = "inventory.writeoff.supplier.quality"
    _inherit = "inventory.writeoff.report.groups"
    _description = "Supplier Quality"
    _auto = False
    _order = "month desc, id"
    _rec_name = "supplier_id"
    _depends = {
        "inventory.writeoff": ["accounting_date", "posted_at", "reversal_of_id"],
        "inventory.writeoff.line": [
            "product_id",
            "product_quantity",
            "reason_id",
            "supplier_id",
            "value_posted",
            "writeoff_id",
        ],
        "inventory.writeoff.reason": ["kind"],
        "stock.move": ["date", "location_id", "picking_id", "quantity", "state"],
        "stock.picking": ["partner_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    supplier_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_category_id = fields.Many2one("product.category", readonly=True)
    month = fields.Date(readonly=True)
    received_quantity = fields.Float(
        "Received", digits="Product Unit", readonly=True, help="In the product's unit."
    )
    written_quantity = fields.Float(
        "Written Off",
        digits="Product Unit",
        readonly=True,
        help="Less what reversals brought back.",
    )
    quality_quantity = fields.Float(
        "Written Off for Quality",
        digits="Product Unit",
        readonly=True,
        help="Only for damage, quality failures and recalls.",
    )
    value_net = fields.Monetary("Net Value", readonly=True)
    ppm = fields.Float(
        "PPM Written Off",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="Written off, per million received in the same period.",
    )
    ppm_quality = fields.Float(
        "PPM Quality",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="Written off for damage, quality failures and recalls, per million "
        "received in the same period.",
    )

    def _read_group_select(self, aggregate_spec, query):
        """Return shares of the sums, as the average of shares says nothing."""
        name, _colon, function = aggregate_spec.partition(":")
        if name not in SHARES or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        return self._get_sql_share(
            SQL("SUM(%s)", self._field_to_sql(self._table, SHARES[name], query)),
            SQL("SUM(%s)", self._field_to_sql(self._table, "received_quantity", query)),
        )

    def _get_sql_share(self, part, whole):
        return SQL("%s * 1000000 / NULLIF(%s, 0)", part, whole)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT fact.id, fact.company_id, fact.supplier_id, fact.product_id,
                   fact.month, company.currency_id,
                   template.categ_id AS product_category_id,
                   received AS received_quantity, written AS written_quantity,
                   quality AS quality_quantity, value AS value_net,
                   NULL::float8 AS ppm, NULL::float8 AS ppm_quality
              FROM (%s UNION ALL %s) fact
         LEFT JOIN res_company company ON company.id = fact.company_id
         LEFT JOIN product_product product ON product.id = fact.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            self._get_sql_received(),
            self._get_sql_written(),
        )

    def _get_sql_received(self):
        return SQL(
            """
            SELECT move.id::bigint * 2 AS id, move.company_id,
                   picking.partner_id AS supplier_id, move.product_id,
                   DATE_TRUNC('month', move.date)::date AS month,
                   move.quantity * unit.factor / product_unit.factor AS received,
                   0 AS written, 0 AS quality, 0 AS value
              FROM stock_move move
              JOIN stock_location source
                ON source.id = move.location_id AND source.usage = 'supplier'
              JOIN stock_location target
                ON target.id = move.location_dest_id AND target.usage != 'supplier'
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = move.product_uom
              JOIN uom_uom product_unit ON product_unit.id = template.uom_id
         LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             WHERE move.state = 'done'
            """
        )

    def _get_sql_written(self):
        return SQL(
            """
            SELECT row.id::bigint * 2 + 1, row.company_id, row.supplier_id,
                   row.product_id,
                   DATE_TRUNC('month', row.date)::date, 0, row.quantity,
                   CASE WHEN row.kind IN %s THEN row.quantity ELSE 0 END, row.value_net
              FROM (%s) row
             WHERE row.date IS NOT NULL
            """,
            QUALITY_KINDS,
            self.env["inventory.writeoff.analysis"]._table_query,
        )

    def action_open_items(self):
        """Open the items that were written off."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff_reports.inventory_writeoff_analysis_action"
        )
        domain = [
            ("supplier_id", "=", self.supplier_id.id),
            ("product_id", "=", self.product_id.id),
            ("company_id", "=", self.company_id.id),
            ("date", "!=", False),
        ]
        views = [(False, "list"), (False, "pivot")]
        return {**action, "domain": domain, "views": views, "context": {}}
