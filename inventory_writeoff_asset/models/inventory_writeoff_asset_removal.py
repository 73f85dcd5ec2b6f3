from odoo import Command, fields, models
from odoo.exceptions import UserError


class InventoryWriteoffAssetRemoval(models.AbstractModel):
    """Retires assets by the removal of assets itself, and takes it back.

    Everything happens within the posting of the write-off: all of it or nothing.
    """

    _name = "inventory.writeoff.asset.removal"
    _description = "Removal of Assets with Write-Offs"

    def _post(self, writeoffs, lines):
        """Retire the assets of items of write-offs, restore those of reversals."""
        retirements = self.env["inventory.writeoff.retirement"]._plan(writeoffs, lines)
        if not retirements:
            return
        self._lock(retirements.asset_id)
        self._share_stock_values(retirements, lines)
        for retirement in retirements:
            retirement = retirement.with_company(retirement.company_id)
            if retirement.origin_id:
                self._restore(retirement)
            else:
                self._retire(retirement)
            retirement.state = "done"
        self._log(retirements)

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

    def _share_stock_values(self, retirements, lines):
        """Put on the rows what the posted stock moves were worth."""
        assets_of = self.env["inventory.writeoff.asset"]
        found = assets_of._get_assets(lines)
        validation = self.env["inventory.writeoff.validation"]
        values = assets_of._get_values(found, "value_posted")
        validation._refuse(validation._check_counted_once(found, values))
        shares = assets_of._get_stock_shares(found, values)
        for retirement in retirements.filtered(lambda r: not r.origin_id):
            share = shares[retirement.writeoff_id, retirement.asset_id]
            retirement.value_stock = share

    def _retire(self, retirement):
        asset = retirement.asset_id
        posted = asset.depreciation_line_ids.filtered("move_id")
        account = self._get_loss_account(retirement)
        self._remove(retirement, account)
        made = asset.depreciation_line_ids.filtered("move_id") - posted
        removal = made.filtered(lambda line: line.type == "remove")
        self._complete(retirement, removal.move_id, account)
        made.move_id.write({"writeoff_retirement_id": retirement.id})
        self._check_dates(retirement, made)
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
        line, asset = retirement.line_id, retirement.asset_id
        distribution = line.analytic_distribution or asset.analytic_distribution
        label = f"{retirement.writeoff_id.name} - {asset.display_name}"
        items = entry.line_ids.filtered(lambda item: item.account_id == account)
        items.analytic_distribution = distribution or False
        commands = [
            Command.create({"name": label, "analytic_distribution": {}, **vals})
            for vals in self._get_more_items(retirement, account, distribution)
        ]
        entry = entry.with_context(allow_asset=True, skip_invoice_sync=True)
        entry.write({"ref": label, "line_ids": commands})
        entry._post(soft=False)

    def _get_more_items(self, retirement, account, distribution):
        """Return the salvage value, which is lost, and the loss that stock has had."""
        asset = retirement.asset_id
        loss = {"account_id": account.id, "analytic_distribution": distribution or {}}
        fixed = {"account_id": asset.profile_id.account_asset_id.id}
        posting = self.env["inventory.writeoff.posting"]
        stock = {"account_id": posting._get_valuation_account(retirement.line_id).id}
        pairs = [
            (loss, {**fixed, "asset_id": asset.id}, self._get_salvage_value(asset)),
            (stock, loss, retirement.value_stock),
        ]
        for debit, credit, amount in pairs:
            if not asset.currency_id.is_zero(amount):
                yield {**debit, "balance": amount}
                yield {**credit, "balance": -amount}

    def _get_salvage_value(self, asset):
        """Return what of the purchase value is never depreciated nor removed."""
        return asset.purchase_value - asset.depreciation_base

    def _check_dates(self, retirement, lines):
        """Odoo re-dates entries in locked periods without a word; we do not."""
        for line in lines:
            move = line.move_id
            if move.state != "posted" or move.date != line.line_date:
                raise UserError(
                    self.env._(
                        "%(writeoff)s: the entry of asset %(asset)s cannot be posted "
                        "on %(date)s. Choose a later accounting date.",
                        writeoff=retirement.writeoff_id.display_name,
                        asset=retirement.asset_id.display_name,
                        date=fields.Date.to_string(line.line_date),
                    )
                )

    def _restore(self, retirement):
        """Reverse the entries, and make the schedule what it was."""
        asset, origin = retirement.asset_id, retirement.origin_id
        entries = origin.move_ids
        lines = asset.depreciation_line_ids.filtered(lambda x: x.move_id in entries)
        # First the removal: with it the asset is in the books again.
        for line in lines.sorted(lambda line: line.type != "remove"):
            self._reverse(retirement, line)
        self._restore_schedule(asset, origin.line_ids)
        asset.state = origin.asset_state
        origin.restored_by_id = retirement.writeoff_id
        reversal = retirement.writeoff_id
        asset.message_post(
            body=self.env._("Restored by reversal %(name)s.", name=reversal.name)
        )

    def _reverse(self, retirement, line):
        entry = line.move_id
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
        # What the asset's own reversal does, whose wizard posts an entry twice.
        line.with_context(unlink_from_asset=True).update_asset_line_after_unlink_move()
        if any(m.state != "posted" or m.date != retirement.date for m in made):
            raise UserError(
                self.env._(
                    "%(writeoff)s: entry %(entry)s of asset %(asset)s cannot be "
                    "reversed on %(date)s. Choose a later accounting date.",
                    writeoff=retirement.writeoff_id.display_name,
                    entry=entry.name,
                    asset=retirement.asset_id.display_name,
                    date=fields.Date.to_string(retirement.date),
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
        for kind, group in (
            ("asset_retired", retirements.filtered(lambda r: not r.origin_id)),
            ("asset_restored", retirements.filtered("origin_id")),
        ):
            payloads = {
                # Logged as the user who posts, whose rights as superuser are our own.
                writeoff.sudo(False): {"assets": [r._get_payload() for r in rows]}
                for writeoff, rows in group.grouped("writeoff_id").items()
            }
            self.env["inventory.writeoff.event"]._log(kind, payloads)
