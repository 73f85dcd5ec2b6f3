from datetime import timedelta

from odoo import models


class InventoryWriteoffPreview(models.AbstractModel):
    """The entries of assets, as they would be posted now."""

    _inherit = "inventory.writeoff.preview"

    def _has_entries(self, writeoff):
        return super()._has_entries(writeoff) or writeoff.has_assets

    def _get_entries(self, writeoff, items):
        entries = super()._get_entries(writeoff, items)
        return [*entries, *self._get_asset_entries(writeoff)]

    def _get_asset_entries(self, writeoff):
        """Return (date, journal, values of its items) of each entry of an asset."""
        plans = self.env["inventory.writeoff.retirement"].sudo()
        assets = self.env["account.asset"].sudo()
        entries = []
        for vals in plans._prepare(writeoff._origin.line_ids):
            asset = assets.browse(vals["asset_id"])
            if vals.get("origin_id"):
                entries += self._get_restoration_entries(asset, vals)
            else:
                entries += self._get_retirement_entries(asset, vals)
        return entries

    def _get_retirement_entries(self, asset, vals):
        profile, date = asset.profile_id, vals["date"]
        journal, currency = profile.journal_id, asset.currency_id
        entries = [
            (date - timedelta(days=1), self._get_last_balances(asset, vals)),
            (date, self._get_removal_balances(asset, vals)),
        ]
        for day, balances in entries:
            items = [
                {"name": asset.name, "account_id": account.id, "balance": balance}
                for account, balance in balances
                if not currency.is_zero(balance)
            ]
            if items:
                yield day, journal, items

    def _get_last_balances(self, asset, vals):
        profile, last = asset.profile_id, vals["value_last"]
        return [
            (profile.account_expense_depreciation_id, last),
            (profile.account_depreciation_id, -last),
        ]

    def _get_removal_balances(self, asset, vals):
        profile, loss = asset.profile_id, vals["value_loss"]
        line = self.env["inventory.writeoff.line"].sudo().browse(vals["line_id"])
        account = line.reason_id._get_loss_account(asset.company_id)
        stock = self.env["inventory.writeoff.posting"]._get_valuation_account(line)
        return [
            (profile.account_depreciation_id, asset.purchase_value - loss),
            (account, loss),
            (profile.account_asset_id, -asset.purchase_value),
            (stock, vals["value_stock"]),
            (account, -vals["value_stock"]),
        ]

    def _get_restoration_entries(self, asset, vals):
        origin = self.env["inventory.writeoff.retirement"].sudo()
        for entry in origin.browse(vals["origin_id"]).move_ids.sorted("date"):
            items = [
                {
                    "name": asset.name,
                    "account_id": i.account_id.id,
                    "balance": -i.balance,
                }
                for i in entry.line_ids
            ]
            yield vals["date"], entry.journal_id, items
