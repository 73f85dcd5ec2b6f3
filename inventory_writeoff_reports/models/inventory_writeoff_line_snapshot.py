from odoo import api, fields, models


class InventoryWriteoffLine(models.Model):
    """What reports group by, as it was: written by `inventory.writeoff.snapshot`."""

    _inherit = "inventory.writeoff.line"

    product_quantity = fields.Float(
        compute="_compute_product_quantity",
        store=True,
        precompute=True,
        help="In the unit of the product, so that reports need not convert it.",
    )
    supplier_id = fields.Many2one(
        "res.partner",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who the lot was last received from; without one, the first vendor of the "
        "product. As it was when the item was submitted, and posted.",
    )
    received_on = fields.Date(
        readonly=True, copy=False, help="When the lot was last received."
    )
    purchase_price = fields.Float(
        "Last Purchase Price",
        digits="Product Price",
        readonly=True,
        copy=False,
        help="What a unit of the product cost when it was last received.",
    )
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, copy=False)
    category_id = fields.Many2one(
        "product.category",
        "Category When Posted",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    @api.depends("quantity", "product_uom_id", "product_id.uom_id")
    def _compute_product_quantity(self):
        for line in self:
            line.product_quantity = line.product_uom_id._compute_quantity(
                line.quantity,
                line.product_id.uom_id,
                round=False,
                raise_if_failure=False,
            )
