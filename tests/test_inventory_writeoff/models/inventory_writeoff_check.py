from odoo import models


class InventoryWriteoffCheck(models.Model):
    """What another add-on has to write to add a check: this and its data record."""

    _inherit = "inventory.writeoff.check"

    def _find_round_quantity(self, lines):
        for line in lines:
            if line.quantity and self.factor and not line.quantity % self.factor:
                yield (
                    line,
                    self.env._("The quantity is a round number."),
                    self.env._("Count the goods instead of estimating them."),
                )
