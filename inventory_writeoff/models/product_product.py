from odoo import fields, models
from odoo.exceptions import UserError


class ProductProduct(models.Model):
    _inherit = "product.product"

    writeoff_count = fields.Integer(compute="_compute_writeoff_count")

    def _compute_writeoff_count(self):
        counts = self.env["inventory.writeoff.line"]._count_writeoffs(
            "product_id", self
        )
        for product in self:
            product.writeoff_count = counts.get(product, 0)

    def action_open_writeoffs(self):
        return self.env["inventory.writeoff"]._action_open(
            [("line_ids.product_id", "in", self.ids)]
        )

    def _check_not_held(self, fields_changed):
        """Refuse a change that would give the held quantities another meaning."""
        # Whoever keeps products need not be allowed to read stock moves.
        held = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.ids),
                    ("writeoff_id", "!=", False),
                    ("state", "not in", ["done", "cancel"]),
                ],
                limit=1,
            )
        )
        if held:
            descriptions = self.product_tmpl_id.fields_get(fields_changed, ["string"])
            raise UserError(
                self.env._(
                    "%(field)s of %(product)s cannot be changed: write-off "
                    "%(writeoff)s holds stock of it. Post or cancel that write-off "
                    "first.",
                    field=", ".join(field["string"] for field in descriptions.values()),
                    product=held.product_id.display_name,
                    writeoff=held.writeoff_id.display_name,
                )
            )
