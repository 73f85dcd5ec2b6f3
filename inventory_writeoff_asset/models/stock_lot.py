from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    asset_names = fields.Char(
        "Asset",
        compute="_compute_asset_names",
        help="The assets in Accounting that these goods are.",
    )

    def _compute_asset_names(self):
        # The warehouse may know that a thing is an asset, not what it is worth.
        assets = self.env["account.asset"].sudo()
        assets = assets.search([("lot_id", "in", self.ids)])
        states = dict(assets._fields["state"]._description_selection(self.env))
        by_lot = assets.grouped("lot_id")
        for lot in self:
            lot.asset_names = ", ".join(
                f"{asset.display_name} ({states[asset.state]})"
                for asset in by_lot.get(lot.sudo(), ())
            )

    def action_open_assets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_asset_management.account_asset_action"
        )
        return {**action, "domain": [("lot_id", "in", self.ids)], "context": {}}
