from odoo import fields, models
from odoo.tools import format_date


class InventoryWriteoffCheck(models.Model):
    """What the books of the company must not take, or only knowingly."""

    _inherit = "inventory.writeoff.check"

    def _find_back_dated(self, lines):
        for writeoff in lines.writeoff_id:
            date = writeoff.accounting_date
            asked_at = writeoff.state != "draft" and writeoff.submitted_at
            # Waiting for a decision does not make a date a past one.
            asked_on = fields.Date.context_today(
                writeoff, asked_at or fields.Datetime.now()
            )
            if date and (asked_on - date).days > self.days:
                yield (
                    writeoff,
                    self.env._(
                        "The accounting date %(date)s is %(days)s days in the past.",
                        date=format_date(self.env, date),
                        days=(asked_on - date).days,
                    ),
                    self.env._(
                        "Leave the accounting date empty for the day of posting."
                    ),
                    date,
                )

    def _find_fixed_asset(self, lines):
        assets = self._get_running_assets(lines)
        posting = self.env["inventory.writeoff.posting"]
        remedy = self.env._(
            "Remove the item, and dispose of the asset in Accounting instead."
        )
        accounts = {}
        for line in lines:
            product = line.product_id
            if product not in accounts:
                accounts[product] = posting._get_valuation_account(line)
            asset, account = assets.get(line), accounts[product]
            if asset:
                message = self.env._(
                    "The goods belong to the running asset %(asset)s.",
                    asset=asset.display_name,
                )
                yield line, message, remedy, asset.id
            elif account.account_type == "asset_fixed":
                message = self.env._(
                    "The product is booked as a fixed asset (account %(account)s).",
                    account=account.display_name,
                )
                yield line, message, remedy, account.id

    def _get_running_assets(self, lines):
        """Return {line: asset} of goods that are also a running asset.

        Read from an asset model that names products or lots; others override this.
        """
        if "account.asset" not in self.env:
            return {}
        assets = self.env["account.asset"]
        found = {}
        for name in ("lot_id", "product_id"):
            if name not in assets._fields:
                continue
            domain = [
                (name, "in", lines[name].ids),
                ("state", "=", "open"),
                ("company_id", "=", self.env.company.id),
            ]
            by_goods = assets.search(domain).grouped(name)
            for line in lines:
                if line[name] in by_goods:
                    found.setdefault(line, by_goods[line[name]][0])
        return found

    def _find_other_owner(self, lines):
        for line in lines.filtered(lambda line: not line._is_company_owned()):
            yield (
                line,
                self.env._(
                    "The goods belong to %(owner)s, not to the company.",
                    owner=line.owner_id.display_name,
                ),
                self.env._("Agree with the owner on who bears the loss."),
            )
