from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..writer import as_writer
from .inventory_writeoff import POSTED_STATES


class InventoryWriteoff(models.Model):
    """Catch-ups: write-offs of goods that have left stock without one."""

    _inherit = "inventory.writeoff"

    is_catch_up = fields.Boolean(
        "Catch-Up",
        readonly=True,
        copy=False,
        help="Books what was lost without a write-off. The goods are gone already.",
    )

    # What of a catch-up is not taken from its stock moves.
    _CATCH_UP_CONTENT = {
        "accounting_date",
        "disposal_method_id",
        "line_ids",
        "note",
        "reason_id",
    }

    @api.depends("is_catch_up")
    def _compute_values(self):
        result = super()._compute_values()
        for writeoff in self.filtered("is_catch_up"):
            if writeoff.state not in POSTED_STATES:
                # The goods are no longer part of the inventory.
                writeoff.value_after = writeoff.value_before
                writeoff.value_before += writeoff.value
        return result

    def copy_data(self, default=None):
        if catch_ups := self.filtered("is_catch_up"):
            raise UserError(
                self.env._(
                    "%(catch_ups)s takes over stock moves, each once only, and is not "
                    "duplicated. Choose other stock moves in the tie-out.",
                    catch_ups=catch_ups._join_names(),
                )
            )
        return super().copy_data(default)

    def _check_can_write(self, vals):
        if self._CONTENT_FIELDS & vals.keys() - self._CATCH_UP_CONTENT:
            self._refuse_other_goods()
        return super()._check_can_write(vals)

    def _check_can_add_items(self):
        self._refuse_other_goods()
        return super()._check_can_add_items()

    def _refuse_other_goods(self):
        """Refuse to make of a catch-up anything but what its stock moves say."""
        if catch_ups := self.filtered("is_catch_up"):
            raise UserError(
                self.env._(
                    "%(catch_ups)s takes its items from stock moves that are done. "
                    "Only reasons, disposal methods, notes, analytic distributions and "
                    "the accounting date can be changed, and items removed.",
                    catch_ups=catch_ups._join_names(),
                )
            )

    def _get_cannot_reasons(self, action):
        reasons = super()._get_cannot_reasons(action)
        if action == "reverse":
            for catch_up in self.filtered(lambda w: w.is_catch_up and w.posted_at):
                if reason := catch_up._get_closed_since_reason():
                    reasons[catch_up] = reason
        return reasons

    def _get_not_in_warehouse_reasons(self, states):
        reasons = super()._get_not_in_warehouse_reasons(states)
        for catch_up in self.filtered("is_catch_up"):
            reasons[catch_up] = self.env._(
                "%(catch_up)s is about goods that are gone already, so there is "
                "nothing to take off the shelves.",
                catch_up=catch_up.display_name,
            )
        return reasons

    def _get_values_now(self):
        catch_ups = self.filtered("is_catch_up")
        values = super(InventoryWriteoff, self - catch_ups)._get_values_now()
        for catch_up in catch_ups:
            # Finance has no right to read other people's stock moves.
            moves = catch_up.sudo().line_ids.adopted_move_id
            values[catch_up] = sum(moves.mapped("value"))
        return values

    def _set_state(self, state, **values):
        result = super()._set_state(state, **values)
        if state == "cancelled":
            # Others may take the stock moves over.
            as_writer(self.line_ids.sudo()).write({"adopted_move_id": False})
        return result

    def _set_posted(self, value_before):
        if self.is_catch_up:
            value_before += self.value_posted
        return super()._set_posted(value_before)

    def _get_guard_message(self):
        # People of Inventory are told of write-offs that they cannot open.
        catch_up = self.sudo()
        if not catch_up.is_catch_up:
            return super()._get_guard_message()
        return self.env._(
            "This belongs to write-off %(catch_up)s, which has booked it: the stock "
            "moves and the journal entry stay as they are. Count what was found "
            "again into stock.",
            catch_up=catch_up.name,
        )

    def _get_released_message(self):
        if not self.is_catch_up:
            return super()._get_released_message()
        return self.env._("The goods stay gone, without an entry.")

    def _get_cancelled_message(self):
        if not self.is_catch_up:
            return super()._get_cancelled_message()
        return self.env._("Cancelled. The stock moves can be taken over again.")

    def _get_submitted_message(self):
        if not self.is_catch_up:
            return super()._get_submitted_message()
        return self.env._(
            "Submitted: value %(value)s, items: %(count)s. The goods left stock "
            "without a write-off; the loss is not booked yet.",
            count=self.line_count,
            value=self.currency_id.format(self.value_estimated),
        )

    def _get_posted_message(self):
        if not self.is_catch_up:
            return super()._get_posted_message()
        return self.env._(
            "Posted: %(value)s was written off in journal entry %(entry)s of "
            "%(date)s. The goods had left stock before.",
            value=self.currency_id.format(self.value_posted),
            entry=self._get_entry_links(),
            date=format_date(self.env, self.accounting_date),
        )
