from odoo import api, fields, models
from odoo.exceptions import UserError

from ..writer import as_writer
from .inventory_writeoff_findings import OPEN_STATES

# In the context of who takes a step that was put off. Like the key to what only code
# may do, no remote call can send it.
NOW = object()
NOW_KEY = "inventory_writeoff_step_now"
# Step: how many times the items that are held in a moment it takes in a moment; and how
# many times where nothing is held.
NOTHING_HELD = 3
LIMITS = {
    "check": 3,
    "submit": 1,
    "approve": 5,
    "reject": 1,
    "draft": 1,
    "cancel": 1,
    "close": 1,
}
# Step: the states it is taken in, of steps that lead to no other state.
STAYING = {"check": OPEN_STATES, "fill": ("draft",)}
# What a step is remembered by, until it was taken.
STEP_FIELDS = ("step_asked", "step_user_id", "step_since", "step_values", "step_error")


class InventoryWriteoff(models.Model):
    """Steps that hold or release the goods of a large write-off are put off.

    The button answers at once and leaves the step to `inventory.writeoff.worker`, which
    takes it in the name of who pressed, in one transaction: all of it or nothing. Until
    then the write-off stays what it is and nobody changes it. What refuses the step
    stands on the write-off in words.
    """

    _inherit = "inventory.writeoff"

    step_asked = fields.Selection(
        [
            ("submit", "Submission"),
            ("approve", "Approval"),
            ("reject", "Rejection"),
            ("draft", "Back to draft"),
            ("cancel", "Cancellation"),
            ("check", "Check"),
            ("close", "Closing as partly posted"),
            ("fill", "Items of the reversal"),
        ],
        "Step in the Background",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    step_user_id = fields.Many2one(
        "res.users", "Step Asked By", readonly=True, copy=False, ondelete="restrict"
    )
    step_since = fields.Datetime("Step Asked On", readonly=True, copy=False)
    step_values = fields.Json(readonly=True, copy=False)
    step_error = fields.Text("Why the Step Was Not Taken", readonly=True, copy=False)
    can_retry_step = fields.Boolean(compute="_compute_can_step")
    can_call_off_step = fields.Boolean(compute="_compute_can_step")

    @api.depends("state", "step_asked", "step_error", "step_user_id")
    @api.depends_context("uid")
    def _compute_can_step(self):
        for writeoff in self:
            reason = writeoff._get_cannot_call_off_reason()
            writeoff.can_call_off_step = not reason
            writeoff.can_retry_step = not reason and bool(writeoff.step_error)

    @api.depends("step_asked", "step_error")
    def _compute_can(self):
        return super()._compute_can()

    @api.depends("step_asked", "step_error")
    @api.depends_context("uid")
    def _compute_can_check(self):
        result = super()._compute_can_check()
        self.filtered(lambda w: w._is_waiting()).can_check = False
        return result

    def action_submit(self):
        now = self._put_off("submit")
        return super(InventoryWriteoff, now).action_submit() if now else None

    def action_approve(self, comment=None):
        now = self._put_off("approve", comment=comment)
        return super(InventoryWriteoff, now).action_approve(comment) if now else None

    def reject(self, reason):
        is_said = bool((reason or "").strip())
        now = self._put_off("reject", reason=reason) if is_said else self
        return super(InventoryWriteoff, now).reject(reason) if now else None

    def action_draft(self):
        now = self._put_off("draft")
        return super(InventoryWriteoff, now).action_draft() if now else None

    def action_cancel(self):
        now = self._put_off("cancel")
        return super(InventoryWriteoff, now).action_cancel() if now else None

    def action_check(self):
        now = self._put_off("check")
        return super(InventoryWriteoff, now).action_check() if now else None

    def action_close(self):
        now = self._put_off("close")
        return super(InventoryWriteoff, now).action_close() if now else None

    def action_retry_step(self):
        """Ask for the step once more, in the name of the user."""
        self._check_can_call_off()
        for step, writeoffs in (
            self.filtered("step_error").grouped("step_asked").items()
        ):
            writeoffs._start(step)
            writeoffs._ask_for(step, {w: w.step_values for w in writeoffs})

    def action_call_off_step(self):
        """Forget the step: the write-off stays what it is."""
        self.check_access("write")
        self._lock()
        self._check_can_call_off()
        payloads = {writeoff: {"step": writeoff.step_asked} for writeoff in self}
        self.env["inventory.writeoff.event"]._log("step_called_off", payloads)
        self._forget_step()
        self._send_progress()

    def _put_off(self, step, **values):
        """Leave large write-offs to the worker, and return the others."""
        if self.env.context.get(NOW_KEY) is NOW:
            return self
        large = self.filtered(lambda w: w._is_large_to(step))
        if large:
            large._start(step)
            large._ask_for(step, large._prepare_step_values(step, values))
        return self - large

    def _is_large_to(self, step):
        holds_nothing = self.state in ("draft", "rejected") and step != "submit"
        times = NOTHING_HELD if holds_nothing else LIMITS[step]
        limit = times * self.company_id.writeoff_hold_size
        return self._count_items_of(step) > limit and not self.is_catch_up

    def _count_items_of(self, step):
        if step != "close":
            return self.line_count
        # What was not begun is approved as before, and stays held.
        return self.posting_done and self.posting_total - self.posting_done

    def _prepare_step_values(self, step, values):
        if step != "approve":
            return dict.fromkeys(self, values)
        # What is approved later is what was seen now.
        digests = self._get_content_digest()
        return {w: {**values, "digest": digests[w]} for w in self}

    def _ask_for(self, step, values):
        for writeoff in self:
            as_writer(writeoff.sudo()).write(
                {
                    "step_asked": step,
                    "step_user_id": self.env.uid,
                    "step_since": fields.Datetime.now(),
                    "step_values": values[writeoff],
                    "step_error": False,
                }
            )
        payloads = dict.fromkeys(self, {"step": step})
        self.env["inventory.writeoff.event"]._log("step_asked", payloads)
        self._send_progress()
        self._say_put_off(step)
        self.env["inventory.writeoff.worker"]._wake(self)

    def _say_put_off(self, step):
        # In a list, nothing else shows that the button has done its work.
        message = self.env._(
            "%(writeoffs)s: %(step)s goes on in the background. You are told when it "
            "is through.",
            writeoffs=self._join_names(),
            step=self._get_step_names()[step],
        )
        notice = {"type": "info", "message": message}
        self.env.user._bus_send("simple_notification", notice)

    def _forget_step(self):
        as_writer(self.sudo()).write(dict.fromkeys(STEP_FIELDS, False))

    def _set_state(self, state, **values):
        # Whatever was asked for was asked for what it has been until now.
        return super()._set_state(
            state, **{**dict.fromkeys(STEP_FIELDS, False), **values}
        )

    def _is_waiting(self):
        return bool(self.step_asked) and not self.step_error

    def _get_waiting_reason(self):
        return self.env._(
            "%(writeoff)s: %(step)s, asked for by %(user)s, goes on in the background. "
            "Wait until it is through, or call it off.",
            writeoff=self.display_name,
            step=self._get_step_names()[self.step_asked],
            user=self.step_user_id.sudo().name,
        )

    def _get_step_names(self):
        return dict(self._fields["step_asked"]._description_selection(self.env))

    def _get_cannot_reasons(self, action):
        reasons = super()._get_cannot_reasons(action)
        for writeoff in self.filtered(lambda w: w._is_waiting()):
            reasons[writeoff] = writeoff._get_waiting_reason()
        return reasons

    def _is_in_state_to(self, action):
        if action in STAYING:
            return self.state in STAYING[action]
        return super()._is_in_state_to(action)

    def _get_missing_right_reasons(self, action):
        if action in STAYING:
            # Who may write the write-off may.
            return dict.fromkeys(self, False)
        return super()._get_missing_right_reasons(action)

    def _check_not_waiting(self):
        if waiting := self.filtered(lambda w: w._is_waiting()):
            raise UserError(waiting[0]._get_waiting_reason())

    def _check_can_write(self, vals):
        result = super()._check_can_write(vals)
        if self._CONTENT_FIELDS & vals.keys():
            self._check_not_waiting()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waiting(self):
        self._check_not_waiting()

    def _check_can_call_off(self):
        reasons = [writeoff._get_cannot_call_off_reason() for writeoff in self]
        if message := "\n".join(filter(None, reasons)):
            raise UserError(message)

    def _get_cannot_call_off_reason(self):
        """Return why the user can neither call the step off nor retry it, or False."""
        if not self.step_asked:
            return self.env._(
                "%(writeoff)s: nothing goes on in the background any more. Reload the "
                "page to see where it stands.",
                writeoff=self.display_name,
            )
        if self.step_user_id == self.env.user:
            return False
        return self._get_missing_right_reasons(self.step_asked)[self]
