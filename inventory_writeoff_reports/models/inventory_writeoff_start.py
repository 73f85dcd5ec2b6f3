from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.inventory_writeoff.models.inventory_writeoff_tie_out_item import LOST


class InventoryWriteoffStart(models.Model):
    """What a company has lost before it wrote goods off here, and what can be adopted.

    A row for each company that is switched on. Adopted are, by a catch-up write-off,
    losses since the last inventory closing that have no entry; what was closed is in
    the books already.
    """

    _name = "inventory.writeoff.start"
    _description = "Starting with Write-Offs"
    _auto = False
    _order = "id"
    _rec_name = "company_id"
    _depends = {
        "inventory.writeoff.tie.out.item": ["kind"],
        "stock.location": ["company_id", "usage"],
        "stock.move": ["account_move_id", "scrap_id", "state", "value"],
        "stock.quant": ["location_id", "quantity"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    scrap_count = fields.Integer("Old Scraps", readonly=True)
    scrap_value = fields.Monetary("Value of Old Scraps", readonly=True)
    scrap_unbooked_count = fields.Integer("Old Scraps without an Entry", readonly=True)
    location_count = fields.Integer("Loss Locations with Stock", readonly=True)
    lost_product_count = fields.Integer("Products in Loss Locations", readonly=True)
    adoptable_count = fields.Integer("Can Be Adopted", readonly=True)
    adoptable_value = fields.Monetary(
        "Value to Adopt",
        readonly=True,
        help="Losses since the last inventory closing that have no entry.",
    )
    since = fields.Date("Oldest", readonly=True)

    @property
    def _table_query(self):
        companies = tuple(self.env.companies.ids) or (0,)
        return SQL(
            """
            SELECT company.id, company.id AS company_id, company.currency_id,
                   scrap.count AS scrap_count, scrap.value AS scrap_value,
                   scrap.unbooked AS scrap_unbooked_count,
                   lost.locations AS location_count,
                   lost.products AS lost_product_count,
                   COALESCE(open.count, 0) AS adoptable_count,
                   COALESCE(open.value, 0) AS adoptable_value, open.since
              FROM res_company company
        CROSS JOIN LATERAL (%(scrap)s) scrap
        CROSS JOIN LATERAL (%(lost)s) lost
         LEFT JOIN (%(open)s) open ON open.company_id = company.id
             WHERE company.id IN %(companies)s
            """,
            scrap=self._get_sql_scrap(),
            lost=self._get_sql_lost(),
            open=self._get_sql_adoptable(),
            companies=companies,
        )

    def _get_sql_scrap(self):
        return SQL(
            """
            SELECT COUNT(*) AS count, COALESCE(SUM(move.value), 0) AS value,
                   COUNT(*) FILTER (WHERE move.account_move_id IS NULL) AS unbooked
              FROM stock_move move
             WHERE move.scrap_id IS NOT NULL AND move.state = 'done'
               AND move.company_id = company.id
            """
        )

    def _get_sql_lost(self):
        """Return a query: what lies in loss locations, those of write-offs apart."""
        return SQL(
            """
            SELECT COUNT(DISTINCT location.id) AS locations,
                   COUNT(DISTINCT quant.product_id) AS products
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage = 'inventory' AND quant.quantity > 0
               AND location.company_id = company.id
               AND location.id IS DISTINCT FROM company.writeoff_location_id
            """
        )

    def _get_sql_adoptable(self):
        return SQL(
            """
            SELECT item.company_id, COUNT(*) AS count, -SUM(item.value) AS value,
                   MIN(item.date) AS since
              FROM (%s) item
             WHERE item.kind IN %s AND item.writeoff_id IS NULL
          GROUP BY item.company_id
            """,
            self.env["inventory.writeoff.tie.out.item"]._table_query,
            LOST,
        )

    def action_open_adoptable(self):
        """Open the losses that a catch-up write-off can take over."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_missed_action"
        )
        domain = [("kind", "in", LOST), ("company_id", "=", self.company_id.id)]
        return {**action, "domain": domain}

    def action_open_scraps(self):
        self.ensure_one()
        domain = [("scrap_id", "!=", False), ("state", "=", "done")]
        return self._open_moves(domain)

    def action_open_lost(self):
        """Open the stock moves into loss locations that are none of write-offs."""
        self.ensure_one()
        domain = [
            ("location_dest_id.usage", "=", "inventory"),
            ("location_dest_id", "!=", self.company_id.sudo().writeoff_location_id.id),
            ("state", "=", "done"),
        ]
        return self._open_moves(domain)

    def _open_moves(self, domain):
        domain = [*domain, ("company_id", "=", self.company_id.id)]
        # Roles in write-offs read the stock moves of write-offs only.
        moves = self.env["stock.move"]
        if not moves.has_access("read") or not moves.search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "These are stock moves, which people of Inventory can open. Ask "
                    "one of them."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.stock_move_action"
        )
        return {**action, "domain": domain, "context": {}}
