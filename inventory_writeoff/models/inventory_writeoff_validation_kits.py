from odoo import models


class InventoryWriteoffValidation(models.AbstractModel):
    """Kits are refused at submission, with the components they stand for."""

    _inherit = "inventory.writeoff.validation"

    def _get_problems(self, writeoffs):
        drafts = writeoffs.filtered(lambda w: w.state == "draft").sudo()
        kits = self.env["inventory.writeoff.kit"]._get_components(drafts.line_ids)
        # Nothing else needs to be said of goods that are not kept under this name.
        return list(self._check_kits(kits)) or super()._get_problems(writeoffs)

    def _check_kits(self, kits):
        for line, components in kits.items():
            yield self.env._(
                "%(line)s: this is a kit, which has no stock of its own. Write its "
                "components off instead: %(components)s. Replace Kits does so.",
                line=line._describe(),
                components=", ".join(
                    f"{quantity:g} {unit.name} {product.display_name}"
                    for product, quantity, unit in components
                ),
            )
