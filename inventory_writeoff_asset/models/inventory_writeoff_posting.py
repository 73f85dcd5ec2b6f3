from odoo import models


class InventoryWriteoffPosting(models.AbstractModel):
    _inherit = "inventory.writeoff.posting"

    def _post(self, writeoffs):
        result = super()._post(writeoffs)
        removal = self.env["inventory.writeoff.asset.removal"]
        lines = writeoffs.sudo().line_ids
        removal._post(writeoffs, lines, lines)
        return result

    def _post_lines(self, writeoff, lines):
        result = super()._post_lines(writeoff, lines)
        removal = self.env["inventory.writeoff.asset.removal"]
        complete = self.env["inventory.writeoff.asset"]._get_complete(lines.sudo())
        removal._post(writeoff, complete, lines.sudo())
        return result
