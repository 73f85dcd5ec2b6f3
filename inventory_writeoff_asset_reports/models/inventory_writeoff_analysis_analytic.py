from odoo import models


class InventoryWriteoffAnalysisAnalytic(models.Model):
    _inherit = "inventory.writeoff.analysis.analytic"

    def _get_value_names(self):
        names = super()._get_value_names()
        return (*names, "asset_loss", "asset_loss_estimated", "total_loss")
