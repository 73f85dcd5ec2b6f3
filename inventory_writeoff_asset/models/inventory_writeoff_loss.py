from collections import defaultdict

from odoo import api, fields, models


class InventoryWriteoff(models.Model):
    """What is lost in all: the goods as stock, and the goods as assets.

    The values of a write-off are those of its stock. Beside them stands what its
    assets add; that is less than nothing where a depreciated asset was capitalised out
    of stock, as the stock move takes the full cost and the asset gives it back.
    """

    _inherit = "inventory.writeoff"

    has_assets = fields.Boolean(compute="_compute_asset_loss")
    asset_loss = fields.Monetary(
        "Loss on Assets",
        compute="_compute_asset_loss",
        help="Residual value of the assets that the goods are, less what of it the "
        "value of the stock has counted already.",
    )
    total_loss = fields.Monetary(
        compute="_compute_asset_loss",
        help="Value of the goods in stock and loss on assets: what the loss account "
        "of the reason gets.",
    )

    @api.depends(
        "state",
        "value",
        "accounting_date",
        "line_ids.lot_id",
        "line_ids.product_id",
        "retirement_ids.state",
        "retirement_ids.value_loss",
        "retirement_ids.value_stock",
    )
    def _compute_asset_loss(self):
        losses = self._get_asset_losses()
        for writeoff in self:
            by_line = losses.get(writeoff._origin.id, {})
            loss = sum(by_line.values())
            writeoff.has_assets = bool(by_line)
            writeoff.asset_loss = loss
            writeoff.total_loss = writeoff.currency_id.round(writeoff.value + loss)

    def _get_asset_losses(self):
        """Return {id: {id of an item: loss on its assets}}, also of drafts."""
        plans = self.env["inventory.writeoff.retirement"].sudo()
        # Drafts have no rows yet, and new ones no items that are known.
        drafts = self.filtered(lambda w: w.state == "draft")._origin.sudo()
        rows = plans.search([("writeoff_id", "in", (self._origin - drafts).ids)])
        losses = defaultdict(lambda: defaultdict(float))
        for row in [*plans._prepare(drafts.line_ids), *self._read_losses(rows)]:
            loss = row["value_loss"] - row["value_stock"]
            losses[row["writeoff_id"]][row["line_id"]] += loss
        return losses

    def _read_losses(self, rows):
        names = ["writeoff_id", "line_id", "value_loss", "value_stock"]
        return rows.read(names, load=None)
