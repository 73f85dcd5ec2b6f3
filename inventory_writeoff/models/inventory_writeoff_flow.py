from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..writer import as_writer
from .inventory_writeoff import APPROVER, FINANCE, USER

# Target state: the states it may be reached from.
TRANSITIONS = {
    "to_approve": {"draft", "approved"},
    "approved": {"to_approve", "posting"},
    "posting": {"approved"},
    "posted": {"approved", "posting"},
    "partly_posted": {"posting"},
    "partly_reversed": {"posted", "partly_posted", "partly_reversed"},
    "reversed": {"posted", "partly_posted", "partly_reversed"},
    "rejected": {"to_approve", "approved"},
    "draft": {"to_approve", "approved", "rejected"},
    "cancelled": {"draft", "to_approve", "approved", "rejected"},
}
# Action: (state it leads to, group that may do it).
ACTIONS = {
    "submit": ("to_approve", USER),
    "approve": ("approved", APPROVER),
    "reject": ("rejected", APPROVER),
    "post": ("posted", FINANCE),
    "retry": ("posting", FINANCE),
    "close": ("partly_posted", FINANCE),
    "draft": ("draft", USER),
    "cancel": ("cancelled", USER),
    # Asks for the document that reverses it; posting that one changes the state.
    "reverse": ("partly_reversed", USER),
}


class InventoryWriteoff(models.Model):
    """The way of a write-off from draft to posted, and the ways back.

    | action  | role      | from                              | restriction         |
    |---------|-----------|-----------------------------------|---------------------|
    | submit  | Requester | draft                             |                     |
    | approve | Approver, Senior | to approve | who is asked, see `_deciders.py` |
    | reject  | Approver, Senior | to approve, approved | a reason in words |
    | post    | Finance   | approved                          | a third person      |
    | retry   | Finance   | posting, stopped                  | a third person      |
    | close   | Finance   | posting, stopped                  |                     |
    | draft   | Requester | to approve, approved, rejected    |                     |
    | cancel  | Requester | draft, to approve, approved, rejected |                 |
    | delete  | Requester | draft that was never submitted    |                     |
    | reverse | Requester | posted, partly posted or reversed | not a reversal      |

    Requesters act on their own write-offs (record rule), unless they also have a
    role that sees those of the whole company.
    """

    _inherit = "inventory.writeoff"

    can_submit = fields.Boolean(compute="_compute_can")
    can_approve = fields.Boolean(compute="_compute_can")
    can_reject = fields.Boolean(compute="_compute_can")
    can_post = fields.Boolean(compute="_compute_can")
    can_retry = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_draft = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")
    can_reverse = fields.Boolean(compute="_compute_can")
    hint = fields.Char(compute="_compute_can")

    @api.depends("state", "requester_id", "submitted_by_id", "approval_ids.state")
    @api.depends_context("uid")
    def _compute_can(self):
        for action in ACTIONS:
            reasons = self._get_cannot_reasons(action)
            for writeoff in self:
                writeoff[f"can_{action}"] = not reasons[writeoff]
        reasons = self._get_four_eyes_reasons()
        for writeoff in self:
            writeoff.hint = reasons[writeoff]

    def action_submit(self):
        self._start("submit")
        self._check_content()
        self._check_findings_to_submit()
        # A refusal names the draft as its requester knows it, not a number to be lost.
        self.env["inventory.writeoff.hold"]._check_free(self.line_ids)
        self._set_number()
        self.env["inventory.writeoff.hold"]._hold(self.line_ids)
        self.line_ids._refresh_estimate()
        self._set_state(
            "to_approve",
            submitted_by_id=self.env.uid,
            submitted_at=fields.Datetime.now(),
            approver_id=False,
            decided_at=False,
            rejection_reason=False,
        )
        self._start_approval()

    def action_approve(self, comment=None):
        """Approve the present step; the last one approves the write-off."""
        self._start("approve")
        self._check_not_empty()
        self._check_held()
        self._check_findings_to_approve()
        self._decide("approved", comment)
        self._close_activities(self.env._("Approved"))
        done = self.filtered(lambda w: not w.sudo()._get_open_steps())
        done._set_state(
            "approved", approver_id=self.env.uid, decided_at=fields.Datetime.now()
        )
        done._say(lambda w: w.env._("Approved. Finance can post it now."))
        (self - done)._go_on()

    def action_reject(self):
        """Ask for the reason, which is part of the record."""
        self._check_can("reject")
        return {
            "name": self.env._("Reject"),
            "type": "ir.actions.act_window",
            "res_model": "inventory.writeoff.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_writeoff_ids": self.ids},
        }

    def reject(self, reason):
        """Give the write-offs back to their requesters and release the goods."""
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Say why %(writeoffs)s is rejected, so that the requester can mend "
                    "it.",
                    writeoffs=self._join_names(),
                )
            )
        self._start("reject")
        self._decide("rejected", reason)
        self.env["inventory.writeoff.hold"]._release(self)
        self._set_state(
            "rejected",
            approver_id=self.env.uid,
            decided_at=fields.Datetime.now(),
            rejection_reason=reason.strip(),
        )
        self._close_activities(self.env._("Rejected"))
        self._say(
            lambda w: w.env._(
                "Rejected: %(reason)s %(hold)s",
                reason=w.rejection_reason,
                hold=w._get_released_message(),
            ),
            notify="requester_id",
        )

    def action_draft(self):
        self._start("draft")
        self.env["inventory.writeoff.hold"]._release(self)
        self._set_state("draft", approver_id=False, decided_at=False)
        self._close_activities()
        self._say(
            lambda w: w.env._("Back in draft. %(hold)s", hold=w._get_released_message())
        )

    def action_cancel(self):
        self._start("cancel")
        self.env["inventory.writeoff.hold"]._release(self)
        self._set_state("cancelled")
        self._close_activities()
        self._say(lambda w: w._get_cancelled_message())

    def action_post(self):
        self._start("post")
        # An account that has gone is mended by who configures, not by approving again.
        self._check_books()
        if voided := self._void_changed():
            return voided
        self._check_content()
        self._check_held()
        self._check_findings_to_post()
        values_before = {
            company: self.env["inventory.valuation"]._get_value(company)
            for company in self.company_id
        }
        self.env["inventory.writeoff.posting"]._post(self)
        self._check_posted_value()
        for writeoff in self:
            before = values_before[writeoff.company_id]
            writeoff._set_posted(before)
            values_before[writeoff.company_id] = before - writeoff.value_posted
        self._say(lambda w: w._get_posted_message())
        return None

    def _get_cannot_reasons(self, action):
        """Tell why the user cannot do the action: {write-off: sentence or False}.

        The buttons, the guards and the messages all read this.
        """
        reasons = {
            writeoff: writeoff._get_wrong_state_reason()
            for writeoff in self
            if not writeoff._is_in_state_to(action)
        }
        possible = self.filtered(lambda writeoff: writeoff not in reasons)
        return {**reasons, **possible._get_missing_right_reasons(action)}

    def _is_in_state_to(self, action):
        from_draft_only = action == "submit" and self.state != "draft"
        return self.state in TRANSITIONS[ACTIONS[action][0]] and not from_draft_only

    def _get_missing_right_reasons(self, action):
        """Return `_get_cannot_reasons` of write-offs that are in the right state."""
        _target, group = ACTIONS[action]
        decides = action in ("approve", "reject")
        if not (self._is_decider() if decides else self.env.user.has_group(group)):
            return {writeoff: writeoff._get_no_role_reason(group) for writeoff in self}
        if decides:
            return self._get_cannot_decide_reasons(action)
        if action == "post":
            return {writeoff: writeoff._get_poster_reason() for writeoff in self}
        return dict.fromkeys(self, False)

    def _get_no_role_reason(self, group):
        return self.env._(
            "%(writeoff)s: you need the role %(role)s for this. Ask an administrator "
            "of write-offs.",
            writeoff=self.display_name,
            role=self.env.ref(group).sudo().name,
        )

    def _get_wrong_state_reason(self):
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        return self.env._(
            "%(writeoff)s is %(state)s, so this is no longer possible. Reload the page "
            "to see where it stands.",
            writeoff=self.display_name,
            state=state,
        )

    def _check_can(self, action):
        reasons = filter(None, self._get_cannot_reasons(action).values())
        if message := "\n".join(reasons):
            raise UserError(message)

    def _start(self, action):
        """Check that the action is allowed, on rows that nobody else changes now."""
        self.check_access("write")
        self._lock()
        self._check_can(action)

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

    def _check_not_empty(self):
        """A count may have emptied what was submitted."""
        validation = self.env["inventory.writeoff.validation"]
        validation._refuse(validation._check_not_empty(self))

    def _check_content(self):
        validation = self.env["inventory.writeoff.validation"]
        validation._refuse(validation._get_problems(self))

    def _check_books(self):
        validation = self.env["inventory.writeoff.validation"]
        # Whoever posts is told which account is missing, and need not see any.
        validation._refuse(validation._check_books(self.sudo()))

    def _check_held(self):
        problems = self.env["inventory.writeoff.hold"]._get_problems(self)
        self.env["inventory.writeoff.validation"]._refuse(problems)

    def _set_number(self):
        for writeoff in self.filtered(lambda w: not w.submitted_at):
            sequence = self.env["ir.sequence"].with_company(writeoff.company_id)
            as_writer(writeoff).name = sequence.next_by_code("inventory.writeoff")

    def _set_state(self, state, **values):
        """Write the state: the only place that does."""
        wrong = self.filtered(lambda w: w.state not in TRANSITIONS[state])
        if wrong:
            raise UserError(wrong[0]._get_wrong_state_reason())
        as_writer(self).write(
            {"state": state, "state_since": fields.Datetime.now(), **values}
        )

    def _set_posted(self, value_before):
        self._set_state(
            "posted",
            poster_id=self.env.uid,
            posted_at=fields.Datetime.now(),
            posted_value_before=value_before,
            accounting_date=self._get_accounting_date(),
        )

    def _say(self, get_body, notify=None):
        for writeoff in self:
            partners = writeoff[notify].sudo().partner_id if notify else None
            writeoff.message_post(
                body=get_body(writeoff), partner_ids=partners.ids if partners else None
            )

    def _get_released_message(self):
        return self.env._("The goods are no longer held.")

    def _get_cancelled_message(self):
        return self.env._("Cancelled. Nothing was taken off stock.")

    def _get_submitted_message(self):
        return self.env._(
            "Submitted: estimated value %(value)s, items: %(count)s. The goods are "
            "held.",
            count=self.line_count,
            value=self.currency_id.format(self.value_estimated),
        )

    def _get_posted_message(self):
        entries = self._get_entry_links()
        if not entries:
            return self.env._(
                "Posted: the goods are off stock. They had no value in the books, so "
                "there is no journal entry."
            )
        return self.env._(
            "Posted: the goods are off stock, and %(value)s was written off in journal "
            "entry %(entry)s of %(date)s.",
            value=self.currency_id.format(self.value_posted),
            entry=entries,
            date=format_date(self.env, self.accounting_date),
        )
