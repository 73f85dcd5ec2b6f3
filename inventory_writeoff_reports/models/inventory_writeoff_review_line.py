from odoo import fields, models

from odoo.addons.inventory_writeoff.writer import as_writer


class InventoryWriteoffReviewLine(models.Model):
    """A product whose value stands out at a review."""

    _name = "inventory.writeoff.review.line"
    _description = "Product of a Review of Stock Value"
    _inherit = ["inventory.writeoff.recorded"]
    _order = "write_down desc, id"
    _rec_name = "product_id"

    review_id = fields.Many2one(
        "inventory.writeoff.review", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    review_state = fields.Selection(related="review_id.state")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict"
    )
    quantity = fields.Float("On Hand", digits="Product Unit", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    unit_cost = fields.Float(digits="Product Price", readonly=True)
    purchase_price = fields.Float(
        "Last Purchase Price", digits="Product Price", readonly=True
    )
    deviation = fields.Float(
        readonly=True, help="Of the unit cost from the last purchase price."
    )
    net_price = fields.Float(
        "Net Sales Price",
        digits="Product Price",
        readonly=True,
        help="The sales price without taxes, less the costs to sell.",
    )
    basis = fields.Selection(
        [
            ("sales", "Net sales price"),
            ("purchase", "Last purchase price"),
            ("none", "Neither is known"),
        ],
        "Compared With",
        readonly=True,
        help="Materials that are not sold are held against their last purchase price.",
    )
    value = fields.Monetary("Book Value", readonly=True)
    write_down = fields.Monetary("To Be Written Down", readonly=True)
    note = fields.Char()

    def write(self, vals):
        if vals.keys() == {"note"}:
            self.review_id._check_can_review()
            # Only the note is theirs to change.
            lines = as_writer(self.sudo())
            return super(InventoryWriteoffReviewLine, lines).write(vals)
        return super().write(vals)

    def _prepare_vals(self, row):
        names = ("product_id", "quantity", "unit_cost", "purchase_price", "deviation")
        more = ("net_price", "basis", "value", "write_down")
        return {name: row[name] for name in (*names, *more)}

    def _get_recorded_reason(self):
        return self.review_id._get_recorded_reason()
