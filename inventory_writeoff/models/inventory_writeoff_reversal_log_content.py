from odoo import models

REVERSAL_FIELDS = {
    "inventory.writeoff": ("reversal_of_id", "reversal_reason", "value_reversed"),
    "inventory.writeoff.line": (
        "origin_line_id",
        "quantity_reversed",
        "value_reversed",
    ),
}


class InventoryWriteoffLogContent(models.AbstractModel):
    _inherit = "inventory.writeoff.log.content"

    def _get_sections(self):
        return {
            model: (path, (*fields, *REVERSAL_FIELDS.get(model, ())), domain)
            for model, (path, fields, domain) in super()._get_sections().items()
        }
