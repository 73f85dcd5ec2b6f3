from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..writer import drop_code_only, get_code_only, is_writer

# More than anyone has, and few enough digits for exact sums.
MAX_QUANTITY = 10**10


class InventoryWriteoffLine(models.Model):
    """Goods of a write-off: one product, lot, package, owner and location."""

    _name = "inventory.writeoff.line"
    _description = "Inventory Write-Off Item"
    _inherit = ["analytic.mixin"]
    _order = "writeoff_id, sequence, id"
    _check_company_auto = True

    writeoff_id = fields.Many2one(
        "inventory.writeoff", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="writeoff_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="writeoff_id.state")
    requester_id = fields.Many2one(related="writeoff_id.requester_id")
    accounting_date = fields.Date(related="writeoff_id.accounting_date")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="[('is_storable', '=', True)]",
    )
    product_category_id = fields.Many2one(related="product_id.categ_id", store=True)
    tracking = fields.Selection(related="product_id.tracking")
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('product_id', '=', product_id)]",
    )
    package_id = fields.Many2one(
        "stock.package", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    owner_id = fields.Many2one(
        "res.partner",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose goods these are, if they are not the company's.",
    )
    location_id = fields.Many2one(
        "stock.location",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        compute="_compute_defaults",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('usage', 'in', ('internal', 'transit')), "
        "('company_id', '=', company_id)]",
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        required=True,
        compute="_compute_product_uom_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
        domain="[('id', 'in', allowed_uom_ids)]",
    )
    allowed_uom_ids = fields.Many2many("uom.uom", compute="_compute_allowed_uom_ids")
    quantity_product_uom = fields.Float(
        "Quantity in Product Unit",
        digits="Product Unit",
        compute="_compute_quantity_product_uom",
    )
    on_hand_quantity = fields.Float(
        "On Hand", digits="Product Unit", compute="_compute_stock"
    )
    free_quantity = fields.Float(
        "Free",
        digits="Product Unit",
        compute="_compute_stock",
        help="On hand, less what is reserved or held for something else.",
    )
    reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        compute="_compute_defaults",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method",
        compute="_compute_defaults",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    note = fields.Char()
    value_estimated = fields.Monetary(
        "Estimated Value", compute="_compute_value_estimated", store=True
    )
    value_posted = fields.Monetary(
        "Posted Value",
        readonly=True,
        copy=False,
        help="What the goods were worth in the books when they were written off.",
    )
    cost_basis = fields.Selection(
        [
            ("standard", "Standard price"),
            ("average", "Average cost"),
            ("fifo", "FIFO layers"),
            ("lot", "Cost of this lot"),
            ("average_any_lot", "Average cost, not this lot"),
            ("fifo_any_lot", "FIFO layers, not this lot"),
            ("none", "Not the company's goods"),
        ],
        compute="_compute_cost_basis",
        store=True,
        help="How the value is found. A lot has its own cost only where its product is "
        "valued by lot.",
    )
    stock_move_ids = fields.One2many("stock.move", "writeoff_line_id", readonly=True)

    # NaN and infinity are greater than any number for PostgreSQL.
    _quantity_is_possible = models.Constraint(
        f"CHECK (quantity >= 0 AND quantity <= {MAX_QUANTITY})",
        "The quantity of a write-off item must be a number that is not negative.",
    )

    @api.depends(
        "writeoff_id.location_id",
        "writeoff_id.reason_id",
        "writeoff_id.disposal_method_id",
    )
    def _compute_defaults(self):
        for line in self:
            for field in ("location_id", "reason_id", "disposal_method_id"):
                line[field] = line[field] or line.writeoff_id[field]

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id

    @api.depends("product_id")
    def _compute_allowed_uom_ids(self):
        for line in self:
            line.allowed_uom_ids = line.product_id.uom_id | line.product_id.uom_ids

    @api.depends("quantity", "product_uom_id", "product_id")
    def _compute_quantity_product_uom(self):
        for line in self:
            line.quantity_product_uom = line.product_uom_id._compute_quantity(
                line.quantity, line.product_id.uom_id, rounding_method="HALF-UP"
            )

    @api.depends(
        "product_id",
        "location_id",
        "lot_id",
        "package_id",
        "owner_id",
        "product_uom_id",
    )
    def _compute_stock(self):
        stock = self.env["inventory.writeoff.hold"]._get_stock(self)
        for line in self:
            on_hand, free = stock[line]
            to_line_uom = line.product_id.uom_id._compute_quantity
            line.on_hand_quantity = to_line_uom(on_hand, line.product_uom_id)
            line.free_quantity = to_line_uom(free, line.product_uom_id)

    @api.depends(
        "product_id", "lot_id", "owner_id", "location_id", "quantity", "product_uom_id"
    )
    def _compute_value_estimated(self):
        values = self.env["inventory.valuation"]._estimate(self)
        for line in self:
            line.value_estimated = values[line]

    @api.depends("product_id", "lot_id", "owner_id", "company_id")
    def _compute_cost_basis(self):
        for line in self:
            product = line.product_id.with_company(line.company_id)
            method = product.cost_method
            if not line._is_company_owned():
                line.cost_basis = "none"
            elif line.lot_id and product.lot_valuated:
                line.cost_basis = "lot"
            elif line.lot_id and method in ("average", "fifo"):
                line.cost_basis = f"{method}_any_lot"
            else:
                line.cost_basis = method

    @api.constrains("product_id", "lot_id")
    def _check_lot(self):
        for line in self:
            if line.lot_id and line.lot_id.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s: lot %(lot)s is a lot of %(product)s. Choose a lot "
                        "of the item's product.",
                        line=line._describe(),
                        lot=line.lot_id.name,
                        product=line.lot_id.product_id.display_name,
                    )
                )

    @api.constrains("location_id", "writeoff_id")
    def _check_location(self):
        for line in self:
            # The other company's location may be unreadable for the user.
            location = line.location_id.sudo()
            if location.company_id != line.writeoff_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s: location %(location)s does not belong to "
                        "%(company)s. Choose a location of that company.",
                        line=line._describe(),
                        location=location.display_name,
                        company=line.writeoff_id.company_id.display_name,
                    )
                )

    def _check_company(self, fnames=None):
        self.env["inventory.writeoff.validation"]._check_same_company(self, fnames)
        return super()._check_company(fnames)

    @api.model_create_multi
    def create(self, vals_list):
        if is_writer(self.env):
            return super().create(vals_list)
        model, vals_list = drop_code_only(self, vals_list)
        self._check_values(vals_list)
        lines = super(InventoryWriteoffLine, model).create(vals_list)
        lines._check_editable()
        return lines.with_env(self.env)

    def write(self, vals):
        if is_writer(self.env):
            return super().write(vals)
        if get_code_only(self) & vals.keys():
            raise AccessError(
                self.env._(
                    "%(items)s: values, links and totals are recorded when the "
                    "write-off is posted. Leave them out.",
                    items=", ".join(line._describe() for line in self),
                )
            )
        self._check_editable()
        self._check_values([vals])
        result = super().write(vals)
        if "writeoff_id" in vals:
            # Neither in documents of others nor in submitted ones.
            self.check_access("write")
            self._check_editable()
        return result

    def copy_data(self, default=None):
        return super().copy_data({"stock_move_ids": [], **(default or {})})

    @api.ondelete(at_uninstall=True)
    def _unlink_except_submitted(self):
        self._check_editable()

    def action_open_writeoff(self):
        self.ensure_one()
        return self.writeoff_id.get_formview_action()

    def _check_commands(self, commands):
        """Check the values of items that come with their write-off."""
        vals_list = [command[2] for command in commands or [] if len(command) == 3]
        self._check_values([vals for vals in vals_list if isinstance(vals, dict)])

    def _check_values(self, vals_list):
        """Refuse what is no quantity before PostgreSQL does, which names no item."""
        for vals in vals_list:
            if "quantity" in vals and not self._is_possible(vals["quantity"]):
                product = self.product_id.browse(vals.get("product_id", False))
                items = [line._describe() for line in self] or [product.display_name]
                raise ValidationError(
                    self.env._(
                        "%(items)s: %(quantity)s is no quantity that can be written "
                        "off. Enter how much it is, as a number that is not negative.",
                        items=", ".join(items),
                        quantity=vals["quantity"],
                    )
                )

    def _is_possible(self, quantity):
        try:
            # False for NaN, too.
            return 0 <= float(quantity) <= MAX_QUANTITY
        except (TypeError, ValueError):
            return False

    def _check_editable(self):
        if is_writer(self.env):
            return
        frozen = self.writeoff_id.filtered(lambda w: w.state != "draft")
        if frozen:
            raise UserError(frozen._get_frozen_message())

    @api.depends("product_id", "lot_id")
    def _compute_display_name(self):
        for line in self:
            lot = f" ({line.lot_id.name})" if line.lot_id else ""
            line.display_name = f"{line.product_id.display_name}{lot}"

    def _describe(self):
        """Name the item in a message: where it stands and what it is."""
        self.ensure_one()
        line_ids = self.writeoff_id.line_ids.ids
        position = line_ids.index(self.id) + 1 if self.id in line_ids else len(line_ids)
        return self.env._(
            "%(writeoff)s, item %(position)s (%(item)s)",
            writeoff=self.writeoff_id.display_name,
            position=position,
            item=self.display_name,
        )

    def _get_stock_key(self):
        """Return what tells these goods from others: five ids, 0 for none."""
        self.ensure_one()
        goods = (
            self.product_id.id,
            self.location_id.id,
            self.lot_id.id,
            self.package_id.id,
            self.owner_id.id,
        )
        if all(type(record_id) in (int, bool) for record_id in goods):
            return tuple(record_id or 0 for record_id in goods)
        # In a form, goods may be records that are being edited.
        return tuple(getattr(i, "origin", i) or 0 for i in goods)

    def _is_company_owned(self):
        """Tell whether the goods are the company's own (not on consignment)."""
        self.ensure_one()
        return not self.owner_id or self.owner_id == self.company_id.partner_id

    def _refresh_estimate(self):
        """Estimate again: prices may have moved since the item was entered."""
        self.env.add_to_compute(self._fields["value_estimated"], self)

    def _count_writeoffs(self, field, records):
        """Return {record: number of write-offs that name it in the field}."""
        if not self.has_access("read"):
            return {}
        groups = self._read_group(
            [(field, "in", records.ids)], [field], ["writeoff_id:count_distinct"]
        )
        return dict(groups)
