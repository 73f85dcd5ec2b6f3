from odoo import fields, models
from odoo.tools import format_date

from ..writer import as_writer


class InventoryWriteoffTaxRecovery(models.AbstractModel):
    """Takes tax back that was given back before the loss was proven.

    One entry per write-off mirrors the tax items of its posting. The base of the tax
    comes back in a pair of items on the stock account, of which one carries the tags.
    What reversals have brought back meanwhile is left out.
    """

    _name = "inventory.writeoff.tax.recovery"
    _description = "Recovery of Tax on Write-Offs"

    def _recover(self, writeoffs):
        """Take back, once, the tax on posted goods of which the loss is proven now."""
        lines = self._get_lines(writeoffs)
        if not lines:
            return
        lines.writeoff_id._lock()
        self._check_date(lines.writeoff_id)
        shares = {line: self._get_shares(line) for line in lines}
        groups = lines.grouped("writeoff_id")
        entries = self.env["inventory.writeoff.posting"]._create_posted(
            [self._prepare_entry_vals(w, group, shares) for w, group in groups.items()]
        )
        for entry, group in zip(entries, groups.values(), strict=True):
            for line in as_writer(group):
                line.tax_entry_id = entry
                line.value_tax_recovered = -shares[line][self._get_loss_id(line)]
        self._tell(writeoffs, entries)

    def _get_lines(self, writeoffs):
        """Return the items of which tax is left to be taken back."""
        # Whoever accepts evidence need not see how the items were booked.
        lines = writeoffs.sudo().line_ids.filtered(
            lambda line: (
                line.posted_tax_items
                and line.posted_tax_items["treatment"] == "unless_evidence"
                and not line.tax_entry_id
                and not line._is_fully_reversed()
            )
        )
        return self.env["inventory.writeoff.tax"]._get_proven(lines)

    def _get_loss_id(self, line):
        return str(line.posted_tax_items["loss"])

    def _get_shares(self, line):
        """Return {id of a tax item of the posting: balance to book against it}."""
        done = self.env["inventory.writeoff.reversal"]._get_reversed(line)
        taxes = {
            item: line.currency_id.round(done[item] - balance)
            for item, balance in line.posted_tax_items["taxes"].items()
        }
        loss = line.currency_id.round(-sum(taxes.values()))
        return {**taxes, self._get_loss_id(line): loss}

    def _get_base_shares(self, line):
        """Return {id of the stock item that carries the tax: balance against it}."""
        done = self.env["inventory.writeoff.reversal"]._get_reversed(line)
        items = self.env["account.move.line"].browse(map(int, line.posted_items))
        return {
            str(item.id): done[str(item.id)] - line.posted_items[str(item.id)]
            for item in items.sudo()
            if item.tax_tag_ids or item.tax_ids
        }

    def _prepare_entry_vals(self, writeoff, lines, shares):
        posting = self.env["inventory.writeoff.posting"]
        original = writeoff._get_first_entry()
        bases = {line: self._get_base_shares(line) for line in lines}
        opposite = {
            line: {item: -balance for item, balance in by_item.items()}
            for line, by_item in bases.items()
        }
        items = [
            *self._mirror(writeoff, shares),
            *self._mirror(writeoff, bases),
            *self._mirror(writeoff, opposite, is_taxed=False),
        ]
        return {
            **posting._prepare_entry_vals(writeoff, items),
            "journal_id": original.journal_id.id,
            "date": fields.Date.context_today(self),
            "ref": self.env._("%(writeoff)s (tax taken back)", writeoff=writeoff.name),
            "reversed_entry_id": original.id,
        }

    def _mirror(self, writeoff, shares, is_taxed=True):
        """Return items that mirror those of the posting, and the lines' shares."""
        groups = {}
        for line, by_item in shares.items():
            for item_id, balance in by_item.items():
                if line.writeoff_id == writeoff:
                    groups.setdefault(int(item_id), {})[line] = balance
        items = self.env["account.move.line"].sudo().browse(sorted(groups))
        mirror = self.env["inventory.writeoff.reversal"]._mirror
        for item in items:
            vals = mirror(writeoff, item, groups[item.id], is_taxed)
            yield {**vals, "name": item.name, "quantity": 0.0}, groups[item.id]

    def _check_date(self, writeoffs):
        dates, problems = self.env["inventory.writeoff.dates"], []
        today = fields.Date.context_today(self)
        for writeoff in writeoffs:
            problems += dates._get_closed_problems(writeoff, today, today, True)
        self.env["inventory.writeoff.validation"]._refuse(problems)

    def _tell(self, writeoffs, entries):
        payloads = {}
        for entry in entries:
            writeoff = entry.writeoff_id.with_env(writeoffs.env)
            amount = sum(
                entry.sudo().line_ids.filtered("writeoff_is_tax").mapped("credit")
            )
            payloads[writeoff] = {
                "account_move_id": entry.id,
                "value": writeoff.currency_id.round(amount),
            }
            writeoff.message_post(
                body=self.env._(
                    "The loss is proven: the tax of %(value)s that was given back is "
                    "taken back in journal entry %(entry)s of %(date)s.",
                    value=writeoff.currency_id.format(amount),
                    entry=writeoff._get_entry_links(entry),
                    date=format_date(self.env, entry.date),
                )
            )
        self.env["inventory.writeoff.event"]._log("tax_recovered", payloads)
