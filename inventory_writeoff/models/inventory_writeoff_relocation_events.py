from odoo import models


class InventoryWriteoffRelocation(models.AbstractModel):
    _inherit = "inventory.writeoff.relocation"

    def _relocate(self, lines, destination):
        result = super()._relocate(lines, destination)
        # Warehouse staff need not be allowed to read the write-off.
        payload = {"items": lines.ids, "location": destination.id}
        payloads = {lines.sudo().writeoff_id: payload}
        self.env["inventory.writeoff.event"]._log("relocated", payloads)
        return result
