from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..writer import as_writer, is_writer

# Who may know what stock is worth.
VALUE_GROUPS = ",".join(
    [
        "inventory_writeoff.group_writeoff_user",
        "inventory_writeoff.group_writeoff_approver",
        "inventory_writeoff.group_writeoff_senior",
        "inventory_writeoff.group_writeoff_finance",
        "inventory_writeoff.group_writeoff_manager",
        "inventory_writeoff.group_writeoff_auditor",
        "stock.group_stock_manager",
    ]
)
GOODS_FIELDS = ("product_id", "location_id", "lot_id", "package_id", "owner_id")


class InventoryWriteoffCandidate(models.Model):
    """Stock that somebody, or the nightly scan, found unsellable.

    | action          | role                        | from                |
    |-----------------|-----------------------------|---------------------|
    | mark            | Inventory / User            |                     |
    | create write-off| Requester                   | open                |
    | dismiss         | Requester                   | open                |
    | reopen          | Requester                   | dismissed           |

    `create` is the marking by hand: it takes goods, quantity, reason, note and photo
    and nothing else; goods that are on the list already are marked anew. Everything
    else is written by code: the scan proposes, stock moves lower and remove, a
    write-off takes candidates and gives them back (the other class of this model).
    """

    _name = "inventory.writeoff.candidate"
    _description = "Unsellable Stock"
    _order = "id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        ondelete="cascade",
        domain="[('is_storable', '=', True)]",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        domain="[('product_id', '=', product_id)]",
    )
    package_id = fields.Many2one(
        "stock.package", check_company=True, index="btree_not_null", ondelete="cascade"
    )
    owner_id = fields.Many2one(
        "res.partner", check_company=True, index="btree_not_null", ondelete="cascade"
    )
    location_id = fields.Many2one(
        "stock.location",
        required=True,
        check_company=True,
        index=True,
        ondelete="cascade",
        domain="[('usage', 'in', ('internal', 'transit'))]",
    )
    quantity = fields.Float(digits="Product Unit", required=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    reason_id = fields.Many2one(
        "inventory.writeoff.reason", required=True, index=True, ondelete="restrict"
    )
    source = fields.Selection(
        [
            ("manual", "By hand"),
            ("expired", "Expired"),
            ("aged", "Not moving"),
            ("quarantine", "In quarantine"),
        ],
        required=True,
        readonly=True,
        default="manual",
    )
    note = fields.Text()
    # In the table itself: candidates come and go by SQL, and the photo with them.
    photo = fields.Image(max_width=1280, max_height=1280, attachment=False)
    found_by_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", help="Empty: the nightly scan."
    )
    found_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    value = fields.Monetary(
        readonly=True,
        groups=VALUE_GROUPS,
        help="What the goods were worth in the books when last looked at; goods of "
        "other owners are worth nothing to the company.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("in_writeoff", "In a Write-Off"),
            ("dismissed", "Dismissed"),
        ],
        required=True,
        readonly=True,
        default="open",
    )
    writeoff_line_id = fields.Many2one(
        "inventory.writeoff.line",
        "Write-Off Item",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    writeoff_id = fields.Many2one(
        related="writeoff_line_id.writeoff_id", store=True, index="btree_not_null"
    )
    dismissed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    dismissed_at = fields.Datetime(readonly=True)
    facts = fields.Char(
        readonly=True,
        help="What the proposal rests on. A dismissed one comes back when it changes.",
    )
    category_id = fields.Many2one(
        "product.category", "Product Category", readonly=True, ondelete="set null"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", readonly=True, ondelete="set null"
    )
    supplier_id = fields.Many2one(
        "res.partner",
        "Main Vendor",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    expiration_date = fields.Datetime(readonly=True)
    last_moved_on = fields.Datetime(
        readonly=True,
        help="When goods of this product last left the company or, if that is later, "
        "when these goods came in.",
    )
    days_unmoved = fields.Integer(
        "Idle Days",
        compute="_compute_days_unmoved",
        help="Days since the last move.",
    )

    # Also how the candidates of moved goods are found: product and location first.
    _goods_unique = models.UniqueIndex(
        "(product_id, location_id, COALESCE(lot_id, 0), COALESCE(package_id, 0), "
        "COALESCE(owner_id, 0), company_id) WHERE state IN ('open', 'dismissed')",
        "These goods are on the list of unsellable stock already.",
    )
    _company_state_idx = models.Index("(company_id, state, id DESC)")

    _MARK_FIELDS = {*GOODS_FIELDS, "quantity", "reason_id", "note", "photo"}

    @api.depends("last_moved_on")
    def _compute_days_unmoved(self):
        now = fields.Datetime.now()
        for candidate in self:
            since = candidate.last_moved_on
            candidate.days_unmoved = (now - since).days if since else 0

    @api.depends("product_id", "lot_id")
    def _compute_display_name(self):
        for candidate in self:
            lot = f" ({candidate.lot_id.name})" if candidate.lot_id else ""
            candidate.display_name = f"{candidate.product_id.display_name}{lot}"

    @api.model_create_multi
    def create(self, vals_list):
        if is_writer(self.env):
            return super().create(vals_list)
        return self._mark(vals_list)

    def write(self, vals):
        if not is_writer(self.env):
            raise AccessError(
                self.env._(
                    "Unsellable stock is not edited: mark the goods again to change "
                    "quantity, reason or note, or dismiss the entry."
                )
            )
        return super().write(vals)

    def _mark(self, vals_list):
        """Put goods on the list by hand; return one candidate for each values."""
        self.check_access("create")
        marks = {}
        for vals in vals_list:
            mark = {field: vals.get(field) for field in self._MARK_FIELDS}
            mark.update(self._prepare_mark_vals(mark))
            key = self._get_key(mark)
            if key in marks:
                mark["quantity"] += marks[key]["quantity"]
            marks[key] = mark
        existing = self._find_by_goods(marks)
        # A rule decides what one may create; what is found again belongs to others.
        fresh = [mark for key, mark in marks.items() if key not in existing]
        # No default of a context gets past the fields that one may set.
        context = {
            name: value
            for name, value in self.env.context.items()
            if not name.startswith("default_")
        }
        created = as_writer(self.with_env(self.env(context=context))).create(fresh)
        for key, candidate in existing.items():
            as_writer(candidate.sudo()).write(
                {**marks[key], "dismissed_by_id": False, "dismissed_at": False}
            )
        by_key = {
            **existing,
            **{
                candidate._get_key(): candidate.with_env(self.env)
                for candidate in created
            },
        }
        candidates = self.union(*by_key.values())
        candidates.check_access("read")
        candidates._check_marks()
        self.env["inventory.writeoff.candidate.facts"]._refresh(candidates)
        keys = [self._get_key(self._get_plain(vals)) for vals in vals_list]
        return self.concat(*(by_key[key] for key in keys))

    def _prepare_mark_vals(self, mark):
        location = self.env["stock.location"].browse(mark["location_id"] or [])
        return {
            "quantity": float(mark["quantity"] or 0.0),
            # The location of another company is refused by the record rule.
            "company_id": location.sudo().company_id.id or self.env.company.id,
            "source": "manual",
            "state": "open",
            "found_by_id": self.env.uid,
            "found_at": fields.Datetime.now(),
        }

    def _get_plain(self, vals):
        return {field: vals.get(field) for field in GOODS_FIELDS}

    def _get_key(self, vals=None):
        """Return what tells these goods from others: five ids, 0 for none."""
        if vals is not None:
            return tuple(vals[field] or 0 for field in GOODS_FIELDS)
        return tuple(self[field].id or 0 for field in GOODS_FIELDS)

    def _find_by_goods(self, keys):
        """Return {key: candidate on the list} of these goods, in one query."""
        candidates = self.sudo().search(
            [
                ("product_id", "in", list({key[0] for key in keys})),
                ("location_id", "in", list({key[1] for key in keys})),
                ("state", "in", ("open", "dismissed")),
            ]
        )
        by_key = {candidate._get_key(): candidate for candidate in candidates}
        return {
            key: candidate.with_env(self.env)
            for key, candidate in by_key.items()
            if key in keys
        }

    def _check_marks(self):
        problems = [*self._get_mark_problems(), *self._get_shortages()]
        if problems:
            raise UserError("\n".join(problems))

    def _get_mark_problems(self):
        for candidate in self:
            product, location = candidate.product_id, candidate.location_id
            names = {"item": candidate.display_name, "location": location.display_name}
            if not product.is_storable:
                yield self.env._(
                    "%(item)s is not tracked in stock, so there is nothing to mark.",
                    **names,
                )
            elif product.tracking != "none" and not candidate.lot_id:
                yield self.env._(
                    "%(item)s is tracked: say which lot or serial number it is.",
                    **names,
                )
            elif candidate.lot_id and candidate.lot_id.product_id != product:
                yield self.env._(
                    "%(lot)s is a lot of %(product)s. Choose a lot of these goods.",
                    lot=candidate.lot_id.name,
                    product=candidate.lot_id.product_id.display_name,
                )
            if location.usage not in ("internal", "transit"):
                yield self.env._(
                    "%(item)s: %(location)s does not hold stock of the company. Choose "
                    "the location where the goods are.",
                    **names,
                )
            if not candidate.reason_id.active:
                yield self.env._(
                    "%(item)s: reason %(reason)s is archived. Choose an active one.",
                    item=candidate.display_name,
                    reason=candidate.reason_id.display_name,
                )
            if candidate.product_uom_id.compare(candidate.quantity, 0.0) <= 0:
                yield self.env._(
                    "%(item)s: enter how much is unsellable, more than zero.", **names
                )

    def _get_shortages(self):
        """Return a sentence for each candidate that asks for more than is free."""
        free = self.env["inventory.writeoff.candidate.facts"]._get_free(self)
        for candidate in self:
            unit = candidate.product_uom_id
            if unit.compare(candidate.quantity, free[candidate]) > 0:
                yield self.env._(
                    "%(item)s: %(quantity)s %(unit)s in %(location)s is more than the "
                    "%(free)s that are there and not in a write-off already.",
                    item=candidate.display_name,
                    quantity=f"{candidate.quantity:g}",
                    unit=unit.name,
                    location=candidate.location_id.display_name,
                    free=f"{max(free[candidate], 0.0):g}",
                )
