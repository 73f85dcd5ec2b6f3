from datetime import timedelta

from odoo import models
from odoo.tools import format_date

from .account_asset import ACTIVE
from .inventory_writeoff_asset import IN_THE_BOOKS


class InventoryWriteoffValidation(models.AbstractModel):
    """What must be true of assets that go with a write-off, or come back."""

    _inherit = "inventory.writeoff.validation"

    def _get_line_checks(self):
        return [*super()._get_line_checks(), self._check_assets]

    def _get_catch_up_problems(self, catch_ups):
        problems = super()._get_catch_up_problems(catch_ups)
        return [*problems, *self._check_assets(catch_ups.line_ids)]

    def _get_reversal_problems(self, reversals, lines=None):
        problems = super()._get_reversal_problems(reversals, lines)
        return [*problems, *self._check_restored_assets(reversals)]

    def _check_assets(self, lines):
        assets_of = self.env["inventory.writeoff.asset"]
        found = assets_of._get_assets(lines.filtered("quantity"))
        if not found:
            return []
        groups = assets_of._group_by_goods(found)
        problems = [
            *self._check_whole(groups),
            *(
                self.env._(
                    "%(line)s: %(reason)s", line=lines[0]._describe(), reason=reason
                )
                for lines, assets in groups.values()
                for asset in assets
                if (reason := self._get_cannot_retire_reason(asset, lines[0]))
            ),
        ]
        if problems:
            return problems
        return [*self._check_counted_once(found, self._get_values_now(found))]

    def _get_values_now(self, found):
        """Return {item: value in stock}: a draft shows what it was when edited."""
        lines = self.env["inventory.writeoff.line"].sudo().concat(*found)
        lost = lines.filtered("writeoff_id.is_catch_up")
        values = self.env["inventory.valuation"]._estimate(lines - lost)
        return {**values, **{line: line.value_estimated for line in lost}}

    def _get_cannot_retire_reason(self, asset, line):
        """Return why the asset cannot go with the item, or False."""
        writeoff = line.writeoff_id
        if asset.company_id != line.company_id:
            return self.env._(
                "the goods are linked to an asset of another company. Have Accounting "
                "take the link off the asset, or write them off in that company."
            )
        names = {"asset": asset.display_name}
        if asset.state == "draft":
            return self.env._(
                "asset %(asset)s is in draft. Have Accounting confirm it, or take the "
                "goods off it.",
                **names,
            )
        if asset.state not in IN_THE_BOOKS:
            # What was lost before anybody asked may be retired already.
            return not writeoff.is_catch_up and self.env._(
                "asset %(asset)s has been removed in Accounting already. If these are "
                "other goods, have Accounting take them off the asset.",
                **names,
            )
        if not line._is_company_owned():
            return self.env._(
                "the goods belong to %(owner)s, but are asset %(asset)s of the "
                "company. Mend one of the two.",
                owner=line.owner_id.display_name,
                **names,
            )
        return self._get_asset_date_reason(asset, writeoff._get_accounting_date())

    def _get_asset_date_reason(self, asset, date):
        """Return why the asset cannot be retired on that date, or False."""
        assets_of = self.env["inventory.writeoff.asset"]
        last, waiting = assets_of._get_last_date(asset), assets_of._get_waiting(asset)
        is_first = last == asset.date_start
        names = {"asset": asset.display_name, "date": format_date(self.env, date)}
        if date < last or (date == last and waiting and not is_first):
            return self.env._(
                "asset %(asset)s is depreciated until %(last)s, so it cannot be "
                "retired on %(date)s. Choose a later accounting date.",
                last=format_date(self.env, last),
                **names,
            )
        if waiting and waiting[0].line_date < date:
            return self.env._(
                "the depreciation of asset %(asset)s of %(due)s is not posted. Have "
                "Accounting post what is due before %(date)s first.",
                due=format_date(self.env, waiting[0].line_date),
                **names,
            )
        return self._get_asset_lock_reason(asset, date)

    def _get_asset_lock_reason(self, asset, date):
        _line, amount = self.env["inventory.writeoff.asset"]._get_last_depreciation(
            asset, date
        )
        # What is left to depreciate is booked the day before.
        dates = [date, date - timedelta(days=1)] if amount else [date]
        company, journal = asset.company_id, asset.profile_id.journal_id
        for booked_on in dates:
            locks = company._get_violated_lock_dates(booked_on, False, journal)
            if locks:
                return self.env._(
                    "asset %(asset)s has an entry of %(date)s, which is locked by "
                    "%(locks)s. Choose %(first)s or a later accounting date.",
                    asset=asset.display_name,
                    date=format_date(self.env, booked_on),
                    locks=company._format_lock_dates(locks),
                    first=format_date(
                        self.env,
                        max(lock for lock, _field in locks)
                        + timedelta(days=len(dates)),
                    ),
                )
        return False

    def _check_whole(self, groups):
        """An asset goes as a whole: with all that there is of its goods."""
        on_hand = self._get_goods_on_hand(groups)
        for (writeoff, goods), (lines, assets) in groups.items():
            # Of a large write-off some may be posted, and some wait.
            waiting = self.env["inventory.writeoff.asset"]._get_siblings(lines)
            waiting = waiting.filtered(lambda line: not line._is_posted())
            taken = sum(waiting.mapped("quantity_product_uom"))
            if writeoff.is_catch_up:
                taken = 0.0
            there = on_hand.get((writeoff.company_id, goods), 0.0)
            unit = lines.product_id.uom_id
            if unit.compare(there, taken) > 0:
                yield self.env._(
                    "%(line)s: the goods are %(assets)s, and %(left)s %(unit)s of them "
                    "would be left. An asset is retired as a whole: write all of them "
                    "off, or have Accounting split the asset and use a lot for each "
                    "part.",
                    line=lines[0]._describe(),
                    assets=", ".join(assets.mapped("display_name")),
                    left=unit.round(there - taken),
                    unit=unit.name,
                )

    def _get_goods_on_hand(self, groups):
        """Return {(company, lot or product): quantity on hand}, in one query."""
        lines = (
            self.env["inventory.writeoff.line"]
            .sudo()
            .concat(*(lines for lines, _assets in groups.values()))
        )
        rows = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", lines.product_id.ids),
                    ("lot_id", "in", [False, *lines.lot_id.ids]),
                    ("company_id", "in", lines.company_id.ids),
                    ("location_id.usage", "in", ("internal", "transit")),
                ],
                ["company_id", "product_id", "lot_id"],
                ["quantity:sum"],
            )
        )
        return {
            (company, lot or product): quantity
            for company, product, lot, quantity in rows
        }

    def _check_counted_once(self, found, values):
        """Goods are in the books as stock or as an asset: a loss is booked once."""
        assets_of = self.env["inventory.writeoff.asset"]
        found = {
            line: in_books
            for line, assets in found.items()
            if (in_books := assets.filtered(lambda a: a.state in IN_THE_BOOKS))
        }
        shares = assets_of._get_stock_shares(found, values)
        for (writeoff, _goods), (lines, assets) in assets_of._group_by_goods(
            found
        ).items():
            value = sum(values[line] for line in lines)
            own = sum(assets_of._sum_shares(shares, lines, asset) for asset in assets)
            if writeoff.currency_id.compare_amounts(value, own) > 0:
                yield self.env._(
                    "%(line)s: the goods are in the books twice, as %(value)s of stock "
                    "and as %(assets)s, so their loss would be booked twice. Have "
                    "Accounting set the cost of the goods to zero, or capitalise the "
                    "asset out of the stock valuation account.",
                    line=lines[0]._describe(),
                    value=writeoff.currency_id.format(value - own),
                    assets=", ".join(assets.mapped("display_name")),
                )

    def _check_restored_assets(self, reversals):
        retirements = self.env["inventory.writeoff.retirement"].sudo()
        lines = reversals.line_ids.filtered("quantity")
        origins = retirements._get_active(reversals.reversal_of_id)
        back = {line.origin_line_id: line.quantity for line in lines}
        for origin in origins:
            goods = origin._get_goods_lines()
            if not goods & lines.origin_line_id:
                continue
            line = (goods & lines.origin_line_id)[:1]
            names = {
                "line": line._describe(),
                "asset": origin.asset_id.display_name,
            }
            # A reversal that was closed halfway has brought some of them back.
            if any(
                item.product_uom_id.compare(
                    item.quantity, item.quantity_reversed + back.get(item, 0.0)
                )
                > 0
                for item in goods
            ):
                yield self.env._(
                    "%(line)s: asset %(asset)s comes back as a whole. Reverse all of "
                    "its goods in one reversal.",
                    **names,
                )
            elif origin.is_part:
                yield from self._check_part_back(origin, origins, line)
            elif origin.asset_id.state != "removed":
                yield self.env._(
                    "%(line)s: asset %(asset)s is not removed any more, somebody has "
                    "changed it since. Have Accounting mend it first.",
                    **names,
                )

    def _check_part_back(self, origin, origins, line):
        """Part of an asset's goods comes back before, or with, the asset itself."""
        asset = origin.asset_id
        if asset.state in IN_THE_BOOKS or origins.filtered(
            lambda other: other.asset_id == asset and not other.is_part
        ):
            return
        retired = origin.search(
            [("asset_id", "=", asset.id), ("is_part", "=", False), *ACTIVE], limit=1
        )
        names = {"line": line._describe(), "asset": asset.display_name}
        if retired:
            yield self.env._(
                "%(line)s: asset %(asset)s was retired with the rest of its goods by "
                "write-off %(writeoff)s. Reverse that one first.",
                writeoff=retired.writeoff_id.name,
                **names,
            )
        else:
            yield self.env._(
                "%(line)s: asset %(asset)s has been removed in Accounting since. Have "
                "Accounting mend it first.",
                **names,
            )
