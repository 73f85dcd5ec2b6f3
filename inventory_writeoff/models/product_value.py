from odoo import api, models


class ProductValue(models.Model):
    _inherit = "product.value"

    @api.model_create_multi
    def create(self, vals_list):
        move_ids = [vals["move_id"] for vals in vals_list if vals.get("move_id")]
        self.env["stock.move"].browse(move_ids)._check_writeoff_guard()
        return super().create(vals_list)
