from odoo import models


class InventoryWriteoffReversal(models.AbstractModel):
    """The tax that was given back comes with the goods, unless it has come before."""

    _inherit = "inventory.writeoff.reversal"

    def _prepare_lines(self, lines):
        lines = super()._prepare_lines(lines)
        for line in lines:
            kept = line.origin_line_id.posted_tax_items
            if kept:
                line.value_tax = line.posted_items.get(str(kept["loss"]), 0.0)
        return lines

    def _get_shares(self, line):
        original = line.origin_line_id
        kept = original.posted_tax_items
        shares = super()._get_shares(line)
        if not kept or original.tax_entry_id:
            return shares
        done = self._get_reversed(original)
        taxes = {
            item: -line._get_share(balance, done[item])
            for item, balance in kept["taxes"].items()
        }
        # Each tax is rounded on its own; the loss is what they add up to.
        loss = line.currency_id.round(-sum(taxes.values()))
        return {**shares, **taxes, str(kept["loss"]): loss}
