from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_mark_unsellable(self):
        """Open the marking form with everything that is on hand of these lots."""
        self.check_access("read")
        quants = self.env["stock.quant"].search(
            [
                ("lot_id", "in", self.ids),
                ("quantity", ">", 0),
                ("location_id.usage", "in", ("internal", "transit")),
            ]
        )
        return self.env["inventory.writeoff.mark"]._action_open_for(quants)
