from datetime import datetime, time, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, float_round

MAX_ITEMS = 20_000

# What tells goods from others, as columns of quants, move lines and items.
GOODS = ("product_id", "location_id", "lot_id", "package_id", "owner_id")


class InventoryWriteoffFilter(models.TransientModel):
    """Adds all free stock that matches a filter to a draft, thousands at once.

    What others hold or have reserved is left out, and so is what the draft contains
    already. The stock is found with one query, however much it is.
    """

    _name = "inventory.writeoff.filter"
    _description = "Add Items by Filter"

    writeoff_id = fields.Many2one(
        "inventory.writeoff", "Write-Off", required=True, readonly=True
    )
    company_id = fields.Many2one(related="writeoff_id.company_id")
    location_id = fields.Many2one(
        "stock.location",
        compute="_compute_location_id",
        store=True,
        readonly=False,
        domain="[('usage', 'in', ('view', 'internal', 'transit')), "
        "('company_id', 'in', (company_id, False))]",
        help="With the locations below it. Empty: all locations of the company.",
    )
    product_category_id = fields.Many2one(
        "product.category", help="With the categories below it."
    )
    product_id = fields.Many2one(
        "product.product", domain="[('is_storable', '=', True)]"
    )
    expires_before = fields.Date(
        help="Only lots whose expiration date is before this day."
    )
    not_moved_since = fields.Date(
        help="Only goods that came before this day and of which none has left stock "
        "since, the same lot where there is one."
    )
    reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        compute="_compute_why",
        store=True,
        readonly=False,
    )
    disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method",
        compute="_compute_why",
        store=True,
        readonly=False,
    )
    match_count = fields.Integer("Matching Items", compute="_compute_match_count")

    @api.depends("writeoff_id")
    def _compute_location_id(self):
        for wizard in self:
            wizard.location_id = wizard.writeoff_id.location_id

    @api.depends("writeoff_id")
    def _compute_why(self):
        for wizard in self:
            wizard.reason_id = wizard.writeoff_id.reason_id
            wizard.disposal_method_id = wizard.writeoff_id.disposal_method_id

    @api.depends(
        "writeoff_id",
        "location_id",
        "product_category_id",
        "product_id",
        "expires_before",
        "not_moved_since",
    )
    def _compute_match_count(self):
        for wizard in self:
            wizard.match_count = len(wizard._read_free_stock())

    def action_add(self):
        self.ensure_one()
        self.writeoff_id._check_can_add_items()
        rows = self._read_free_stock()
        if not rows:
            raise UserError(
                self.env._(
                    "No free stock matches. Goods that are reserved, held or already "
                    "in this write-off are left out. Choose a wider filter."
                )
            )
        if len(rows) > MAX_ITEMS:
            raise UserError(
                self.env._(
                    "%(count)s items match, and at most %(limit)s can be added at "
                    "once. Choose a narrower filter, for example one location.",
                    count=len(rows),
                    limit=MAX_ITEMS,
                )
            )
        self.env["inventory.writeoff.line"].create(
            [self._prepare_line_vals(*row) for row in rows]
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_line_vals(self, product, location, lot, package, owner, unit, free):
        return {
            "writeoff_id": self.writeoff_id.id,
            "product_id": product,
            "location_id": location,
            "lot_id": lot,
            "package_id": package,
            "owner_id": owner,
            "product_uom_id": unit,
            "quantity": free,
            "reason_id": self.reason_id.id,
            "disposal_method_id": self.disposal_method_id.id,
        }

    def _read_free_stock(self):
        """Return [(product, location, lot, package, owner, unit, free)].

        Five queries of the simplest kind, however much stock there is, put together
        here: one that joins them all is at the mercy of the planner.
        """
        free = self._read_quants()
        products = tuple({key[0] for key in free})
        if not products:
            return []
        for key, taken in self._read_taken(products).items():
            if key in free:
                on_hand, reserved = free[key]
                free[key] = (on_hand, max(reserved, taken))
        own = self._read_own_items()
        moved = self._read_moved(products)
        units = self._read_products(products)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        rows = []
        for key, (on_hand, taken) in free.items():
            product_id, _location_id, lot_id = key[:3]
            unit_id, is_tracked = units[product_id]
            quantity = float_round(on_hand - taken, precision_digits=digits)
            is_moved = (product_id, lot_id) in moved
            # Without its lot, a tracked product cannot be written off.
            lacks_lot = is_tracked and not lot_id
            if quantity > 0 and key not in own and not is_moved and not lacks_lot:
                rows.append((*key, unit_id, quantity))
        return rows

    def _read_quants(self):
        """Return {goods: (on hand, reserved)} of the quants that match, in order."""
        self.env["stock.quant"].flush_model()
        query = self.env["stock.quant"]._search(
            self._get_quant_domain(),
            order="location_id, product_id, lot_id, package_id, owner_id",
        )
        columns = [SQL.identifier("stock_quant", name) for name in GOODS]
        amounts = ("quantity", "reserved_quantity")
        columns += [SQL.identifier("stock_quant", name) for name in amounts]
        result = {}
        for *key, quantity, reserved in self.env.execute_query(query.select(*columns)):
            on_hand, taken = result.get(tuple(key), (0.0, 0.0))
            result[tuple(key)] = (on_hand + quantity, taken + reserved)
        return result

    def _read_taken(self, products):
        """Return {goods: what move lines have reserved of them}."""
        self.env["stock.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(goods)s, SUM(quantity_product_uom)
                  FROM stock_move_line
                 WHERE state NOT IN ('done', 'cancel') AND product_id IN %(products)s
              GROUP BY %(goods)s
                """,
                goods=SQL(", ").join(map(SQL.identifier, GOODS)),
                products=products,
            )
        )
        return {tuple(key): quantity for *key, quantity in rows}

    def _read_own_items(self):
        """Return the goods that the draft contains already."""
        self.env["inventory.writeoff.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM inventory_writeoff_line WHERE writeoff_id = %s",
                SQL(", ").join(map(SQL.identifier, GOODS)),
                self.writeoff_id._origin.id or 0,
            )
        )
        return set(rows)

    def _read_moved(self, products):
        """Return {(product, lot)} of which some has left stock since the day.

        For stock without lot, all that has left counts.
        """
        if not self.not_moved_since:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT done.product_id, done.lot_id
                  FROM stock_move_line done
                  JOIN stock_location source ON source.id = done.location_id
                  JOIN stock_location target ON target.id = done.location_dest_id
                 WHERE done.state = 'done'
                   AND done.date >= %(since)s
                   AND done.company_id = %(company)s
                   AND done.product_id IN %(products)s
                   AND source.usage IN ('internal', 'transit')
                   AND target.usage NOT IN ('internal', 'transit')
                """,
                since=self._get_start(self.not_moved_since),
                company=self.writeoff_id.company_id.id,
                products=products,
            )
        )
        return {(product, lot) for product, lot in rows} | {
            (product, None) for product, _lot in rows
        }

    def _read_products(self, products):
        """Return {product: (its unit, whether it is tracked)}."""
        self.env["product.template"].flush_model(["tracking", "uom_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product.id, template.uom_id, template.tracking != 'none'
                  FROM product_product product
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE product.id IN %s
                """,
                products,
            )
        )
        return {product: (unit, tracked) for product, unit, tracked in rows}

    def _get_quant_domain(self):
        domain = Domain(
            [
                ("company_id", "=", self.writeoff_id.company_id.id),
                ("location_id.usage", "in", ["internal", "transit"]),
                ("product_id.is_storable", "=", True),
            ]
        )
        if self.location_id:
            domain &= Domain("location_id", "child_of", self.location_id.id)
        if self.product_category_id:
            domain &= Domain(
                "product_id.categ_id", "child_of", self.product_category_id.id
            )
        if self.product_id:
            domain &= Domain("product_id", "=", self.product_id.id)
        if self.expires_before:
            day = self._get_start(self.expires_before)
            domain &= Domain("lot_id.expiration_date", "<", day)
        if self.not_moved_since:
            domain &= Domain("in_date", "<", self._get_start(self.not_moved_since))
        return domain

    def _get_start(self, day):
        """Return when the day begins where the user is, in UTC."""
        start = datetime.combine(day, time.min)
        local = start.replace(tzinfo=self.env.tz)
        if hasattr(self.env.tz, "localize"):
            local = self.env.tz.localize(start)
        return local.astimezone(timezone.utc).replace(tzinfo=None)
