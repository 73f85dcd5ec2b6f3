from odoo import fields, models


class InventoryWriteoffLine(models.Model):
    """The purchase tax on an item's goods, apart from what they cost."""

    _inherit = "inventory.writeoff.line"

    value_tax = fields.Monetary(
        "Tax Given Back",
        readonly=True,
        copy=False,
        help="Purchase tax on the goods that was deducted and is given back. It is "
        "part of the loss, and comes on top of the posted value.",
    )
    value_tax_recovered = fields.Monetary(
        "Tax Taken Back",
        readonly=True,
        copy=False,
        help="What of the tax was taken back when the evidence was accepted.",
    )
    tax_entry_id = fields.Many2one(
        "account.move",
        "Entry That Takes the Tax Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    # {"treatment": that of the reason, "loss": id of the item that debits the tax,
    # "taxes": {id of an item that credits it: balance of this line in it}}
    posted_tax_items = fields.Json(readonly=True, copy=False)
