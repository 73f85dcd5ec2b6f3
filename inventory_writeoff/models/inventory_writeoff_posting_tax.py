from collections import defaultdict

from odoo import Command, models
from odoo.tools import frozendict

from ..writer import as_writer


class InventoryWriteoffPosting(models.AbstractModel):
    """Purchase tax: debited to the loss, credited to the accounts of the taxes.

    The items that credit the stock are the base, and carry the taxes and their tags,
    as the goods do on a vendor's refund.
    """

    _inherit = "inventory.writeoff.posting"

    def _get_items(self, writeoff, values, taxed):
        items = super()._get_items(writeoff, values, taxed)
        debits, credits, bases = defaultdict(dict), defaultdict(dict), {}
        for line, _value in values:
            shares = self._get_tax_shares(line, taxed[line]) if line in taxed else {}
            for key, (amount, base) in shares.items():
                credits[key][line] = -amount
                bases[key] = bases.get(key, 0.0) - base
            if shares:
                total = sum(amount for amount, _base in shares.values())
                debits[self._get_tax_loss_key(line)][line] = total
        tax_items = self._join_items(writeoff, credits)
        for base, (vals, _shares) in zip(bases.values(), tax_items, strict=True):
            vals["tax_base_amount"] = writeoff.currency_id.round(base)
        return [*items, *self._join_items(writeoff, debits), *tax_items]

    def _get_tax_shares(self, line, base_line):
        """Return {key of a tax item: the line's amount and base in it}."""
        shares = {}
        for tax_data, part in self.env["inventory.writeoff.tax"]._get_parts(base_line):
            key = self._get_item_key(
                line,
                part["account"],
                tax_name=tax_data["tax"].name,
                tax_repartition_line_id=part["tax_rep"].id,
                group_tax_id=tax_data["group"].id,
                tax_ids=tuple(part["taxes"].ids),
                tax_tag_ids=tuple(part["tax_tags"].ids),
            )
            shares[key] = part["tax_amount"], tax_data["base_amount"]
        return shares

    def _get_tax_loss_key(self, line):
        account = line.reason_id._get_tax_loss_account(line.company_id)
        return self._get_item_key(
            line,
            account,
            line.analytic_distribution,
            tax_name=self.env._("purchase tax"),
            writeoff_is_tax=True,
        )

    def _get_stock_item_key(self, line, base_line):
        key = super()._get_stock_item_key(line, base_line)
        if not base_line:
            return key
        tax_ids, tag_ids = self.env["inventory.writeoff.tax"]._get_base_tax_ids(
            base_line
        )
        return frozendict({**key, "tax_ids": tax_ids, "tax_tag_ids": tag_ids})

    def _prepare_one_item_vals(self, writeoff, key, balance):
        vals = super()._prepare_one_item_vals(writeoff, key, balance)
        for name in ("tax_ids", "tax_tag_ids"):
            if name in vals:
                vals[name] = [Command.set(vals[name])]
        if tax_name := vals.pop("tax_name", None):
            vals["name"] = f"{vals['name']} - {tax_name}"
        if "tax_repartition_line_id" in vals:
            # Odoo tells the tax by this.
            del vals["tax_line_id"], vals["tax_group_id"]
        return vals

    def _is_cost(self, vals):
        is_tax = vals.get("writeoff_is_tax") or vals.get("tax_repartition_line_id")
        return super()._is_cost(vals) and not is_tax

    def _keep_items(self, entry, items):
        result = super()._keep_items(entry, items)
        losses, taxes = {}, defaultdict(dict)
        for item, (vals, shares) in self._pair_items(entry, items):
            for line, balance in shares.items():
                if vals.get("writeoff_is_tax"):
                    losses[line] = item.id
                elif vals.get("tax_repartition_line_id"):
                    taxes[line][str(item.id)] = line.currency_id.round(balance)
        for line, balances in taxes.items():
            kept = {
                "treatment": line.sudo().reason_id.tax_treatment,
                "loss": losses[line],
                "taxes": balances,
            }
            value_tax = line.currency_id.round(-sum(balances.values()))
            as_writer(line).write({"posted_tax_items": kept, "value_tax": value_tax})
        return result
