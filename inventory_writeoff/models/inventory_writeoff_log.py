from odoo import fields, models


class InventoryWriteoff(models.Model):
    """The log of a write-off."""

    _inherit = "inventory.writeoff"

    event_ids = fields.One2many(
        "inventory.writeoff.event", "writeoff_id", "Log", readonly=True, copy=False
    )
