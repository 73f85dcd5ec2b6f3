from odoo import models


class InventoryWriteoffTieOutItem(models.Model):
    _inherit = "inventory.writeoff.tie.out.item"
    _depends = {
        "inventory.writeoff.retirement": [
            "date",
            "origin_id",
            "state",
            "value_loss",
            "value_stock",
            "writeoff_id",
        ],
    }
