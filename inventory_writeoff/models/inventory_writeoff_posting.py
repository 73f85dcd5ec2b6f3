from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..bulk import write_each
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
        reversals = writeoffs.filtered("reversal_of_id")
        catch_ups = writeoffs.filtered("is_catch_up")
        self.env["inventory.writeoff.catch.up"]._post(catch_ups)
        others = writeoffs - reversals - catch_ups
        for company, group in others.grouped("company_id").items():
            moves = self.env["inventory.writeoff.hold"]._get_open_moves(group)
            moves = as_writer(moves.with_company(company))
            self._do_moves(group, moves)
        for company, group in reversals.grouped("company_id").items():
            reversal = self.env["inventory.writeoff.reversal"].with_company(company)
            self._do_moves(group, reversal._create_moves(group.line_ids))

    def _do_moves(self, writeoffs, moves):
        """Do the moves of write-offs of one company; the entries come with them."""
        if not moves:
            return
        # The other companies of the user are not to be valued with this one.
        moves = moves.with_context(allowed_company_ids=moves.company_id.ids)
        moves.move_line_ids.write({"picked": True})
        self._batch(writeoffs, moves)._action_done()
        self._check_done(writeoffs, moves)
        self._date_moves(moves)
        self._freeze_values(moves)

    def _batch(self, writeoffs, moves):
        """Return the moves with all that Odoo is about to ask for each of them."""
        batch, goods = self.env["inventory.writeoff.batch"], moves.move_line_ids
        batch._open_quants(goods)
        locations = goods.location_id | goods.location_dest_id
        moves = batch._start(moves, goods, locations)
        # What a reversal brings back is a layer of its own.
        return moves if writeoffs.reversal_of_id else batch._read_layers(moves, goods)

    def _check_done(self, writeoffs, moves):
        if any(move.state != "done" for move in moves):
            raise UserError(
                self.env._(
                    "%(writeoffs)s: not all goods could be moved, so nothing was "
                    "posted. Set it back to draft and submit it again.",
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
        values = {}
        for line, group in moves.grouped("writeoff_line_id").items():
            valued = group.filtered(self._is_valued)
            values[line] = sum(map(self._get_loss, valued))
        write_each("value_posted", values)

    def _is_valued(self, move):
        is_moved = move.is_out or move.is_in
        return is_moved and not move.company_id.currency_id.is_zero(move.value)

    def _get_loss(self, move):
        """Return what the move costs: its value, negative when goods come back."""
        return -move.value if move.is_in else move.value

    def _take_residues(self, moves):
        """Add what rounding leaves to the last move that takes the last of the stock.

        Three units that cost 10.00 in all leave as 3.33, 3.33 and 3.34, so that no
        stock is worth 0.00. Larger differences are none of rounding and stay.
        """
        for company, group in moves.grouped("company_id").items():
            stock = self.env["inventory.valuation"]._get_stock(
                company, group.product_id
            )
            currency = company.currency_id
            for key, taken in group.grouped(self._get_stock_key).items():
                quantity, value = stock.get(key, (0.0, 0.0))
                taken_quantity = sum(move._get_valued_qty() for move in taken)
                if taken.product_id.uom_id.compare(quantity, taken_quantity):
                    continue
                residue = currency.round(value - sum(taken.mapped("value")))
                largest = currency.rounding * (len(taken) + 1) / 2
                if currency.compare_amounts(abs(residue), largest) <= 0:
                    taken[-1].value += residue

    def _get_stock_key(self, move):
        """Return the product and, where it is valued by lot, the lot of a move."""
        lot_id = move.product_id.lot_valuated and move.move_line_ids.lot_id.id
        return move.product_id.id, lot_id or 0

    def _create_entries(self, moves):
        """Create and post one entry per write-off; goods without value have none."""
        groups = moves.filtered(self._is_valued).grouped("writeoff_id")
        return self._book(
            {
                writeoff: [
                    (move, move.writeoff_line_id, self._get_loss(move))
                    for move in group
                ]
                for writeoff, group in groups.items()
            }
        )

    def _book(self, losses):
        """Create and post one entry per write-off.

        :param losses: {write-off: [(stock move, item, what it costs)]}
        :return: the posted `account.move` records
        """
        if not losses:
            return self.env["account.move"]
        items = self._get_items_by_writeoff(
            {
                writeoff: [loss[1:] for loss in group]
                for writeoff, group in losses.items()
            }
        )
        entries = self._create_posted(
            [self._prepare_entry_vals(*pair) for pair in items.items()]
        )
        for entry, group, parts in zip(
            entries, losses.values(), items.values(), strict=True
        ):
            moves = self.env["stock.move"].union(*(move for move, *_loss in group))
            as_writer(moves.sudo()).account_move_id = entry
            if not entry.writeoff_id.reversal_of_id:
                self._keep_items(entry, parts)
        self._check_entries(entries)
        return entries

    def _create_posted(self, vals_list):
        # Finance posts write-offs without any right in Accounting. The items are
        # whole: Odoo is not to add taxes to them, or what balances them.
        entries = as_writer(self.env["account.move"].sudo())
        entries = entries.with_context(skip_invoice_sync=True).create(
            [self._complete_items(vals) for vals in vals_list]
        )
        entries = as_writer(entries)
        # Odoo reads them when it has named the entry; all items would be written then,
        # and again with their state.
        entries.mapped("journal_line_ids")
        entries._post(soft=False)
        return entries

    def _complete_items(self, vals):
        """Give items what Odoo takes from their entry once they are written."""
        shared = {
            "journal_id": vals["journal_id"],
            "date": vals["date"],
            "parent_state": "draft",
            "move_name": False,
        }
        items = [{**item, **shared} for _command, _id, item in vals["line_ids"]]
        return {**vals, "line_ids": [Command.create(item) for item in items]}

    def _prepare_entry_vals(self, writeoff, items):
        company = writeoff.company_id
        original = writeoff.reversal_of_id._get_first_entry()
        journal = original.journal_id or company._get_writeoff_journal()
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": writeoff._get_accounting_date(),
            "ref": writeoff._get_entry_reference(),
            "writeoff_id": writeoff.id,
            "reversed_entry_id": original.id,
            "line_ids": [Command.create(vals) for vals, _shares in items],
        }

    def _keep_items(self, entry, items):
        """Keep on each line what it has in which item, for the day it is reversed."""
        posted = defaultdict(dict)
        for item, (vals, shares) in self._pair_items(entry, items):
            if self._is_cost(vals):
                for line, balance in shares.items():
                    posted[line][str(item.id)] = line.currency_id.round(balance)
        write_each("posted_items", posted)

    def _pair_items(self, entry, items):
        return zip(entry.line_ids.sorted("id"), items, strict=True)

    def _is_cost(self, vals):
        """Tell whether the values are those of an item that books the goods' cost."""
        return True

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
                        date=format_date(self.env, date),
                    )
                )
