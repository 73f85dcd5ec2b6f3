from odoo import models


class InventoryWriteoffCheck(models.Model):
    _name = "inventory.writeoff.check"
    _inherit = ["inventory.writeoff.check", "inventory.writeoff.logged.settings"]

    _LOGGED_FIELDS = ("code", "severity", "days", "percent", "factor", "amount")
