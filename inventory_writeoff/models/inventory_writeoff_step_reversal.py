from odoo import models

from ..writer import as_writer


class InventoryWriteoff(models.Model):
    """The items of a large reversal come in the background; the draft is there now."""

    _inherit = "inventory.writeoff"

    def _prepare_reversal_vals(self, reason, quantities):
        if self._get_to_fill(quantities):
            quantities = {}
        return super()._prepare_reversal_vals(reason, quantities)

    def _get_to_fill(self, quantities):
        """Return {id of an item: quantity} of what is too much to be copied at once."""
        wanted = {
            line.id: quantity
            for line, quantity in quantities.items()
            if line.writeoff_id == self and line.product_uom_id.compare(quantity, 0) > 0
        }
        return wanted if len(wanted) > self.company_id.writeoff_hold_size else {}

    def _fill_later(self, original, quantities):
        """Leave the items of a large reversal to the worker, and tell whether."""
        wanted = original._get_to_fill(quantities)
        if wanted:
            self._ask_for("fill", {self: {"quantities": wanted}})
        return bool(wanted)

    def _fill(self, quantities):
        """Add the items; what was asked for elsewhere meanwhile is refused."""
        original = self.reversal_of_id
        original._serialize_reversals()
        found = original._get_quantities_to_reverse(quantities)
        as_writer(self.env["inventory.writeoff.line"]).create(
            [
                {
                    **original._prepare_reversal_line_vals(line, quantity),
                    "writeoff_id": self.id,
                }
                for line, quantity in found.items()
            ]
        )
