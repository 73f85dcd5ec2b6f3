from odoo import fields, models
from odoo.exceptions import UserError

from ..writer import as_writer
from .inventory_writeoff_hold_age import ACTIVITY_TYPE

STOCK_USER = "stock.group_stock_user"
# The goods are set aside, or already off stock.
HELD_STATES = {"to_approve", "approved", "posting"}
REMOVABLE_STATES = HELD_STATES | {"posted", "partly_posted", "partly_reversed"}


class InventoryWriteoff(models.Model):
    """What the warehouse does with the goods of a write-off.

    | action                | role                     | from                       |
    |-----------------------|--------------------------|----------------------------|
    | print the pick list   | whoever may read it      | any                        |
    | physically removed    | stock users, requester   | held, posted; once         |
    | move held goods       | stock users, requester   | held                       |
    """

    _inherit = "inventory.writeoff"

    removed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    removed_at = fields.Datetime("Removed On", readonly=True, copy=False)
    hold_warned_at = fields.Datetime(readonly=True, copy=False)
    can_confirm_removed = fields.Boolean(compute="_compute_can_warehouse")
    can_relocate = fields.Boolean(compute="_compute_can_warehouse")

    def _compute_can_warehouse(self):
        cannot_remove = self._get_cannot_confirm_removed_reasons()
        cannot_relocate = self._get_cannot_relocate_reasons()
        for writeoff in self:
            writeoff.can_confirm_removed = not cannot_remove[writeoff]
            writeoff.can_relocate = not cannot_relocate[writeoff]

    def action_confirm_removed(self):
        """Record that the user has taken the goods off their shelves."""
        self.check_access("read")
        self._confirm_removed()

    def action_relocate(self):
        """Ask which held goods go to which location."""
        self.ensure_one()
        self._check_can_relocate()
        return {
            "name": self.env._("Move Held Goods"),
            "type": "ir.actions.act_window",
            "res_model": "inventory.writeoff.relocate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_writeoff_id": self.id},
        }

    def _get_cannot_confirm_removed_reasons(self):
        """Tell why the user cannot confirm it: {write-off: reason or False}."""
        reasons = self._get_not_in_warehouse_reasons(REMOVABLE_STATES)
        for writeoff in self.filtered("removed_at"):
            reasons[writeoff] = self.env._(
                "%(writeoff)s: %(user)s has already confirmed that the goods were "
                "removed.",
                writeoff=writeoff.display_name,
                user=writeoff.removed_by_id.sudo().name,
            )
        return reasons

    def _get_cannot_relocate_reasons(self):
        """Tell why the user cannot move the goods: {write-off: reason or False}."""
        return self._get_not_in_warehouse_reasons(HELD_STATES - {"posting"})

    def _check_can_add_items(self):
        self.check_access("write")
        self._refuse_other_content()
        if self.state != "draft":
            raise UserError(self._get_frozen_message())

    def _get_not_in_warehouse_reasons(self, states):
        is_stock_user = self.env.user.has_group(STOCK_USER)
        reasons = {}
        for writeoff in self:
            reasons[writeoff] = False
            if writeoff.reversal_of_id:
                reasons[writeoff] = self.env._(
                    "%(writeoff)s brings goods back, so there is nothing to take off "
                    "the shelves.",
                    writeoff=writeoff.display_name,
                )
            elif writeoff.state not in states:
                reasons[writeoff] = writeoff._get_wrong_state_reason()
            elif not is_stock_user and writeoff.requester_id != self.env.user:
                reasons[writeoff] = self.env._(
                    "%(writeoff)s: only the requester and warehouse staff do this. Ask "
                    "%(requester)s or someone with a role in Inventory.",
                    writeoff=writeoff.display_name,
                    requester=writeoff.requester_id.sudo().name,
                )
        return reasons

    def _check_can_relocate(self):
        self._raise_reasons(self._get_cannot_relocate_reasons())

    def _raise_reasons(self, reasons):
        if message := "\n".join(filter(None, reasons.values())):
            raise UserError(message)

    def _confirm_removed(self):
        # Warehouse staff cannot write write-offs; the reasons above say who may.
        writeoffs_sudo = self.sudo()
        writeoffs_sudo._lock()
        self._raise_reasons(writeoffs_sudo._get_cannot_confirm_removed_reasons())
        as_writer(writeoffs_sudo).write(
            {"removed_by_id": self.env.uid, "removed_at": fields.Datetime.now()}
        )
        writeoffs_sudo._say(lambda w: w._get_removed_message())

    def _get_removed_message(self):
        return self.env._(
            "Physically removed: %(user)s has taken the goods of all %(count)s items "
            "off their shelves.",
            user=self.removed_by_id.name,
            count=self.line_count,
        )

    def _lock(self):
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked != self:
            raise UserError(
                self.env._(
                    "Someone else is working on %(writeoffs)s right now. Reload the "
                    "page and try again.",
                    writeoffs=(self - locked)._join_names(),
                )
            )

    def _set_state(self, state, **values):
        resubmitted = self.filtered(lambda w: w.state == "draft")
        result = super()._set_state(state, **values)
        ended = self if state not in HELD_STATES else resubmitted
        # The activities are the requester's, whoever ends the hold.
        ended.sudo().activity_unlink([ACTIVITY_TYPE])
        if state in ("draft", "rejected", "cancelled"):
            self._forget_hold()
        return result

    def _set_hold_warned(self):
        as_writer(self).hold_warned_at = fields.Datetime.now()

    def _release_old_hold(self, days):
        """Set the write-offs back to draft; nobody asked for it, so nobody is asked."""
        self.env["inventory.writeoff.hold"]._release(self)
        self._set_state("draft", approver_id=False, decided_at=False)
        self._close_activities()
        self._say(
            lambda w: w.env._(
                "Back in draft: the goods were held for %(days)s days, longer than the "
                "company allows. They are no longer held.",
                days=days,
            )
        )

    def _forget_hold(self):
        """Forget what was true of the hold that has ended."""
        removed = self.filtered("removed_at")
        as_writer(self.filtered("hold_warned_at")).write({"hold_warned_at": False})
        as_writer(removed).write({"removed_by_id": False, "removed_at": False})
        removed._say(
            lambda w: w.env._(
                "The goods had been physically removed. Put them back on their shelves."
            )
        )
