from odoo import models


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def action_mark_unsellable(self):
        """Open the marking form with these goods."""
        self.check_access("read")
        return self.env["inventory.writeoff.mark"]._action_open_for(self)
