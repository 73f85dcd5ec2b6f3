from odoo import models
from odoo.tools import format_date


class InventoryWriteoffValidation(models.AbstractModel):
    """What must be true of a catch-up, at submission and again at posting."""

    _inherit = "inventory.writeoff.validation"

    def _get_problems(self, writeoffs):
        catch_ups = writeoffs.filtered("is_catch_up").sudo()
        return [
            *super()._get_problems(writeoffs.filtered(lambda w: not w.is_catch_up)),
            *self._get_catch_up_problems(catch_ups),
        ]

    def _get_catch_up_problems(self, catch_ups):
        if not catch_ups:
            return []
        lines = catch_ups.line_ids
        problems = [
            *self._check_not_empty(catch_ups),
            *self.env["inventory.writeoff.dates"]._get_problems(catch_ups),
            *self._check_after_moves(catch_ups),
            *self._check_reasons(lines),
            *self._check_disposal_methods(lines),
            *self.env["inventory.writeoff.catch.up"]._get_problems(
                lines.adopted_move_id, apart_from=lines
            ),
        ]
        return problems or self._check_books(catch_ups)

    def _check_after_moves(self, catch_ups):
        for catch_up in catch_ups:
            moves = catch_up.line_ids.adopted_move_id
            last = max(moves.mapped("date"), default=False)
            if last and catch_up._get_accounting_date() < last.date():
                yield self.env._(
                    "%(catch_up)s: the accounting date is before %(date)s, when the "
                    "goods left stock. Choose that or a later one.",
                    catch_up=catch_up.display_name,
                    date=format_date(self.env, last.date()),
                )
