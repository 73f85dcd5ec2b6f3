from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from .account_asset import ACTIVE

# Assets that stand in the books, fully depreciated ones among them.
IN_THE_BOOKS = ("open", "close")


class InventoryWriteoffAsset(models.AbstractModel):
    """Which assets the goods of write-offs are, and what retiring them would do.

    Goods that are an asset stand in the books once, as the asset. Its schedule stops
    the day before the accounting date; what is left goes to the loss account of the
    reason. Where the asset was capitalised out of the stock valuation account, the
    ledger of stock is without the goods already, and what the write-off takes off it
    is given back: the loss is booked once.
    """

    _name = "inventory.writeoff.asset"
    _description = "Assets of Write-Offs"

    def _get_assets(self, lines):
        """Return {item: its assets}, whatever their state; reversals have none."""
        lines = lines.sudo().filtered(lambda line: not line.origin_line_id)
        loose = lines.filtered(lambda line: not line.lot_id)
        by_lot = Domain("lot_id", "in", lines.lot_id.ids)
        by_product = Domain("product_id", "in", loose.product_id.ids)
        # Whoever writes goods off need not see assets, nor those of other companies.
        assets = self.env["account.asset"].sudo().with_context(active_test=False)
        found = assets.search(by_lot | (Domain("lot_id", "=", False) & by_product))
        by_goods = found.grouped(lambda asset: asset.lot_id or asset.product_id)
        pairs = ((line, by_goods.get(line.lot_id or line.product_id)) for line in lines)
        return {line: assets for line, assets in pairs if assets}

    def _group_by_goods(self, found):
        """Return {(write-off, lot or product): (its items, its assets)}."""
        groups = defaultdict(lambda: self.env["inventory.writeoff.line"].sudo())
        for line in found:
            groups[line.writeoff_id, line.lot_id or line.product_id] += line
        return {key: (lines, found[lines[0]]) for key, lines in groups.items()}

    def _get_siblings(self, lines):
        """Return all items of the same write-off and the same goods as these."""
        goods = {(line.product_id, line.lot_id) for line in lines}
        return lines.writeoff_id.line_ids.filtered(
            lambda line: line.quantity and (line.product_id, line.lot_id) in goods
        )

    def _get_complete(self, lines):
        """Return these items and earlier ones, where the last of an asset is here.

        Large write-offs are posted in chunks: an asset goes with the last of its goods.
        """
        with_assets = lines.filtered(lambda line: line.origin_line_id)
        with_assets |= lines.browse([line.id for line in self._get_assets(lines)])
        siblings = self._get_siblings(with_assets)
        waiting = siblings.filtered(
            lambda line: line not in lines and not line.posted_chunk
        )
        return siblings - self._get_siblings(waiting)

    def _get_waiting(self, asset):
        """Return the depreciation lines that are not posted, the next one first."""
        return asset.depreciation_line_ids.filtered(
            lambda line: (
                line.type == "depreciate" and not line.init_entry and not line.move_id
            )
        ).sorted("line_date")

    def _get_last_date(self, asset):
        """Return the date up to which the asset is depreciated."""
        done = asset.depreciation_line_ids - self._get_waiting(asset)
        return max(done.mapped("line_date"), default=asset.date_start)

    def _get_last_depreciation(self, asset, date):
        """Return the line that is cut short, and what is left of it.

        As the asset's own early removal counts: by days, until the day before.
        """
        waiting = self._get_waiting(asset)[:1]
        if not waiting or not self._is_early(asset):
            return waiting.browse(), 0.0
        since = waiting.previous_id.line_date or asset.date_start
        until = date - timedelta(days=1)
        same_month = int(since.month == waiting.line_date.month)
        days = (until - since).days + same_month
        period = (waiting.line_date - since).days + same_month
        amount = waiting.amount * days / period if period else 0.0
        return waiting, asset.currency_id.round(amount)

    def _is_early(self, asset):
        return bool(asset.remove()["context"].get("early_removal"))

    def _get_carrying_amount(self, asset):
        """Return what the asset is worth in the books, its salvage value included."""
        return asset.value_residual + asset.purchase_value - asset.depreciation_base

    def _get_losses(self, lines):
        """Return {item: what its assets add to the loss}; of several items the first.

        Only what exceeds the value of the stock, which is counted already.
        """
        found = self._get_assets(lines)
        shares = self._get_stock_shares(found, self._get_values(found))
        losses = defaultdict(float)
        for (writeoff, _goods), (items, assets) in self._group_by_goods(found).items():
            for asset in assets.filtered(lambda asset: asset.state in IN_THE_BOOKS):
                date = writeoff._get_accounting_date()
                _line, last = self._get_last_depreciation(asset, date)
                loss = self._get_carrying_amount(asset) - last
                losses[items[0]] += loss - self._sum_shares(shares, items, asset)
        return losses

    def _get_values(self, lines, field="value_estimated"):
        return {line: line[field] for line in lines}

    def _get_stock_shares(self, found, values):
        """Return {(item, asset): what of the item's value in stock is the asset's own}.

        In all it is no more than what the entry that made the asset took from the
        stock valuation account, less what went with goods posted before.

        :param values: {item: what its goods are worth in stock}
        """
        shares = {}
        given_back = self._get_given_back(found)
        for lines, assets in self._group_by_goods(found).values():
            assets = assets.filtered(lambda asset: asset.state in IN_THE_BOOKS)
            rooms = {
                asset: self._get_capitalised(asset, lines[0]) - given_back[asset.id]
                for asset in assets
            }
            for line in lines:
                left = values[line]
                for asset in assets:
                    share = asset.currency_id.round(min(left, rooms[asset]))
                    shares[line, asset] = max(share, 0.0)
                    left -= shares[line, asset]
                    rooms[asset] -= shares[line, asset]
        return shares

    def _sum_shares(self, shares, lines, asset):
        return sum(shares.get((line, asset), 0.0) for line in lines)

    def _get_given_back(self, found):
        """Return {id of an asset: loss of its goods in stock that was taken back}."""
        assets = self.env["account.asset"].union(*found.values())
        rows = self.env["inventory.writeoff.retirement"].sudo()
        groups = rows._read_group(
            [("asset_id", "in", assets.ids), *ACTIVE],
            ["asset_id"],
            ["value_stock:sum"],
        )
        return defaultdict(float, {asset.id: value for asset, value in groups})

    def _get_capitalised(self, asset, line):
        """Return what the asset's first entry took from the stock valuation account."""
        account = self.env["inventory.writeoff.posting"]._get_valuation_account(line)
        first = asset.depreciation_line_ids.filtered(lambda x: x.type == "create")
        items = first.move_id.filtered(lambda move: move.state == "posted").line_ids
        return -sum(items.filtered(lambda i: i.account_id == account).mapped("balance"))
