from odoo import api, models


class InventoryWriteoffEvent(models.Model):
    """What becomes of assets, in the log."""

    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "asset_retired": self.env._("Asset retired"),
            "asset_restored": self.env._("Asset restored"),
            "asset_part_lost": self.env._("Part of an asset's goods written off"),
            "asset_part_back": self.env._("Part of an asset's goods brought back"),
        }
