from odoo import Command, models
from odoo.tools import format_date

from ..writer import as_writer


class InventoryWriteoffCatchUp(models.AbstractModel):
    """Write-offs of goods that left stock without one: scraps, counts, other moves.

    A catch-up is asked for and approved as any write-off. It moves nothing: its items
    name stock moves that are done, and posting makes the entry that they lack, at
    their value. A stock move is taken over by one item only, which the database sees
    to. The next inventory closing would book the loss by itself, on the stock
    variation account: so moves before the last closing are left alone.
    """

    _name = "inventory.writeoff.catch.up"
    _description = "Catch-Up Write-Offs"

    def _create(self, moves):
        """Create a draft per company that takes over these stock moves."""
        if problems := self._get_problems(moves):
            self.env["inventory.writeoff.validation"]._refuse(problems)
        writeoffs = as_writer(self.env["inventory.writeoff"]).create(
            [
                self._prepare_vals(company, group)
                for company, group in moves.grouped("company_id").items()
            ]
        )
        payloads = {
            writeoff: {"stock_moves": writeoff.line_ids.adopted_move_id.ids}
            for writeoff in writeoffs
        }
        self.env["inventory.writeoff.event"]._log("caught_up", payloads)
        return writeoffs

    def _prepare_vals(self, company, moves):
        return {
            "company_id": company.id,
            "is_catch_up": True,
            "line_ids": [Command.create(self._prepare_line_vals(m)) for m in moves],
        }

    def _prepare_line_vals(self, move):
        lines = move.move_line_ids
        return {
            "adopted_move_id": move.id,
            "product_id": move.product_id.id,
            "product_uom_id": move.product_uom.id,
            "quantity": move.quantity,
            "location_id": move.location_id.id,
            # A move of several lots has one value, so it is one item.
            "lot_id": len(lines.lot_id) == 1 and lines.lot_id.id,
            "package_id": len(lines.package_id) == 1 and lines.package_id.id,
            "note": move.reference,
        }

    def _get_problems(self, moves, apart_from=None):
        """Return why these stock moves cannot be taken over, a sentence each.

        :param apart_from: items that may have them already
        """
        companies = {
            company: company._get_stock_closed_until() for company in moves.company_id
        }
        taken = moves.adopting_line_ids - (
            apart_from or self.env["inventory.writeoff.line"]
        )
        owners = {line.adopted_move_id: line.writeoff_id for line in taken}
        return [
            self.env._(
                "%(move)s, %(product)s: %(reason)s",
                move=move.reference or move.origin or "-",
                product=move.product_id.display_name,
                reason=reason,
            )
            for move in moves
            if (
                reason := self._get_refusal(
                    move, companies[move.company_id], owners.get(move)
                )
            )
        ]

    def _get_refusal(self, move, closed_until, owner):
        if owner:
            return self.env._(
                "write-off %(writeoff)s has taken it over already.",
                writeoff=owner.display_name,
            )
        if move.writeoff_id or move.account_move_id:
            return self.env._("it has an entry already.")
        if move.state != "done" or not move.is_out or not move.value:
            return self.env._("no goods with a value have left stock with it.")
        if move.location_dest_id.usage != "inventory":
            return self.env._("the goods did not go to an inventory loss location.")
        if move.location_dest_id.valuation_account_id:
            return self.env._(
                "the account of its location takes the loss, now or at the next "
                "inventory closing."
            )
        if closed_until and move.date <= closed_until:
            return self.env._(
                "the inventory closing of %(date)s has booked the loss already.",
                date=format_date(self.env, closed_until.date()),
            )
        return False

    def _post(self, catch_ups):
        """Make the entries; the stock moves are those that are there."""
        # Finance has no right to read other people's stock moves.
        lines = as_writer(catch_ups.sudo().line_ids)
        lines._refresh_estimate()
        posting = self.env["inventory.writeoff.posting"]
        for company, group in lines.grouped("company_id").items():
            losses = {
                writeoff: [
                    (line.adopted_move_id, line, line.value_estimated) for line in items
                ]
                for writeoff, items in group.grouped("writeoff_id").items()
            }
            posting.with_company(company)._book(losses)
        for line in lines:
            line.value_posted = line.value_estimated
        posting._freeze_accounts(lines)
