from odoo import api, fields, models


class InventoryWriteoffLine(models.Model):
    """What the assets of an item add to its loss."""

    _inherit = "inventory.writeoff.line"

    asset_loss = fields.Monetary(
        "Loss on Assets",
        compute="_compute_asset_loss",
        help="Residual value of the assets that the goods are, less what of it the "
        "value of the stock has counted already. Of several items it stands on the "
        "first.",
    )

    @api.depends("writeoff_id.asset_loss")
    def _compute_asset_loss(self):
        losses = self.writeoff_id._get_asset_losses()
        for line in self:
            by_line = losses.get(line.writeoff_id._origin.id, {})
            line.asset_loss = by_line.get(line._origin.id, 0.0)
