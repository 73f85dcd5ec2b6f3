from odoo import api, fields, models


class InventoryWriteoffMarkLine(models.TransientModel):
    _name = "inventory.writeoff.mark.line"
    _description = "Goods to Mark as Unsellable"

    mark_id = fields.Many2one(
        "inventory.writeoff.mark", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="mark_id.company_id")
    product_id = fields.Many2one(
        "product.product", required=True, domain="[('is_storable', '=', True)]"
    )
    tracking = fields.Selection(related="product_id.tracking")
    lot_id = fields.Many2one(
        "stock.lot", "Lot/Serial Number", domain="[('product_id', '=', product_id)]"
    )
    package_id = fields.Many2one("stock.package")
    owner_id = fields.Many2one("res.partner")
    location_id = fields.Many2one(
        "stock.location",
        required=True,
        compute="_compute_location_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('usage', 'in', ('internal', 'transit')), "
        "('company_id', '=', company_id)]",
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    reason_id = fields.Many2one(
        "inventory.writeoff.reason", help="Empty: the reason of the form."
    )

    @api.depends("mark_id.location_id", "product_id")
    def _compute_location_id(self):
        for line in self:
            line.location_id = line.location_id or line.mark_id.location_id

    def _is_of(self, quant):
        """Tell whether the item stands for the goods of the quant."""
        fields_of_goods = (
            "product_id",
            "lot_id",
            "package_id",
            "owner_id",
            "location_id",
        )
        return all(self[field]._origin == quant[field] for field in fields_of_goods)

    def _take_what_is_free(self):
        """Lower the quantities to what is not in a write-off; drop what is nothing."""
        candidates = self.env["inventory.writeoff.candidate"]
        pairs = [
            (line, candidates.new(line._prepare_candidate_vals())) for line in self
        ]
        free = self.env["inventory.writeoff.candidate.facts"]._get_free(
            candidates.union(*(candidate for _line, candidate in pairs))
        )
        for line, candidate in pairs:
            line.quantity = min(line.quantity, max(free[candidate], 0.0))
        self.filtered(lambda line: not line.quantity).unlink()

    def _prepare_candidate_vals(self):
        mark = self.mark_id
        return {
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "package_id": self.package_id.id,
            "owner_id": self.owner_id.id,
            "location_id": self.location_id.id,
            "quantity": self.quantity,
            "reason_id": (self.reason_id or mark.reason_id).id,
            "note": mark.note,
            "photo": mark.photo,
            "company_id": mark.company_id.id,
        }
