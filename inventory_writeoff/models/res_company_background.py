from odoo import fields, models


class ResCompany(models.Model):
    """What is posted at once, and what in the background."""

    _inherit = "res.company"

    writeoff_chunk_size = fields.Integer(
        "Items Posted at Once",
        default=500,
        required=True,
        help="A write-off with more items is posted in the background, that many items "
        "at a time.",
    )

    writeoff_hold_size = fields.Integer(
        "Items Held at Once",
        default=500,
        required=True,
        help="The goods of a write-off with more items are held and released in the "
        "background.",
    )

    _writeoff_chunk_size_positive = models.Constraint(
        "CHECK (writeoff_chunk_size > 0)",
        "At least one item of a write-off is posted at once.",
    )
    _writeoff_hold_size_positive = models.Constraint(
        "CHECK (writeoff_hold_size > 0)",
        "At least one item of a write-off is held at once.",
    )
