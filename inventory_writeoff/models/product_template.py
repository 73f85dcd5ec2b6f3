from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    writeoff_count = fields.Integer(compute="_compute_writeoff_count")

    def _compute_writeoff_count(self):
        for template in self:
            template.writeoff_count = sum(
                template.product_variant_ids.mapped("writeoff_count")
            )

    def write(self, vals):
        changed = {
            field
            for field in ("uom_id", "tracking", "is_storable", "type")
            if field in vals and any(self._is_changed(field, vals[field]))
        }
        if changed:
            # Archived variants are held all the same.
            variants = self.with_context(active_test=False).product_variant_ids
            variants._check_not_held(changed)
        return super().write(vals)

    def _is_changed(self, field, value):
        for template in self:
            current = template[field]
            yield (current.id if field == "uom_id" else current) != value

    def action_open_writeoffs(self):
        return self.product_variant_ids.action_open_writeoffs()
