from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

KINDS = [
    ("edited", "Edited or reset by hand"),
    ("foreign", "Into a write-off location, without a write-off"),
    ("scrap", "Scraps without an entry"),
    ("loss", "Inventory losses without an entry"),
    ("unbilled", "Received, not billed"),
    ("uninvoiced", "Delivered, not invoiced"),
    ("not_closed", "Not closed yet"),
    ("rounding", "Rounding"),
]
# Goods that are lost, which a catch-up can take over.
LOST = ("foreign", "scrap", "loss")


class InventoryWriteoffTieOutItem(models.Model):
    """What explains a difference of the tie-out, one row for each thing to look at.

    Write-offs whose register, stock moves and entry differ; and stock moves since the
    last inventory closing that the ledger has not seen. The value is what stock is
    worth more (or, negative, less) than the ledger says, because of this row. The rows
    name what they are about, so that people without Inventory or Accounting see it.
    """

    _name = "inventory.writeoff.tie.out.item"
    _description = "Explained Difference"
    _auto = False
    _order = "date DESC, id DESC"
    _rec_name = "reference"
    _depends = {
        "account.move": ["writeoff_id", "reversed_entry_id"],
        "account.move.line": ["account_id", "balance", "date", "parent_state"],
        "inventory.writeoff": ["accounting_date", "state"],
        "inventory.writeoff.line": ["loss_account_id", "value_posted"],
        "product.category": ["property_valuation"],
        "product.template": ["categ_id", "is_storable"],
        "stock.location": ["valuation_account_id", "usage"],
        "stock.move": ["account_move_id", "date", "is_in", "is_out", "state", "value"],
        "stock.quant": ["quantity"],
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
        """Open the write-off, or the stock moves, that this row is about."""
        self.ensure_one()
        if self.writeoff_id:
            return self.writeoff_id.get_formview_action()
        if not self.move_id.has_access("read"):
            raise UserError(
                self.env._(
                    "%(reference)s: this is a stock move, which people of Inventory "
                    "can open. Ask one of them.",
                    reference=self.reference or self.product_id.display_name,
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.stock_move_action"
        )
        return {**action, "domain": self._get_move_domain(), "context": {}}

    def _get_move_domain(self):
        if self.move_count == 1:
            return [("id", "=", self.move_id.id)]
        return [
            ("product_id", "=", self.product_id.id),
            ("company_id", "=", self.company_id.id),
            ("state", "=", "done"),
            ("date", ">=", self.date),
        ]

    @property
    def _table_query(self):
        companies = self.env.companies
        facts = self.env["inventory.writeoff.tie.out.facts"]
        return SQL(
            """
            SELECT facts.writeoff_id::bigint * 8 AS id, 'edited' AS kind,
                   facts.company_id, facts.date, facts.last_date,
                   doc.name AS reference, NULL::int AS product_id,
                   NULL::float8 AS quantity, NULL AS location, facts.value,
                   0 AS move_count, doc.id AS writeoff_id, NULL::int AS move_id
              FROM (%s) AS facts
              JOIN inventory_writeoff doc ON doc.id = facts.writeoff_id
             UNION ALL %s
             UNION ALL %s
            """,
            facts._get_sql_documents(companies),
            self._get_sql_moves(companies),
            self._get_sql_rounding(companies),
        )

    def _get_sql_moves(self, companies):
        """Return the query for moves that the ledger has not seen.

        Those that can be taken over or looked into stand alone; what waits for a bill
        is summed by order line, what waits for the closing by product.
        """
        return SQL(
            """
            SELECT MIN(id)::bigint * 8 + 1, kind, company_id,
                   MIN(date)::date, MAX(date)::date, MIN(reference), product_id,
                   SUM(quantity), MIN(location), ROUND(SUM(value * share), MIN(digits)),
                   COUNT(*), MIN(writeoff_id), MIN(id)
              FROM (%s) AS open
          GROUP BY kind, company_id, product_id, group_id
            HAVING SUM(value * share) != 0
            """,
            self._get_sql_open_moves(companies),
        )

    def _get_sql_open_moves(self, companies):
        kinds, shares, groups, joins = self._get_sql_order_parts()
        return SQL(
            """
            SELECT move.id, move.company_id, move.date, move.product_id,
                   sign.sign * move.quantity AS quantity,
                   sign.sign * move.value AS value,
                   COALESCE(move.reference, move.origin) AS reference,
                   CASE WHEN move.is_in THEN source.complete_name
                        ELSE target.complete_name END AS location,
                   kind.kind, adopting.writeoff_id,
                   currency.decimal_places AS digits,
                   CASE kind.kind %(shares)s ELSE 1 END AS share,
                   CASE WHEN kind.kind IN ('foreign', 'scrap', 'loss') THEN move.id
                        %(groups)s END AS group_id
              FROM stock_move move
              %(since)s
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = move.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
         LEFT JOIN product_category category ON category.id = template.categ_id
         LEFT JOIN inventory_writeoff_line adopting
                ON adopting.adopted_move_id = move.id
              %(joins)s
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
            shares=shares,
            groups=groups,
            since=self._get_sql_since(companies),
            joins=joins,
            kinds=kinds,
        )

    def _get_sql_since(self, companies):
        """Return the join that leaves the moves since the last closing."""
        rows = [
            SQL(
                "(%s, %s::timestamp)",
                company.id,
                company._get_stock_closed_until() or None,
            )
            for company in companies
        ]
        return SQL(
            """
            JOIN (VALUES %s) AS closing (company_id, closed_until)
              ON closing.company_id = move.company_id
             AND (closing.closed_until IS NULL OR move.date > closing.closed_until)
            """,
            SQL(", ").join(rows),
        )

    def _get_sql_order_parts(self):
        """Return kinds, shares, groups and joins for the orders that are installed."""
        fields_of_moves = self.env["stock.move"]._fields
        kinds, shares, groups, joins = [SQL("WHEN FALSE THEN NULL")], [], [], []
        for kind, link, done in (
            ("unbilled", "purchase_line_id", "qty_received"),
            ("uninvoiced", "sale_line_id", "qty_delivered"),
        ):
            if link not in fields_of_moves:
                continue
            orders = self.env[fields_of_moves[link].comodel_name]
            orders.flush_model([done, "qty_invoiced"])
            link, table = SQL.identifier("move", link), SQL.identifier(orders._table)
            ordered, done = SQL.identifier(kind), SQL.identifier(kind, done)
            kinds.append(SQL("WHEN %s IS NOT NULL THEN %s", link, kind))
            shares.append(
                SQL(
                    "WHEN %s THEN GREATEST(1 - COALESCE(%s, 0) / NULLIF(%s, 0), 0)",
                    kind,
                    SQL.identifier(kind, "qty_invoiced"),
                    done,
                )
            )
            groups.append(SQL("WHEN kind.kind = %s THEN %s", kind, link))
            joins.append(
                SQL("LEFT JOIN %s %s ON %s.id = %s", table, ordered, ordered, link)
            )
        shares = shares or [SQL("WHEN NULL THEN 1")]
        return tuple(SQL(" ").join(part) for part in (kinds, shares, groups, joins))

    def _get_sql_rounding(self, companies):
        """Return the query for goods that are gone and have left a value behind."""
        return SQL(
            """
            SELECT MAX(moved.id)::bigint * 8 + 2, 'rounding', moved.company_id,
                   MAX(moved.date)::date, MAX(moved.date)::date, NULL,
                   moved.product_id, 0, NULL, SUM(moved.value), COUNT(*)::int,
                   NULL::int, MAX(moved.id)
              FROM (
                SELECT id, company_id, product_id, date,
                       CASE WHEN is_in THEN -value ELSE value END AS value
                  FROM stock_move
                 WHERE state = 'done' AND (is_in OR is_out)
                   AND (company_id, product_id) IN (
                         SELECT move.company_id, move.product_id
                           FROM stock_move move
                           %(since)s
                          WHERE move.state = 'done' AND move.writeoff_id IS NOT NULL
                       )
              ) AS moved
              JOIN res_company company ON company.id = moved.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
             WHERE NOT EXISTS (
                     SELECT 1
                       FROM stock_quant quant
                       JOIN stock_location location ON location.id = quant.location_id
                      WHERE quant.product_id = moved.product_id
                        AND quant.company_id = moved.company_id
                        AND location.usage IN ('internal', 'transit')
                        AND quant.quantity != 0
                   )
          GROUP BY moved.company_id, moved.product_id, currency.rounding
            HAVING SUM(moved.value) != 0
               AND ABS(SUM(moved.value)) <= currency.rounding * COUNT(*)
            """,
            since=self._get_sql_since(companies),
        )
