from odoo import Command, api, fields, models

COPIED_FIELDS = ("reason_id", "disposal_method_id", "location_id", "owner_id")


class InventoryWriteoff(models.Model):
    """Kits are written off by their components."""

    _inherit = "inventory.writeoff"

    has_kits = fields.Boolean(compute="_compute_has_kits")

    @api.depends("can_submit", "line_ids.product_id", "line_ids.location_id")
    def _compute_has_kits(self):
        lines = self.filtered("can_submit").line_ids.filtered("product_id")
        kits = self.env["inventory.writeoff.kit"]._get_components(lines)
        with_kits = {line.writeoff_id for line in kits}
        for writeoff in self:
            writeoff.has_kits = writeoff in with_kits

    def action_explode_kits(self):
        """Put the components in the place of the kits."""
        kits = self.env["inventory.writeoff.kit"]._get_components(self.line_ids)
        for writeoff in self:
            commands = []
            for line in writeoff.line_ids.filtered(lambda item: item in kits):
                commands.append(Command.delete(line.id))
                commands += [
                    Command.create(writeoff._prepare_component_vals(line, *component))
                    for component in kits[line]
                ]
            if commands:
                writeoff.write({"line_ids": commands})

    def _prepare_component_vals(self, line, product, quantity, unit):
        return {
            **{name: line[name].id for name in COPIED_FIELDS},
            "product_id": product.id,
            "quantity": quantity,
            "product_uom_id": unit.id,
            "sequence": line.sequence,
            "analytic_distribution": line.analytic_distribution,
            "note": line.note,
        }
