from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

KINDS = [
    ("edited", "Edited or reset by hand"),
    ("foreign", "Into a write-off location, without a write-off"),
    ("scrap", "Scraps without an entry"),
    ("loss", "Inventory losses without an entry"),
    ("unbilled", "Received, not billed"),
    ("uninvoiced", "Delivered, not invoiced"),
    ("billed", "Billed at another value, or moved earlier or not yet"),
    ("revalued", "Revalued, not closed yet"),
    ("not_closed", "Not closed yet"),
    ("rounding", "Rounding"),
]
# What a row opens: the list of what it is about, or one form.
LISTS = {
    "account.move.line": "account.action_account_moves_all_tree",
    "product.value": "inventory_writeoff.product_value_action",
    "stock.move": "stock.stock_move_action",
}
OPENED_BY_FORM = (
    "account.move",
    "product.product",
    "purchase.order",
    "stock.landed.cost",
    "stock.lot",
)
# Goods that are lost, which a catch-up can take over.
LOST = ("foreign", "scrap", "loss")


class InventoryWriteoffTieOutItem(models.Model):
    """What explains a difference of the tie-out, one row for each thing to look at.

    Write-offs whose register, stock moves and entry differ; stock moves since the last
    inventory closing that the ledger has not seen; and what was revalued since. The
    value is what stock is worth more (or, negative, less) than the ledger says, because
    of this row. The rows name what they are about, so that people without Inventory or
    Accounting see it.
    """

    _name = "inventory.writeoff.tie.out.item"
    _description = "Explained Difference"
    _auto = False
    _order = "date DESC, id DESC"
    _rec_name = "reference"
    _depends = {
        "account.move": ["writeoff_id", "reversed_entry_id"],
        "account.move.line": ["account_id", "balance", "date", "parent_state"],
        "inventory.writeoff.closing": ["draft_entry_ids", "stock_values"],
        "inventory.writeoff": ["accounting_date", "state"],
        "inventory.writeoff.line": ["loss_account_id", "value_posted"],
        "product.category": ["property_valuation"],
        "product.template": ["categ_id", "is_storable"],
        "stock.location": ["valuation_account_id", "usage"],
        "stock.move": ["account_move_id", "date", "is_in", "is_out", "state", "value"],
        "stock.quant": ["quantity"],
        "product.product": ["standard_price"],
        "product.value": ["date", "lot_id", "move_id", "product_id", "value"],
        "stock.lot": ["standard_price"],
    }

    kind = fields.Selection(KINDS, "Why", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    last_date = fields.Date(readonly=True)
    reference = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    location = fields.Char(readonly=True)
    value = fields.Monetary(
        readonly=True,
        help="What stock is worth more, or less, than the ledger says because of this.",
    )
    move_count = fields.Integer("Stock Moves", readonly=True)
    writeoff_id = fields.Many2one("inventory.writeoff", "Write-Off", readonly=True)
    move_id = fields.Many2one("stock.move", "Stock Move", readonly=True)
    res_model = fields.Char("Record Type", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)

    def action_catch_up(self):
        """Make a draft that takes over the stock moves of these rows."""
        if wrong := self.filtered(lambda item: item.kind not in LOST):
            raise UserError(
                self.env._(
                    "%(items)s: no loss, so there is nothing to catch up on. Choose "
                    "scraps, inventory losses or moves into a write-off location.",
                    items=", ".join(wrong.mapped("display_name")),
                )
            )
        self.check_access("read")
        # The rows say what requesters may know of these stock moves.
        moves = self.sudo().move_id
        writeoffs = self.env["inventory.writeoff.catch.up"]._create(moves)
        return writeoffs.with_env(self.env)._action_open_linked(writeoffs)

    def action_open_record(self):
        """Open the write-off, or the records, that this row is about."""
        self.ensure_one()
        if self.writeoff_id:
            return self.writeoff_id.get_formview_action()
        model = self.res_model or "stock.move"
        record = self.env[model].browse(self.res_id or self.move_id.id)
        if not record.has_access("read"):
            raise UserError(
                self.env._(
                    "%(reference)s: this is a record of another app (%(model)s), which "
                    "you may not open. Ask someone of Inventory or Accounting.",
                    reference=self.reference or self.product_id.display_name,
                    model=self.env["ir.model"]._get(model).name,
                )
            )
        if model in OPENED_BY_FORM:
            return record.get_formview_action()
        return self._prepare_list_action(record)

    def _prepare_list_action(self, records):
        action = self.env["ir.actions.act_window"]._for_xml_id(LISTS[records._name])
        return {
            **action,
            "domain": self._get_record_domain(records),
            "context": {},
            "target": "current",
        }

    def _get_record_domain(self, records):
        """Return the records of this row: its own, or those of the product since."""
        if self.move_count == 1 and not self.res_model:
            return [("id", "=", self.move_id.id)]
        product = Domain("product_id", "=", self.product_id.id)
        if records._name == "product.value":
            product |= Domain("move_id.product_id", "=", self.product_id.id)
            own = Domain("id", "=", self.res_id)
        else:
            name = "state" if records._name == "stock.move" else "parent_state"
            product &= Domain(name, "in", ("done", "posted"))
            own = Domain.FALSE
        since = Domain("date", ">=", self.date)
        company = Domain("company_id", "=", self.company_id.id)
        return list(own | (product & company & since))

    @property
    def _table_query(self):
        companies = self.env.companies
        facts = self.env["inventory.writeoff.tie.out.facts"]
        return SQL(
            """
              WITH %s
            SELECT facts.writeoff_id::bigint * 8 AS id, 'edited' AS kind,
                   facts.company_id, facts.date, facts.last_date,
                   doc.name AS reference, NULL::int AS product_id,
                   NULL::float8 AS quantity, NULL AS location, facts.value,
                   0 AS move_count, doc.id AS writeoff_id, NULL::int AS move_id,
                   NULL AS res_model, NULL::int AS res_id
              FROM (%s) AS facts
              JOIN inventory_writeoff doc ON doc.id = facts.writeoff_id
             UNION ALL %s
             UNION ALL %s
            """,
            SQL(", ").join(self._get_sql_parts(companies)),
            facts._get_sql_documents(companies),
            self.env["inventory.writeoff.tie.out.moves"]._get_sql(),
            self.env["inventory.writeoff.tie.out.revalued"]._get_sql(companies),
        )

    def _get_sql_parts(self, companies):
        """Return the queries, by name, that the rest is made of."""
        closings = self.env["inventory.writeoff.closing"]
        landed = self.env["inventory.writeoff.tie.out.landed"]
        revalued = self.env["inventory.writeoff.tie.out.revalued"]
        # What is a constant for PostgreSQL leads it to the right index.
        yield SQL(
            "closing AS NOT MATERIALIZED (%s)", closings._get_sql_closings(companies)
        )
        yield SQL("stock_account AS (%s)", closings._get_sql_stock_accounts())
        yield SQL("worth AS (%s)", revalued._get_sql_worth(companies))
        yield SQL("differing AS (%s)", revalued._get_sql_differing())
        yield SQL("off_layers AS (%s)", revalued._get_sql_off_layers(companies))
        if landed._is_installed():
            yield SQL("adjusted AS (%s)", landed._get_sql_adjusted())
