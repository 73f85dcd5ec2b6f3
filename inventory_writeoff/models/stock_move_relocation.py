from odoo import api, fields, models
from odoo.exceptions import UserError

from ..writer import is_writer


class StockMove(models.Model):
    """Moves of held goods to another location, made by the write-off's own code.

    They carry the write-off's number and are as little editable as its holds.
    """

    _inherit = "stock.move"

    writeoff_relocation_id = fields.Many2one(
        "inventory.writeoff",
        "Write-Off of Moved Goods",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    @api.depends("writeoff_relocation_id.name")
    def _compute_reference(self):
        ours = self.filtered("writeoff_relocation_id")
        for move in ours:
            move.reference = move.writeoff_relocation_id.name
        return super(StockMove, self - ours)._compute_reference()

    def _skip_push(self):
        # The goods stay where they are put, whatever rules the location has.
        return bool(self.writeoff_relocation_id) or super()._skip_push()

    def _refuse_writeoff_moves(self):
        if self.writeoff_relocation_id:
            relocated = self.filtered("writeoff_relocation_id")[0]
            raise UserError(
                self.env._(
                    "This move brought goods that write-off %(writeoff)s holds to "
                    "%(location)s and is kept as it is. To move them again, open the "
                    "write-off and use Move Held Goods.",
                    writeoff=relocated.writeoff_relocation_id.name,
                    location=relocated.location_dest_id.display_name,
                )
            )
        return super()._refuse_writeoff_moves()

    def _check_writeoff_links(self, vals_list):
        super()._check_writeoff_links(vals_list)
        default = self.env.context.get("default_writeoff_relocation_id")
        if is_writer(self.env):
            return
        if default or any(vals.get("writeoff_relocation_id") for vals in vals_list):
            raise UserError(
                self.env._(
                    "Goods of a write-off are moved with Move Held Goods on the "
                    "write-off. Open it instead."
                )
            )
