from odoo import models


class InventoryWriteoffValidation(models.AbstractModel):
    """What must be true of the reversal of a catch-up."""

    _inherit = "inventory.writeoff.validation"

    def _check_given_up(self, lines):
        for catch_up in lines.origin_line_id.writeoff_id:
            if reason := catch_up._get_closed_since_reason():
                yield reason
        for line in lines:
            if line.product_uom_id.compare(line.quantity, line.origin_line_id.quantity):
                yield self.env._(
                    "%(line)s: the stock move was taken over as a whole, and is given "
                    "up as a whole. Reverse all %(quantity)s %(unit)s, or none.",
                    line=line._describe(),
                    quantity=line.origin_line_id.quantity,
                    unit=line.product_uom_id.name,
                )
