from odoo import api, models


class InventoryWriteoffRemovalPickList(models.AbstractModel):
    """The same paper for warehouse staff who may not read the write-off."""

    _name = "report.inventory_writeoff.report_removal"
    _inherit = "report.inventory_writeoff.report_pick_list"
    _description = "Pick List of Goods to Remove"

    @api.model
    def _get_report_values(self, docids, data=None):
        removals = self.env["inventory.writeoff.removal"].browse(docids)
        return self._get_values(removals._get_writeoffs_sudo())
