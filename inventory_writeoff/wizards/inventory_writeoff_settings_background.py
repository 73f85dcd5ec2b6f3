from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    """What is posted at once, and what in the background."""

    _inherit = "inventory.writeoff.settings"

    writeoff_chunk_size = fields.Integer(
        "Items Posted at Once",
        help="A write-off with more items is posted in the background, that many items "
        "at a time.",
    )
    writeoff_hold_size = fields.Integer(
        "Items Held at Once",
        help="The goods of a write-off with more items are held and released in the "
        "background.",
    )
