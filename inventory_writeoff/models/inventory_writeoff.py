import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..writer import as_writer, drop_code_only, get_code_only, is_writer

USER = "inventory_writeoff.group_writeoff_user"
APPROVER = "inventory_writeoff.group_writeoff_approver"
FINANCE = "inventory_writeoff.group_writeoff_finance"

# Target state: the states it may be reached from.
TRANSITIONS = {
    "to_approve": {"draft", "approved"},
    "approved": {"to_approve"},
    "posted": {"approved"},
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
    "draft": ("draft", USER),
    "cancel": ("cancelled", USER),
}


class InventoryWriteoff(models.Model):
    """A request to take unsellable goods off stock and off the books.

    | action  | role      | from                              | restriction         |
    |---------|-----------|-----------------------------------|---------------------|
    | submit  | Requester | draft                             |                     |
    | approve | Approver  | to approve                        | not the requester   |
    | reject  | Approver  | to approve, approved              | a reason in words   |
    | post    | Finance   | approved                          |                     |
    | draft   | Requester | to approve, approved, rejected    |                     |
    | cancel  | Requester | draft, to approve, approved, rejected |                 |
    | delete  | Requester | draft that was never submitted    |                     |

    Requesters act on their own write-offs (record rule), unless they also have a
    role that sees those of the whole company. The content can be edited in draft;
    the goods are held from submission until the write-off is posted, rejected,
    cancelled or set back to draft.
    """

    _name = "inventory.writeoff"
    _description = "Inventory Write-Off"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        "Number",
        readonly=True,
        required=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_approve", "To Approve"),
            ("approved", "Approved"),
            ("posted", "Posted"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
    )
    state_since = fields.Datetime(
        "In State Since", readonly=True, copy=False, default=fields.Datetime.now
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    requester_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="The reason of new lines; each line may have its own.",
    )
    disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method",
        ondelete="restrict",
        help="The disposal method of new lines; each line may have its own.",
    )
    location_id = fields.Many2one(
        "stock.location",
        check_company=True,
        ondelete="restrict",
        compute="_compute_location_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('usage', 'in', ('internal', 'transit')), "
        "('company_id', '=', company_id)]",
        help="Where the goods of new lines are; each line may have its own location.",
    )
    accounting_date = fields.Date(
        copy=False,
        tracking=True,
        help="The date of the journal entry. Empty: the day of posting.",
    )
    note = fields.Text("What Happened")
    line_ids = fields.One2many(
        "inventory.writeoff.line", "writeoff_id", "Items", copy=True
    )
    line_count = fields.Integer("Items Count", compute="_compute_totals", store=True)
    value_estimated = fields.Monetary(
        "Estimated Value",
        compute="_compute_totals",
        store=True,
        help="What the goods are worth now. The exact value is known at posting.",
    )
    value_posted = fields.Monetary(
        "Posted Value", compute="_compute_totals", store=True, copy=False
    )
    value = fields.Monetary(
        "Written Off",
        compute="_compute_totals",
        store=True,
        help="The posted value, and the estimated value until then.",
    )
    value_before = fields.Monetary(
        "Inventory Before",
        compute="_compute_values",
        help="Value of the company's inventory before this write-off.",
    )
    value_after = fields.Monetary("Inventory After", compute="_compute_values")
    posted_value_before = fields.Monetary(readonly=True, copy=False)
    submitted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    approver_id = fields.Many2one(
        "res.users", "Decided By", readonly=True, copy=False, ondelete="restrict"
    )
    decided_at = fields.Datetime(readonly=True, copy=False)
    rejection_reason = fields.Text(readonly=True, copy=False)
    poster_id = fields.Many2one(
        "res.users", "Posted By", readonly=True, copy=False, ondelete="restrict"
    )
    posted_at = fields.Datetime(readonly=True, copy=False)
    stock_move_ids = fields.One2many("stock.move", "writeoff_id", readonly=True)
    stock_move_count = fields.Integer(compute="_compute_document_counts")
    account_move_ids = fields.One2many("account.move", "writeoff_id", readonly=True)
    account_move_count = fields.Integer(compute="_compute_document_counts")
    account_move_line_ids = fields.One2many(
        string="Journal Items", related="account_move_ids.line_ids"
    )
    entry_preview = fields.Text(compute="_compute_entry_preview")
    can_submit = fields.Boolean(compute="_compute_can")
    can_approve = fields.Boolean(compute="_compute_can")
    can_reject = fields.Boolean(compute="_compute_can")
    can_post = fields.Boolean(compute="_compute_can")
    can_draft = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")
    hint = fields.Char(compute="_compute_can")

    _company_state_idx = models.Index("(company_id, state, id DESC)")

    _CONTENT_FIELDS = {
        "company_id",
        "reason_id",
        "disposal_method_id",
        "location_id",
        "accounting_date",
        "note",
        "line_ids",
    }

    @api.depends("company_id")
    def _compute_location_id(self):
        """Take the location of a company that has only one."""
        groups = self.env["stock.location"]._read_group(
            [("usage", "=", "internal"), ("company_id", "in", self.company_id.ids)],
            ["company_id"],
            ["id:recordset"],
        )
        locations = dict(groups)
        for writeoff in self:
            if writeoff.location_id.company_id == writeoff.company_id:
                continue
            location = locations.get(writeoff.company_id, writeoff.location_id.browse())
            writeoff.location_id = location if len(location) == 1 else False

    @api.depends("line_ids.value_estimated", "line_ids.value_posted", "state")
    def _compute_totals(self):
        for writeoff in self:
            lines = writeoff.line_ids
            writeoff.line_count = len(lines)
            writeoff.value_estimated = sum(lines.mapped("value_estimated"))
            writeoff.value_posted = sum(lines.mapped("value_posted"))
            is_posted = writeoff.state == "posted"
            writeoff.value = (
                writeoff.value_posted if is_posted else writeoff.value_estimated
            )

    @api.depends("value", "state", "company_id")
    def _compute_values(self):
        valuation = self.env["inventory.valuation"]
        values_now = {
            company: valuation._get_value(company)
            for company in self.filtered(lambda w: w.state != "posted").company_id
        }
        for writeoff in self:
            if writeoff.state == "posted":
                writeoff.value_before = writeoff.posted_value_before
            else:
                writeoff.value_before = values_now.get(writeoff.company_id, 0.0)
            writeoff.value_after = writeoff.value_before - writeoff.value

    def _compute_document_counts(self):
        for name in ("stock_move", "account_move"):
            domain = [("writeoff_id", "in", self.ids), ("state", "!=", "cancel")]
            # Only the number is shown; opening the list asks for the right to read.
            model = self.env[name.replace("_", ".")].sudo()
            counts = dict(model._read_group(domain, ["writeoff_id"], ["__count"]))
            for writeoff in self:
                writeoff[f"{name}_count"] = counts.get(writeoff, 0)

    @api.depends("state", "accounting_date", "line_ids.reason_id", "value_estimated")
    def _compute_entry_preview(self):
        posting = self.env["inventory.writeoff.posting"]
        for writeoff in self:
            is_open = writeoff.state in ("draft", "to_approve", "approved")
            preview = writeoff.value_estimated and is_open
            writeoff.entry_preview = preview and json.dumps(posting._get_preview(writeoff))

    @api.depends("state", "requester_id", "submitted_by_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for action in ACTIONS:
            reasons = self._get_cannot_reasons(action)
            for writeoff in self:
                writeoff[f"can_{action}"] = not reasons[writeoff]
        for writeoff in self:
            writeoff.hint = writeoff._get_four_eyes_reason()

    def _check_company(self, fnames=None):
        self.env["inventory.writeoff.validation"]._check_same_company(self, fnames)
        return super()._check_company(fnames)

    @api.model_create_multi
    def create(self, vals_list):
        if is_writer(self.env):
            return super().create(vals_list)
        model, vals_list = drop_code_only(self, vals_list)
        for vals in vals_list:
            self.line_ids._check_commands(vals.get("line_ids"))
        return super(InventoryWriteoff, model).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not is_writer(self.env):
            self._check_can_write(vals)
        return super().write(vals)

    def _check_can_write(self, vals):
        if get_code_only(self) & vals.keys():
            raise AccessError(
                self.env._(
                    "The status of a write-off, who did what and when are recorded by "
                    "its buttons. Use the buttons on %(writeoffs)s.",
                    writeoffs=self._join_names(),
                )
            )
        content = self._CONTENT_FIELDS & vals.keys()
        if not content:
            return
        is_finance = self.env.user.has_group(FINANCE)
        if content == {"accounting_date"} and is_finance:
            frozen = self.filtered(lambda w: w.state not in ("draft", "approved"))
        elif self.env.user.has_group(USER) or self.env.su:
            frozen = self.filtered(lambda w: w.state != "draft")
        else:
            frozen = self
        if frozen:
            raise UserError(frozen._get_frozen_message())

    def _get_frozen_message(self):
        return self.env._(
            "%(writeoffs)s can only be changed in draft. Ask the requester to set it "
            "back to draft first.",
            writeoffs=self._join_names(),
        )

    def _join_names(self):
        return ", ".join(self.mapped("display_name"))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        submitted = self.filtered(lambda w: w.state != "draft" or w.submitted_at)
        if submitted:
            raise UserError(
                self.env._(
                    "%(writeoffs)s has been submitted and is kept as a record. Cancel it "
                    "instead of deleting it.",
                    writeoffs=submitted._join_names(),
                )
            )

    def action_submit(self):
        self._start("submit")
        self._check_content()
        self._check_findings_to_submit()
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
        self._ask_for_approval()

    def action_approve(self):
        self._start("approve")
        self._check_held()
        self._check_findings_to_approve()
        self._set_state(
            "approved", approver_id=self.env.uid, decided_at=fields.Datetime.now()
        )
        self._close_activities(self.env._("Approved"))
        self._say(lambda w: w.env._("Approved. Finance can post it now."))

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
                "Rejected: %(reason)s The goods are no longer held.",
                reason=w.rejection_reason,
            ),
            notify="requester_id",
        )

    def action_draft(self):
        self._start("draft")
        self.env["inventory.writeoff.hold"]._release(self)
        self._set_state("draft", approver_id=False, decided_at=False)
        self._close_activities()
        self._say(lambda w: w.env._("Back in draft. The goods are no longer held."))

    def action_cancel(self):
        self._start("cancel")
        self.env["inventory.writeoff.hold"]._release(self)
        self._set_state("cancelled")
        self._close_activities()
        self._say(lambda w: w.env._("Cancelled. Nothing was taken off stock."))

    def action_post(self):
        self._start("post")
        self._check_content()
        self._check_held()
        self._check_findings_to_post()
        values_before = {
            company: self.env["inventory.valuation"]._get_value(company)
            for company in self.company_id
        }
        self.env["inventory.writeoff.posting"]._post(self)
        for writeoff in self:
            before = values_before[writeoff.company_id]
            writeoff._set_posted(before)
            values_before[writeoff.company_id] = before - writeoff.value_posted
        self._say(lambda w: w._get_posted_message())

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_line_action"
        )
        return {**action, "domain": [("writeoff_id", "=", self.id)], "context": {}}

    def action_open_stock_moves(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.stock_move_writeoff_action"
        )
        return {**action, "domain": [("writeoff_id", "=", self.id)]}

    def action_open_account_moves(self):
        self.ensure_one()
        entries = self.account_move_ids
        action = {
            "name": self.env._("Journal Entries"),
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "context": {"create": False},
        }
        # Odoo's own form reads payments and taxes: that takes a right in Accounting.
        accounting = "account.group_account_readonly,account.group_account_invoice"
        own_form = "inventory_writeoff.account_move_writeoff_view_form"
        is_accountant = self.env.user.has_groups(accounting)
        form = (not is_accountant and self.env.ref(own_form).id, "form")
        if len(entries) == 1:
            return {**action, "views": [form], "res_id": entries.id}
        domain = [("id", "in", entries.ids)]
        return {**action, "views": [(False, "list"), form], "domain": domain}

    @api.model
    def _action_open(self, domain):
        """Return the action that lists the write-offs of a domain."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_writeoff.inventory_writeoff_action"
        )
        return {**action, "domain": domain, "context": {"create": False}}

    def _get_cannot_reasons(self, action):
        """Tell why the user cannot do the action: {write-off: sentence or False}.

        The buttons, the guards and the messages all read this.
        """
        target, group = ACTIONS[action]
        has_group = self.env.user.has_group(group)
        reasons = {}
        for writeoff in self:
            reason = False
            if writeoff.state not in TRANSITIONS[target] or (
                action == "submit" and writeoff.state != "draft"
            ):
                reason = writeoff._get_wrong_state_reason()
            elif not has_group:
                reason = self.env._(
                    "%(writeoff)s: you need the role %(role)s for this. Ask an "
                    "administrator of write-offs.",
                    writeoff=writeoff.display_name,
                    role=self.env.ref(group).sudo().name,
                )
            elif action == "approve":
                reason = writeoff._get_four_eyes_reason()
            reasons[writeoff] = reason
        return reasons

    def _get_wrong_state_reason(self):
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        return self.env._(
            "%(writeoff)s is %(state)s, so this is no longer possible. Reload the page "
            "to see where it stands.",
            writeoff=self.display_name,
            state=state,
        )

    def _get_four_eyes_reason(self):
        """Return why this user must not decide on the write-off, or False."""
        if self.state != "to_approve" or not self.env.user.has_group(APPROVER):
            return False
        if self.env.user not in (self.requester_id | self.submitted_by_id):
            return False
        return self.env._(
            "You asked for %(writeoff)s, so someone else must approve it.",
            writeoff=self.display_name,
        )

    def _get_guard_message(self):
        """Return the answer to whoever goes round the write-off."""
        self.ensure_one()
        # People of Inventory and Accounting are told of write-offs they cannot open.
        return self.env._(
            "This belongs to write-off %(writeoff)s and cannot be changed here. Open the "
            "write-off: cancel or reject it to release the goods, or reverse it once it "
            "is posted.",
            writeoff=self.sudo().name,
        )

    def _check_can(self, action):
        reasons = filter(None, self._get_cannot_reasons(action).values())
        if message := "\n".join(reasons):
            raise UserError(message)

    def _start(self, action):
        """Check that the action is allowed, on rows that nobody else changes now."""
        self.check_access("write")
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked != self:
            raise UserError(
                self.env._(
                    "Someone else is working on %(writeoffs)s right now. Reload the page "
                    "and try again.",
                    writeoffs=(self - locked)._join_names(),
                )
            )
        self._check_can(action)

    def _check_content(self):
        problems = self.env["inventory.writeoff.validation"]._get_problems(self)
        if problems:
            raise UserError("\n".join(problems))

    def _check_held(self):
        problems = self.env["inventory.writeoff.hold"]._get_problems(self)
        if problems:
            raise UserError("\n".join(problems))

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

    def _get_accounting_date(self):
        return self.accounting_date or fields.Date.context_today(self)

    def _void_approval(self, message):
        """Send approved write-offs back for approval, because they have changed."""
        self.filtered(lambda w: w.state == "approved")._set_state(
            "to_approve", approver_id=False, decided_at=False
        )
        self._close_activities()
        self._ask_for_approval(message)

    def _get_approvers(self):
        """Return who may decide on the write-off."""
        self.ensure_one()
        # Requesters may not read the members of a group.
        members = self.env.ref(APPROVER).sudo().all_user_ids
        concerned = self.requester_id | self.submitted_by_id
        return members.filtered(
            lambda user: self.company_id in user.company_ids and user not in concerned
        )

    def _ask_for_approval(self, message=None):
        activity_type = "inventory_writeoff.mail_activity_type_approve"
        for writeoff in self:
            note = message or writeoff._get_submitted_message()
            for approver in writeoff._get_approvers():
                writeoff.activity_schedule(activity_type, user_id=approver.id)
            writeoff.message_post(body=note)

    def _close_activities(self, feedback=None):
        activity_types = ["inventory_writeoff.mail_activity_type_approve"]
        # The activities belong to all approvers, and one of them has decided.
        if feedback:
            self.sudo().activity_feedback(activity_types, feedback=feedback)
        else:
            self.sudo().activity_unlink(activity_types)

    def _say(self, get_body, notify=None):
        for writeoff in self:
            partners = writeoff[notify].sudo().partner_id if notify else None
            writeoff.message_post(
                body=get_body(writeoff), partner_ids=partners.ids if partners else None
            )

    def _get_submitted_message(self):
        return self.env._(
            "Submitted: %(count)s items, estimated value %(value)s. The goods are held.",
            count=self.line_count,
            value=self.currency_id.format(self.value_estimated),
        )

    def _get_posted_message(self):
        # The message names the entry to everyone who may read the write-off.
        entries = self.sudo().account_move_ids
        if not entries:
            return self.env._(
                "Posted: the goods are off stock. They had no value in the books, so "
                "there is no journal entry."
            )
        return self.env._(
            "Posted: the goods are off stock, and %(value)s was written off in journal "
            "entry %(entry)s of %(date)s.",
            value=self.currency_id.format(self.value_posted),
            entry=", ".join(entries.mapped("name")),
            date=fields.Date.to_string(self.accounting_date),
        )
