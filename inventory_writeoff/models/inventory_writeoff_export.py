from odoo import models


class InventoryWriteoff(models.Model):
    _name = "inventory.writeoff"
    _inherit = ["inventory.writeoff", "inventory.writeoff.logged.export"]
