from odoo import fields, models

from .inventory_writeoff import POSTED_STATES


class InventoryWriteoffLine(models.Model):
    """Which items of a large write-off are posted already."""

    _inherit = "inventory.writeoff.line"

    posted_chunk = fields.Integer(
        "Chunk",
        default=0,
        readonly=True,
        copy=False,
        help="In which chunk it was posted. 0: not yet, or the write-off was posted in "
        "one go.",
    )

    def _is_posted(self):
        return self.state in POSTED_STATES or self.posted_chunk > 0
