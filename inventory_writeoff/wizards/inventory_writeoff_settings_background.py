from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    """What is posted at once, and what in the background."""

    _inherit = "inventory.writeoff.settings"

    writeoff_chunk_size = fields.Integer(
        "Items Posted at Once",
        help="A write-off with more items is posted in the background, that many items "
        "at a time.",
    )
