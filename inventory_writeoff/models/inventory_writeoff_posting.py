import json
from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..writer import as_writer


class InventoryWriteoffPosting(models.AbstractModel):
    """Takes held goods off stock and books the loss.

    The stock move says what the goods were worth (`stock.move.value`); the entry
    debits the loss account of the reason and credits the stock valuation account
    (IAS 2.34), at once, for perpetual and periodic valuation alike. The loss
    location has no valuation account, so Odoo books nothing more for the move.
    """

    _name = "inventory.writeoff.posting"
    _description = "Posting of Write-Offs"

    def _post(self, writeoffs):
        """Post the write-offs, whose holds have been checked: all of them or none."""
        for company, group in writeoffs.grouped("company_id").items():
            moves = self.env["inventory.writeoff.hold"]._get_open_moves(group)
            moves = as_writer(moves.with_company(company))
            moves.move_line_ids.write({"picked": True})
            moves._action_done()
            self._check_done(group, moves)
            self._date_moves(moves)
            self._freeze_values(moves)

    def _check_done(self, writeoffs, moves):
        if any(move.state != "done" for move in moves):
            raise UserError(
                self.env._(
                    "%(writeoffs)s: not all goods could be taken off stock, so nothing "
                    "was posted. Set it back to draft and submit it again.",
                    writeoffs=writeoffs._join_names(),
                )
            )

    def _date_moves(self, moves):
        """Give moves of a past accounting date that date.

        Midnight UTC, so that an inventory closing at that date counts them.
        """
        today = fields.Date.context_today(self)
        for writeoff, group in moves.grouped("writeoff_id").items():
            date = writeoff._get_accounting_date()
            if date < today:
                group.write({"date": fields.Datetime.to_datetime(date)})

    def _freeze_values(self, moves):
        for line, group in moves.grouped("writeoff_line_id").items():
            value = sum(group.filtered(self._is_valued).mapped("value"))
            as_writer(line).value_posted = value

    def _is_valued(self, move):
        return move.is_out and not move.company_id.currency_id.is_zero(move.value)

    def _create_entries(self, moves):
        """Create and post one entry per write-off for its done moves.

        :return: the posted `account.move` records; goods without value have none
        """
        valued = moves.filtered(self._is_valued)
        if not valued:
            return self.env["account.move"]
        groups = valued.grouped("writeoff_id")
        # Finance posts write-offs without any right in Accounting.
        entries = as_writer(self.env["account.move"].sudo()).create(
            [self._prepare_entry_vals(*group) for group in groups.items()]
        )
        for entry, group in zip(entries, groups.values(), strict=True):
            as_writer(group).account_move_id = entry
        entries._post(soft=False)
        self._check_entries(entries)
        return entries

    def _prepare_entry_vals(self, writeoff, moves):
        company = writeoff.company_id
        values = [(move.writeoff_line_id, move.value) for move in moves]
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": company._get_writeoff_journal().id,
            "date": writeoff._get_accounting_date(),
            "ref": writeoff.name,
            "writeoff_id": writeoff.id,
            "line_ids": [
                Command.create(vals)
                for vals in self._prepare_item_vals(writeoff, values)
            ],
        }

    def _prepare_item_vals(self, writeoff, values):
        """Return the entry's items: losses first, then the stock they came from.

        :param values: pairs of a line and what its goods are worth
        """
        debits, credits = defaultdict(float), defaultdict(float)
        for line, value in values:
            loss_account = line.reason_id._get_loss_account(writeoff.company_id)
            label = self._get_item_label(line)
            analytic = json.dumps(line.analytic_distribution or {}, sort_keys=True)
            debits[loss_account, label, analytic] += value
            credits[self._get_valuation_account(line), label] += value
        return [
            *(
                self._prepare_one_item_vals(writeoff, account, label, value, analytic)
                for (account, label, analytic), value in debits.items()
            ),
            *(
                # Explicitly no distribution: it belongs to the loss only.
                self._prepare_one_item_vals(writeoff, account, label, -value, "{}")
                for (account, label), value in credits.items()
            ),
        ]

    def _prepare_one_item_vals(self, writeoff, account, label, balance, analytic):
        return {
            "account_id": account.id,
            "balance": writeoff.currency_id.round(balance),
            "analytic_distribution": json.loads(analytic),
            **self._prepare_label_vals(writeoff, label),
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

    def _check_entries(self, entries):
        """Odoo re-dates entries in locked periods without a word; we do not."""
        for entry in entries:
            date = entry.writeoff_id._get_accounting_date()
            if entry.state != "posted" or entry.date != date:
                raise UserError(
                    self.env._(
                        "%(writeoff)s: the journal entry cannot be posted on %(date)s. "
                        "Choose an open accounting date.",
                        writeoff=entry.writeoff_id.display_name,
                        date=fields.Date.to_string(date),
                    )
                )
