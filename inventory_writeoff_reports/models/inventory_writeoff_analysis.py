from odoo import api, fields, models
from odoo.tools import SQL

# What the rows are made of, to be written to the database before they are read.
SOURCES = {
    "inventory.writeoff": [
        "accounting_date",
        "approval_round",
        "approver_id",
        "company_id",
        "decided_at",
        "department",
        "name",
        "posted_at",
        "poster_id",
        "requester_id",
        "reversal_of_id",
        "state",
        "submitted_at",
    ],
    "inventory.writeoff.approval": ["decided_at", "round", "writeoff_id"],
    "inventory.writeoff.line": [
        "category_id",
        "cost_basis",
        "disposal_method_id",
        "location_id",
        "lot_id",
        "product_category_id",
        "product_id",
        "product_quantity",
        "reason_id",
        "received_on",
        "supplier_id",
        "value_estimated",
        "value_posted",
        "warehouse_id",
        "writeoff_id",
    ],
    "inventory.writeoff.reason": ["kind"],
    "product.product": ["product_tmpl_id"],
    "product.template": ["uom_id"],
    "res.company": ["currency_id"],
}


class InventoryWriteoffAnalysis(models.Model):
    """One row for each item of a write-off, to be grouped and summed.

    Reversals are documents of their own: what they bring back is in rows of their own,
    with negative quantities and net values, in the month of the reversal. So the net
    value of any period is what its journal entries say.

    What an item is grouped by is kept on it (`inventory.writeoff.snapshot`), so that
    history stays where it is. Every outer join is on what is unique there: PostgreSQL
    leaves out those that a grouping does not ask for.
    """

    _name = "inventory.writeoff.analysis"
    _inherit = "inventory.writeoff.report.groups"
    _description = "Write-Off Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "writeoff_id"
    _depends = SOURCES

    writeoff_id = fields.Many2one("inventory.writeoff", "Write-Off", readonly=True)
    date = fields.Date(
        "Accounting Date", readonly=True, help="Empty as long as it is not posted."
    )
    state = fields.Selection(selection="_get_states", readonly=True)
    is_reversal = fields.Boolean("Reversal", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_category_id = fields.Many2one("product.category", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    lot_id = fields.Many2one("stock.lot", "Lot/Serial Number", readonly=True)
    location_id = fields.Many2one("stock.location", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    supplier_id = fields.Many2one(
        "res.partner",
        readonly=True,
        help="Who the lot was last received from; without one, the first vendor of the "
        "product. As it was when the item was posted.",
    )
    reason_id = fields.Many2one("inventory.writeoff.reason", readonly=True)
    kind = fields.Selection(selection="_get_kinds", readonly=True)
    disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method", readonly=True
    )
    cost_basis = fields.Selection(selection="_get_cost_bases", readonly=True)
    requester_id = fields.Many2one("res.users", readonly=True)
    department = fields.Char(
        readonly=True,
        help="Of the requester, as it was when the write-off was submitted.",
    )
    submitted_at = fields.Datetime("Submitted On", readonly=True)
    approver_id = fields.Many2one("res.users", "Decided By", readonly=True)
    decided_at = fields.Datetime("Decided On", readonly=True)
    poster_id = fields.Many2one("res.users", "Posted By", readonly=True)
    posted_at = fields.Datetime("Posted On", readonly=True)
    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="In the unit of the product; negative in reversals.",
    )
    value_estimated = fields.Monetary(
        "Estimated Value",
        readonly=True,
        help="What the goods were thought to be worth when it was last estimated.",
    )
    value_posted = fields.Monetary(
        "Posted Value", readonly=True, help="What write-offs booked as a loss."
    )
    value_reversed = fields.Monetary(
        readonly=True, help="What reversals brought back, in the month they did."
    )
    value_net = fields.Monetary(
        "Net Value", readonly=True, help="Posted value less what was reversed."
    )
    lot_age = fields.Integer(
        "Lot Age (Days)",
        readonly=True,
        aggregator="avg",
        help="From the last receipt of the lot to the accounting date.",
    )
    lot_age_range = fields.Selection(
        [
            ("1", "Up to 30 days"),
            ("2", "31 to 90 days"),
            ("3", "91 to 180 days"),
            ("4", "181 to 365 days"),
            ("5", "More than a year"),
            ("none", "Not known"),
        ],
        "Lot Age",
        readonly=True,
    )
    hours_waiting = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From submission to the first decision. Average over the items.",
    )
    hours_deciding = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From the first decision to the last. Average over the items.",
    )
    hours_posting = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From the last decision to posting. Average over the items.",
    )

    @api.model
    def _get_states(self):
        return self._get_labels("inventory.writeoff", "state")

    @api.model
    def _get_kinds(self):
        return self._get_labels("inventory.writeoff.reason", "kind")

    @api.model
    def _get_cost_bases(self):
        return self._get_labels("inventory.writeoff.line", "cost_basis")

    def _get_labels(self, model, field):
        return self.env[model]._fields[field]._description_selection(self.env)

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    def _select(self):
        return SQL(
            """
            SELECT line.id, line.writeoff_id, line.product_id, line.lot_id,
                   COALESCE(line.category_id, line.product_category_id)
                       AS product_category_id,
                   line.location_id, line.reason_id,
                   line.disposal_method_id, line.cost_basis,
                   line.supplier_id, line.warehouse_id,
                   writeoff.department,
                   line.company_id, company.currency_id, writeoff.state,
                   CASE WHEN writeoff.posted_at IS NOT NULL OR line.posted_chunk > 0
                        THEN writeoff.accounting_date END AS date,
                   writeoff.requester_id, writeoff.submitted_at,
                   writeoff.approver_id, writeoff.decided_at,
                   writeoff.poster_id, writeoff.posted_at,
                   writeoff.reversal_of_id IS NOT NULL AS is_reversal,
                   reason.kind, template.uom_id,
                   %(quantity)s AS quantity,
                   %(values)s,
                   %(age)s AS lot_age, %(age_range)s AS lot_age_range,
                   %(hours)s
            """,
            quantity=self._select_quantity(),
            values=self._select_values(),
            age=self._select_age(),
            age_range=self._select_age_range(),
            hours=self._select_hours(),
        )

    def _select_quantity(self):
        return SQL(
            """
            CASE WHEN writeoff.reversal_of_id IS NULL THEN 1 ELSE -1 END
            * line.product_quantity
            """
        )

    def _select_values(self):
        return SQL(
            """
            CASE WHEN writeoff.reversal_of_id IS NULL
                 THEN line.value_posted ELSE 0 END AS value_posted,
            CASE WHEN writeoff.reversal_of_id IS NULL
                 THEN 0 ELSE -line.value_posted END AS value_reversed,
            line.value_posted AS value_net, line.value_estimated
            """
        )

    def _select_age(self):
        """Return the age at the write-off; a reversal has that of its original."""
        return SQL(
            """
            COALESCE(original.accounting_date, writeoff.accounting_date)
            - line.received_on
            """
        )

    def _select_age_range(self):
        ends = ((30, "1"), (90, "2"), (180, "3"), (365, "4"))
        age = self._select_age()
        return SQL(
            "CASE WHEN %s IS NULL THEN 'none' %s ELSE '5' END",
            age,
            SQL(" ").join(
                SQL("WHEN %s <= %s THEN %s", age, days, code) for days, code in ends
            ),
        )

    def _select_hours(self):
        first = SQL("COALESCE(decision.first_at, writeoff.decided_at)")
        spans = (
            (SQL("writeoff.submitted_at"), first, "hours_waiting"),
            (first, SQL("writeoff.decided_at"), "hours_deciding"),
            (SQL("writeoff.decided_at"), SQL("writeoff.posted_at"), "hours_posting"),
        )
        return SQL(", ").join(
            SQL(
                "DATE_PART('epoch', %s - %s) / 3600 AS %s",
                end,
                start,
                SQL.identifier(name),
            )
            for start, end, name in spans
        )

    def _from(self):
        return SQL(
            """
              FROM inventory_writeoff_line line
              JOIN inventory_writeoff writeoff ON writeoff.id = line.writeoff_id
         LEFT JOIN res_company company ON company.id = line.company_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN inventory_writeoff_reason reason ON reason.id = line.reason_id
         LEFT JOIN inventory_writeoff original ON original.id = writeoff.reversal_of_id
         LEFT JOIN (%(decision)s) decision
                ON decision.writeoff_id = writeoff.id
               AND decision.round = writeoff.approval_round
            """,
            decision=self._get_sql_decision(),
        )

    def _get_sql_decision(self):
        """Return a query: when the first decision of each round was made."""
        return SQL(
            """
            SELECT writeoff_id, round, MIN(decided_at) AS first_at
              FROM inventory_writeoff_approval
          GROUP BY writeoff_id, round
            """
        )

    def action_open_writeoff(self):
        self.ensure_one()
        return self.writeoff_id.get_formview_action()
