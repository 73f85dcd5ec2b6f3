from odoo import models


class InventoryWriteoffEvent(models.Model):
    _name = "inventory.writeoff.event"
    _inherit = ["inventory.writeoff.event", "inventory.writeoff.logged.export"]
