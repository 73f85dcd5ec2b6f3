import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..writer import drop_code_only, get_code_only, is_writer

USER = "inventory_writeoff.group_writeoff_user"
APPROVER = "inventory_writeoff.group_writeoff_approver"
FINANCE = "inventory_writeoff.group_writeoff_finance"
# Off stock and in the books, whatever was given back since.
POSTED_STATES = ("posted", "partly_posted", "partly_reversed", "reversed")


class InventoryWriteoff(models.Model):
    """A request to take unsellable goods off stock and off the books.

    The content can be edited in draft; the goods are held from submission until the
    write-off is posted, rejected, cancelled or set back to draft. Who may do what is
    in `inventory_writeoff_flow.py`, who is asked in `inventory_writeoff_approval.py`.
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
            ("posting", "Posting"),
            ("posted", "Posted"),
            ("partly_posted", "Partly Posted"),
            ("partly_reversed", "Partly Reversed"),
            ("reversed", "Reversed"),
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
    value_open = fields.Monetary(
        "Not Posted", compute="_compute_value_open", help="What is still to be posted."
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
    entry_preview = fields.Text(compute="_compute_entry_preview")

    _company_state_idx = models.Index("(company_id, state, id DESC)")

    _CONTENT_FIELDS = {
        "company_id",
        "reason_id",
        "disposal_method_id",
        "location_id",
        "accounting_date",
        "note",
        "reversal_reason",
        "reversal_cause",
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
            is_posted = writeoff.state in POSTED_STATES
            writeoff.value = (
                writeoff.value_posted if is_posted else writeoff.value_estimated
            )

    @api.depends("value", "value_posted", "state")
    def _compute_value_open(self):
        for writeoff in self:
            is_posted = writeoff.state in POSTED_STATES
            left = writeoff.value - writeoff.value_posted
            writeoff.value_open = 0.0 if is_posted else left

    @api.depends("value", "state", "company_id")
    def _compute_values(self):
        valuation = self.env["inventory.valuation"]
        unposted = self.filtered(lambda w: w.state not in POSTED_STATES)
        values_now = {
            company: valuation._get_value(company) for company in unposted.company_id
        }
        for writeoff in self:
            if writeoff.state in POSTED_STATES:
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
        previews = self.env["inventory.writeoff.preview"]
        for writeoff in self:
            is_open = writeoff.state in ("draft", "to_approve", "approved")
            has_entries = is_open and previews._has_entries(writeoff)
            writeoff.entry_preview = has_entries and json.dumps(previews._get(writeoff))

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

    @api.ondelete(at_uninstall=True)
    def _unlink_except_submitted(self):
        submitted = self.filtered(lambda w: w.state != "draft" or w.submitted_at)
        if submitted:
            raise UserError(
                self.env._(
                    "%(writeoffs)s has been submitted and is kept as a record. Cancel "
                    "it instead of deleting it.",
                    writeoffs=submitted._join_names(),
                )
            )

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
        entries = self._get_entries()
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

    def _get_guard_message(self):
        """Return the answer to whoever goes round the write-off."""
        self.ensure_one()
        # People of Inventory and Accounting are told of write-offs they cannot open.
        writeoff = self.sudo()
        if writeoff.state in POSTED_STATES:
            return self.env._(
                "This belongs to write-off %(writeoff)s, which is posted: its stock "
                "moves and its journal entry stay as they are. If it was wrong, "
                "reverse the write-off: goods and entry come back together.",
                writeoff=writeoff.name,
            )
        return self.env._(
            "This belongs to write-off %(writeoff)s, which holds the goods. Open the "
            "write-off and cancel or reject it to release them.",
            writeoff=writeoff.name,
        )

    def _get_accounting_date(self):
        return self.accounting_date or fields.Date.context_today(self)
