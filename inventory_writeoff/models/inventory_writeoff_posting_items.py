import json
from collections import defaultdict

from odoo import models
from odoo.tools import frozendict


class InventoryWriteoffPosting(models.AbstractModel):
    """The items of an entry: one for each item of a write-off, or summed."""

    _inherit = "inventory.writeoff.posting"

    def _get_items_by_writeoff(self, values):
        """Return {write-off: items of its entry}.

        :param values: {write-off: pairs of a line and what its goods are worth}
        """
        taxed = self.env["inventory.writeoff.tax"]._get_base_lines(values)
        return {
            writeoff: self._get_items(writeoff, pairs, taxed)
            for writeoff, pairs in values.items()
        }

    def _get_items(self, writeoff, values, taxed):
        """Return the entry's items: losses first, then the stock they came from.

        :param values: pairs of a line and what its goods are worth
        :param taxed: {line: base line of Odoo's tax engine} of taxed goods
        :return: pairs of the values to create an item and {line: its share of it}
        """
        if writeoff.reversal_of_id:
            lines = self.env["inventory.writeoff.line"].concat(*(p[0] for p in values))
            return self.env["inventory.writeoff.reversal"]._get_items(writeoff, lines)
        debits, credits = defaultdict(dict), defaultdict(dict)
        for line, value in values:
            debits[self._get_loss_key(line)][line] = value
            credits[self._get_stock_item_key(line, taxed.get(line))][line] = -value
        return self._join_items(writeoff, debits, credits)

    def _join_items(self, writeoff, *groups):
        """Return the items of {key of an item: {line: its share of it}}."""
        return [
            (self._prepare_one_item_vals(writeoff, key, sum(shares.values())), shares)
            for group in groups
            for key, shares in group.items()
        ]

    def _get_loss_key(self, line):
        """Return what the loss items of lines that are booked together share."""
        account = line.reason_id._get_loss_account(line.company_id)
        return self._get_item_key(line, account, line.analytic_distribution)

    def _get_stock_item_key(self, line, base_line):
        return self._get_item_key(line, self._get_valuation_account(line))

    def _get_item_key(self, line, account, analytic=None, **vals):
        return frozendict(
            account_id=account.id,
            label=self._get_item_label(line),
            # Explicitly no distribution: it belongs to the loss only.
            analytic=json.dumps(analytic or {}, sort_keys=True),
            **vals,
        )

    def _prepare_one_item_vals(self, writeoff, key, balance):
        vals = dict(key)
        label, analytic = vals.pop("label"), vals.pop("analytic")
        balance = writeoff.currency_id.round(balance)
        # Most of this Odoo would compute just so, item by item.
        return {
            "balance": balance,
            "amount_currency": balance,
            "currency_id": writeoff.currency_id.id,
            "company_id": writeoff.company_id.id,
            "company_currency_id": writeoff.currency_id.id,
            "display_type": "product",
            "price_unit": 0.0,
            "tax_ids": [],
            "tax_line_id": False,
            "tax_group_id": False,
            "analytic_distribution": json.loads(analytic),
            **self._prepare_label_vals(writeoff, label),
            **vals,
        }

    def _get_item_label(self, line):
        """Return the line whose goods an item names, or none where they are summed."""
        if line.company_id.writeoff_entry_detail == "line":
            return line
        return line.browse()

    def _prepare_label_vals(self, writeoff, line):
        if not line:
            return {"name": writeoff.name}
        return {
            "name": f"{writeoff.name} - {line.display_name}",
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "quantity": line.quantity,
        }

    def _get_valuation_account(self, line):
        product = line.product_id.with_company(line.company_id)
        return product._get_product_accounts()["stock_valuation"]
