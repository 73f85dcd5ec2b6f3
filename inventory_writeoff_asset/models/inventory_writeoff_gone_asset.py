from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .inventory_writeoff_asset import IN_THE_BOOKS


class InventoryWriteoffGoneAsset(models.Model):
    """Assets in the books whose goods were in stock once and are no longer.

    The rows name what they are about, so that people without Inventory or Accounting
    see it.
    """

    _name = "inventory.writeoff.gone.asset"
    _description = "Asset Whose Goods Are Gone"
    _auto = False
    _order = "last_date DESC, id DESC"
    _rec_name = "name"
    _depends = {
        "account.asset": ["company_id", "lot_id", "product_id", "state"],
        "stock.move.line": ["date", "lot_id", "product_id", "state"],
        "stock.quant": ["location_id", "lot_id", "product_id", "quantity"],
    }

    name = fields.Char("Asset", readonly=True)
    asset_id = fields.Many2one("account.asset", "Asset Record", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", readonly=True)
    lot_name = fields.Char("Lot/Serial Number", readonly=True)
    value = fields.Monetary("Residual Value", readonly=True)
    last_date = fields.Date("Last Moved", readonly=True)
    place = fields.Char("Where It Is Now", readonly=True)

    def action_open_asset(self):
        """Open the asset, for those who may see it."""
        self.ensure_one()
        if not self.asset_id.has_access("read"):
            raise UserError(
                self.env._(
                    "%(asset)s: this is an asset, which people of Accounting can open. "
                    "Ask one of them.",
                    asset=self.name,
                )
            )
        return self.asset_id.get_formview_action()

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT asset.id, asset.id AS asset_id, asset.name, asset.company_id,
                   asset.product_id, lot.name AS lot_name,
                   asset.value_residual AS value, moved.last_date, now.place
              FROM account_asset asset
         LEFT JOIN stock_lot lot ON lot.id = asset.lot_id
              JOIN LATERAL (
                   SELECT MAX(line.date)::date AS last_date
                     FROM stock_move_line line
                    WHERE line.product_id = asset.product_id AND line.state = 'done'
                      AND (asset.lot_id IS NULL OR line.lot_id = asset.lot_id)
                   ) moved ON moved.last_date IS NOT NULL
              JOIN LATERAL (
                   SELECT COALESCE(SUM(quant.quantity) FILTER (
                            WHERE location.usage IN ('internal', 'transit')
                              AND quant.company_id = asset.company_id), 0) AS on_hand,
                          MIN(location.complete_name) FILTER (
                            WHERE quant.quantity > 0) AS place
                     FROM stock_quant quant
                     JOIN stock_location location ON location.id = quant.location_id
                    WHERE quant.product_id = asset.product_id
                      AND (asset.lot_id IS NULL OR quant.lot_id = asset.lot_id)
                   ) now ON now.on_hand <= 0
             WHERE asset.state IN %s AND asset.active
               AND asset.company_id IN %s
            """,
            IN_THE_BOOKS,
            tuple(self.env.companies.ids),
        )
