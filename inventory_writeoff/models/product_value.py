from odoo import api, models


class ProductValue(models.Model):
    """Manual values: those of a write-off's stock moves are what was booked."""

    _inherit = "product.value"

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values.move_id._check_writeoff_guard()
        return values

    def write(self, vals):
        self.move_id._check_writeoff_guard()
        result = super().write(vals)
        self.move_id._check_writeoff_guard()
        return result
