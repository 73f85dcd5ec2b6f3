from odoo import Command, api, fields, models

from ..models.inventory_writeoff_reversals import REVERSAL_CAUSES
from ..models.inventory_writeoff_reverse import OPEN_REVERSALS


class InventoryWriteoffReverse(models.TransientModel):
    """Asks why a write-off is reversed, and how much of which items."""

    _name = "inventory.writeoff.reverse"
    _description = "Reverse a Write-Off"

    writeoff_id = fields.Many2one(
        "inventory.writeoff", "Write-Off", required=True, readonly=True
    )
    reason = fields.Text("Why It Is Reversed")
    cause = fields.Selection(REVERSAL_CAUSES, required=True, default="error")
    line_ids = fields.One2many("inventory.writeoff.reverse.line", "wizard_id", "Items")

    @api.model
    def _open(self, writeoff):
        """Make the wizard with everything that is left to reverse."""
        left = writeoff.line_ids._get_left_to_reverse(OPEN_REVERSALS)
        lines = [
            {"line_id": line.id, "quantity_left": quantity, "quantity": quantity}
            for line, quantity in left.items()
            if line.product_uom_id.compare(quantity, 0.0) > 0
        ]
        if not lines:
            writeoff.browse()._check_any_quantity(writeoff)
        return self.create(
            {
                "writeoff_id": writeoff.id,
                "line_ids": [Command.create(vals) for vals in lines],
            }
        )

    def action_reverse(self):
        self.ensure_one()
        quantities = {line.line_id.id: line.quantity for line in self.line_ids}
        reversal = self.writeoff_id.reverse(self.reason, quantities, self.cause)
        return reversal.get_formview_action()


class InventoryWriteoffReverseLine(models.TransientModel):
    _name = "inventory.writeoff.reverse.line"
    _description = "Item to Reverse"

    wizard_id = fields.Many2one(
        "inventory.writeoff.reverse", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "inventory.writeoff.line", "Item", required=True, readonly=True
    )
    product_id = fields.Many2one(related="line_id.product_id")
    lot_id = fields.Many2one(related="line_id.lot_id")
    location_id = fields.Many2one(related="line_id.location_id")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    quantity_left = fields.Float("Left", digits="Product Unit", readonly=True)
    quantity = fields.Float("To Reverse", digits="Product Unit")
