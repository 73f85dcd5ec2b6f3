from odoo import fields, models
from odoo.tools import SQL


class InventoryWriteoffAnalysis(models.Model):
    """Beside the value of an item in stock stands what its assets add to the loss."""

    _inherit = "inventory.writeoff.analysis"
    _depends = {
        "inventory.writeoff.retirement": [
            "line_id",
            "state",
            "value_loss",
            "value_stock",
        ],
    }

    asset_loss = fields.Monetary(
        "Loss on Assets",
        readonly=True,
        help="Residual value of retired assets, less what of it the value of the stock "
        "has counted already; negative in reversals.",
    )
    asset_loss_estimated = fields.Monetary(
        "Estimated Loss on Assets",
        readonly=True,
        help="What it was, or will be, as far as it was known at submission.",
    )
    total_loss = fields.Monetary(readonly=True, help="Net value and loss on assets.")

    def _select_values(self):
        return SQL(
            """
            %s, COALESCE(asset.loss, 0) AS asset_loss,
            COALESCE(asset.estimated, 0) AS asset_loss_estimated,
            line.value_posted + COALESCE(asset.loss, 0) AS total_loss
            """,
            super()._select_values(),
        )

    def _from(self):
        # One row for each item at most: PostgreSQL leaves it out where none is asked.
        return SQL(
            """
            %s
         LEFT JOIN (
                SELECT line_id, SUM(value_loss - value_stock) AS estimated,
                       SUM(value_loss - value_stock)
                           FILTER (WHERE state = 'done') AS loss
                  FROM inventory_writeoff_retirement
              GROUP BY line_id
              ) asset ON asset.line_id = line.id
            """,
            super()._from(),
        )
