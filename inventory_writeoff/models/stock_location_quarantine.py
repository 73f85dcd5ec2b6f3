from odoo import fields, models


class StockLocation(models.Model):
    _inherit = "stock.location"

    is_quarantine = fields.Boolean(
        "Quarantine",
        help="Everything in this location and in those below it is proposed as "
        "unsellable.",
    )
