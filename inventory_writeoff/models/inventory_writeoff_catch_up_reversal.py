from odoo import models

from ..writer import as_writer


class InventoryWriteoffReversal(models.AbstractModel):
    """Reverses catch-ups: the entry alone, as the goods never moved.

    The stock move is what it was before: without an entry. The next inventory closing
    books it, or another catch-up takes it over.
    """

    _inherit = "inventory.writeoff.reversal"

    def _create_moves(self, lines):
        given_up = lines.sudo().filtered("origin_line_id.adopted_move_id")
        if given_up:
            self._give_up(self._prepare_lines(given_up))
        return super()._create_moves(lines.sudo() - given_up)

    def _give_up(self, lines):
        """Book the lines back, and set their stock moves free."""
        posting = self.env["inventory.writeoff.posting"]
        no_move = self.env["stock.move"]
        posting._book(
            {
                reversal: [(no_move, line, line.value_estimated) for line in group]
                for reversal, group in lines.grouped("writeoff_id").items()
            }
        )
        for line in lines:
            original = as_writer(line.origin_line_id)
            move = as_writer(original.adopted_move_id)
            line.write(
                {"value_posted": line.value_estimated, "given_up_move_id": move.id}
            )
            original.write({"adopted_move_id": False, "given_up_move_id": move.id})
            move.account_move_id = False
        posting._freeze_accounts(lines)
