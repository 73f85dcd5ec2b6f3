from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class InventoryWriteoffAssetRemoval(models.AbstractModel):
    """Retires assets by the removal of assets itself, and takes it back.

    Everything happens within the posting of the write-off: all of it or nothing.
    """

    _name = "inventory.writeoff.asset.removal"
    _description = "Removal of Assets with Write-Offs"

    def _post(self, writeoffs, lines, posted):
        """Retire the assets of items of write-offs, restore those of reversals.

        :param lines: items of goods of which the last are posted now
        :param posted: items that are posted now
        """
        plans = self.env["inventory.writeoff.retirement"]
        found = self.env["inventory.writeoff.asset"]._get_assets(posted)
        retirements = plans._plan(writeoffs, lines)
        self._lock(retirements.asset_id.union(*found.values()))
        self._share_stock_values(retirements, found)
        retirements |= plans._plan_parts(posted - lines)
        for retirement in retirements:
            self._carry_out(retirement.with_company(retirement.company_id))
        self._log(retirements)

    def _carry_out(self, retirement):
        if retirement.origin_id:
            self._restore(retirement)
        elif retirement.is_part:
            self._give_back(retirement)
        else:
            self._retire(retirement)
        retirement.state = "done"

    def _lock(self, assets):
        locked = assets.try_lock_for_update(allow_referencing=True)
        if locked != assets:
            raise UserError(
                self.env._(
                    "Someone else is working on the assets %(assets)s right now. Try "
                    "again in a moment.",
                    assets=", ".join((assets - locked).mapped("display_name")),
                )
            )

    def _share_stock_values(self, retirements, found):
        """Put on the rows what the posted stock moves were worth."""
        assets_of = self.env["inventory.writeoff.asset"]
        validation = self.env["inventory.writeoff.validation"]
        values = assets_of._get_values(found, "value_posted")
        validation._refuse(validation._check_counted_once(found, values))
        shares = assets_of._get_stock_shares(found, values)
        for retirement in retirements.filtered(lambda r: not r.origin_id):
            items = retirement._get_goods_lines()
            asset = retirement.asset_id
            retirement.value_stock = assets_of._sum_shares(shares, items, asset)

    def _retire(self, retirement):
        asset = retirement.asset_id
        posted = asset.depreciation_line_ids.filtered("move_id")
        account = self._get_loss_account(retirement)
        self._remove(retirement, account)
        made = asset.depreciation_line_ids.filtered("move_id") - posted
        removal = made.filtered(lambda line: line.type == "remove")
        self._complete(retirement, removal.move_id, account)
        made.move_id.write({"writeoff_retirement_id": retirement.id})
        for line in made:
            self._check_date(retirement, line.move_id, line.line_date)
        writeoff = retirement.writeoff_id
        asset.message_post(
            body=self.env._("Retired by write-off %(name)s.", name=writeoff.name)
        )

    def _remove(self, retirement, account):
        """Remove the asset as its own wizard does."""
        asset = retirement.asset_id
        is_early = self.env["inventory.writeoff.asset"]._is_early(asset)
        wizards = self.env["account.asset.remove"].with_env(asset.env)
        wizard = wizards.with_context(active_id=asset.id, early_removal=is_early)
        wizard.create(
            {
                "date_remove": retirement.date,
                "posting_regime": "residual_value",
                "account_residual_value_id": account.id,
                "note": retirement.writeoff_id.name,
            }
        ).remove()

    def _get_loss_account(self, retirement):
        return retirement.line_id.reason_id._get_loss_account(retirement.company_id)

    def _complete(self, retirement, entry, account):
        """Add to the removal entry what it does not know of, and post it."""
        distribution = self._get_distribution(retirement)
        label = self._get_label(retirement)
        items = entry.line_ids.filtered(lambda item: item.account_id == account)
        items.analytic_distribution = distribution or False
        commands = [
            Command.create({"name": label, "analytic_distribution": {}, **vals})
            for vals in self._get_more_items(retirement, account, distribution)
        ]
        entry = entry.with_context(allow_asset=True, skip_invoice_sync=True)
        entry.write({"ref": label, "line_ids": commands})
        entry._post(soft=False)

    def _get_distribution(self, retirement):
        line, asset = retirement.line_id, retirement.asset_id
        return line.analytic_distribution or asset.analytic_distribution

    def _get_label(self, retirement):
        return f"{retirement.writeoff_id.name} - {retirement.asset_id.display_name}"

    def _give_back(self, retirement):
        """Take back the loss in stock of goods whose asset stays in the books."""
        asset, label = retirement.asset_id, self._get_label(retirement)
        account = self._get_loss_account(retirement)
        items = self._get_more_items(
            retirement, account, self._get_distribution(retirement)
        )
        entries = self.env["account.move"].with_env(asset.env)
        entry = entries.with_context(skip_invoice_sync=True).create(
            {
                "journal_id": asset.profile_id.journal_id.id,
                "date": retirement.date,
                "ref": label,
                "writeoff_retirement_id": retirement.id,
                "line_ids": [
                    Command.create({"name": label, "analytic_distribution": {}, **vals})
                    for vals in items
                ],
            }
        )
        entry._post(soft=False)
        self._check_date(retirement, entry, retirement.date)

    def _get_more_items(self, retirement, account, distribution):
        """Return the salvage value, which is lost, and the loss that stock has had."""
        asset = retirement.asset_id
        loss = {"account_id": account.id, "analytic_distribution": distribution or {}}
        fixed = {"account_id": asset.profile_id.account_asset_id.id}
        posting = self.env["inventory.writeoff.posting"]
        stock = {"account_id": posting._get_valuation_account(retirement.line_id).id}
        salvage = 0.0 if retirement.is_part else self._get_salvage_value(asset)
        pairs = [
            (loss, {**fixed, "asset_id": asset.id}, salvage),
            (stock, loss, retirement.value_stock),
        ]
        for debit, credit, amount in pairs:
            if not asset.currency_id.is_zero(amount):
                yield {**debit, "balance": amount}
                yield {**credit, "balance": -amount}

    def _get_salvage_value(self, asset):
        """Return what of the purchase value is never depreciated nor removed."""
        return asset.purchase_value - asset.depreciation_base

    def _check_date(self, retirement, entry, date):
        """Odoo re-dates entries in locked periods without a word; we do not."""
        if entry.state != "posted" or entry.date != date:
            raise UserError(
                self.env._(
                    "%(writeoff)s: the entry of asset %(asset)s cannot be posted "
                    "on %(date)s. Choose a later accounting date.",
                    writeoff=retirement.writeoff_id.display_name,
                    asset=retirement.asset_id.display_name,
                    date=format_date(self.env, date),
                )
            )

    def _restore(self, retirement):
        origin = retirement.origin_id
        if origin.is_part:
            for entry in origin.move_ids:
                self._reverse(retirement, entry)
        else:
            self._restore_asset(retirement)
        origin.restored_by_id = retirement.writeoff_id

    def _restore_asset(self, retirement):
        """Reverse the entries, and make the schedule what it was."""
        asset, origin = retirement.asset_id, retirement.origin_id
        entries = origin.move_ids
        lines = asset.depreciation_line_ids.filtered(lambda x: x.move_id in entries)
        # First the removal: with it the asset is in the books again.
        for line in lines.sorted(lambda line: line.type != "remove"):
            self._reverse(retirement, line.move_id)
            # What the asset's own reversal does, whose wizard posts an entry twice.
            line = line.with_context(unlink_from_asset=True)
            line.update_asset_line_after_unlink_move()
        self._restore_schedule(asset, origin.line_ids)
        asset.state = origin.asset_state
        reversal = retirement.writeoff_id
        asset.message_post(
            body=self.env._("Restored by reversal %(name)s.", name=reversal.name)
        )

    def _reverse(self, retirement, entry):
        made = entry.with_context(allow_asset=True)._reverse_moves(
            [
                {
                    "date": retirement.date,
                    "ref": f"{retirement.writeoff_id.name} - {entry.ref}",
                    "writeoff_retirement_id": retirement.id,
                }
            ],
            cancel=True,
        )
        if any(m.state != "posted" or m.date != retirement.date for m in made):
            raise UserError(
                self.env._(
                    "%(writeoff)s: entry %(entry)s of asset %(asset)s cannot be "
                    "reversed on %(date)s. Choose a later accounting date.",
                    writeoff=retirement.writeoff_id.display_name,
                    entry=entry.name,
                    asset=retirement.asset_id.display_name,
                    date=format_date(self.env, retirement.date),
                )
            )

    def _restore_schedule(self, asset, rows):
        """Give the asset back the depreciation lines that were cut or dropped."""
        lines = asset.depreciation_line_ids
        previous = lines.filtered(lambda line: line.type == "create")[:1]
        there = {line.id: line for line in lines}
        for row in rows.filtered(lambda row: row.kind == "depreciate"):
            line = there.get(row.asset_line_ref)
            vals = {
                "amount": row.amount_before,
                "line_date": row.date_before,
                "line_days": row.days_before,
                "previous_id": previous.id,
            }
            if not line:
                line = lines.create({**vals, "asset_id": asset.id, "name": row.name})
            elif not row.is_posted:
                line.write(vals)
            previous = line

    def _log(self, retirements):
        kinds = {
            (False, False): "asset_retired",
            (False, True): "asset_restored",
            (True, False): "asset_part_lost",
            (True, True): "asset_part_back",
        }
        by_kind = retirements.grouped(lambda r: kinds[r.is_part, bool(r.origin_id)])
        for kind, group in by_kind.items():
            payloads = {
                # Logged as the user who posts, whose rights as superuser are our own.
                writeoff.sudo(False): {"assets": [r._get_payload() for r in rows]}
                for writeoff, rows in group.grouped("writeoff_id").items()
            }
            self.env["inventory.writeoff.event"]._log(kind, payloads)
