from odoo import models


class InventoryWriteoffLine(models.Model):
    _name = "inventory.writeoff.line"
    _inherit = ["inventory.writeoff.line", "inventory.writeoff.logged.export"]
