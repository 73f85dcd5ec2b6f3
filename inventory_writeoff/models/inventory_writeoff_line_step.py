from odoo import models

from ..writer import is_writer


class InventoryWriteoffLine(models.Model):
    """Items stay as they are while a step of their write-off waits."""

    _inherit = "inventory.writeoff.line"

    def _check_editable(self):
        result = super()._check_editable()
        if not is_writer(self.env):
            self.writeoff_id._check_not_waiting()
        return result
