from odoo import models

from ..writer import as_writer


class InventoryWriteoffPosting(models.AbstractModel):
    """Posts some items of a write-off: their moves, and an entry of their own."""

    _inherit = "inventory.writeoff.posting"

    def _post_lines(self, writeoff, lines):
        company = writeoff.company_id
        if writeoff.reversal_of_id:
            reversal = self.env["inventory.writeoff.reversal"].with_company(company)
            moves = reversal._create_moves(lines)
        else:
            moves = self.env["inventory.writeoff.hold"]._get_open_moves(lines)
            moves = as_writer(moves.with_company(company))
        if moves:
            self._do_moves(writeoff, moves)

    def _prepare_entry_vals(self, writeoff, items):
        vals = super()._prepare_entry_vals(writeoff, items)
        if writeoff.reversal_of_id and vals["reversed_entry_id"]:
            vals["reversed_entry_id"] = self._get_mirrored_entry(items).id
        return vals

    def _get_mirrored_entry(self, items):
        """Return the entry that the first of these items mirrors."""
        _vals, shares = items[0]
        line = next(iter(shares))
        ids = map(int, line.sudo().origin_line_id.posted_items)
        # Finance need not be allowed to read items.
        return self.env["account.move.line"].sudo().browse(min(ids)).move_id
