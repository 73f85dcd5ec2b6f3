from odoo import models


class InventoryWriteoffCheck(models.Model):
    _inherit = "inventory.writeoff.check"

    def _get_running_assets(self, lines):
        """None is in the way: they are retired with the goods."""
        return {}
