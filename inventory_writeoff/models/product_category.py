from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    writeoff_aged_days = fields.Integer(
        "Unsellable After",
        company_dependent=True,
        help="Stock that has not moved for this many days is proposed as unsellable. "
        "0: as the category above, or the company. -1: never.",
    )
