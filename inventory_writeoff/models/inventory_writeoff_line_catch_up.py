from odoo import api, fields, models

from ..writer import is_writer


class InventoryWriteoffLine(models.Model):
    """An item of a catch-up: a stock move that is done and has no entry."""

    _inherit = "inventory.writeoff.line"

    adopted_move_id = fields.Many2one(
        "stock.move",
        "Stock Move Taken Over",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    # Of an item that was reversed, and of the one that reverses it.
    given_up_move_id = fields.Many2one(
        "stock.move",
        "Stock Move Given Up",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    cost_basis = fields.Selection(selection_add=[("moved", "Value of the stock move")])

    # Also of two who take it over at the same time, only one gets it.
    _adopted_once = models.UniqueIndex(
        "(adopted_move_id) WHERE adopted_move_id IS NOT NULL",
        "Another write-off has taken over this stock move already. Reload the page.",
    )

    # What of an item of a catch-up is not taken from the stock move.
    _CATCH_UP_FIELDS = {
        "analytic_distribution",
        "disposal_method_id",
        "note",
        "reason_id",
        "sequence",
    }

    @api.depends("adopted_move_id")
    def _compute_value_estimated(self):
        adopting = self.filtered("adopted_move_id")
        for line in adopting:
            # Requesters have no right to read stock moves of others.
            line.value_estimated = line.sudo().adopted_move_id.value
        return super(InventoryWriteoffLine, self - adopting)._compute_value_estimated()

    @api.depends("adopted_move_id")
    def _compute_cost_basis(self):
        adopting = self.filtered("adopted_move_id")
        adopting.cost_basis = "moved"
        return super(InventoryWriteoffLine, self - adopting)._compute_cost_basis()

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_into_catch_ups(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        is_other = bool(vals.keys() - self._CATCH_UP_FIELDS)
        if is_other and not is_writer(self.env):
            self.writeoff_id._refuse_other_goods()
        self._refuse_into_catch_ups([vals])
        return super().write(vals)

    def _refuse_into_catch_ups(self, vals_list):
        if not is_writer(self.env):
            ids = {vals.get("writeoff_id") for vals in vals_list}
            writeoffs = (
                self.env["inventory.writeoff"].browse(ids - {None, False}).exists()
            )
            writeoffs._refuse_other_goods()
