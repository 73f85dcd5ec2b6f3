from odoo import api, models


class InventoryWriteoffLine(models.Model):
    _inherit = "inventory.writeoff.line"

    @api.ondelete(at_uninstall=True)
    def _unlink_give_back_candidates(self):
        """Put the goods of removed items back on the list of unsellable stock."""
        # Requesters do not write candidates; the list follows by itself.
        candidates = self.env["inventory.writeoff.candidate"].sudo()
        linked = [("writeoff_line_id", "in", self.ids), ("state", "=", "in_writeoff")]
        candidates.search(linked)._give_back()
