from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ..models.inventory_writeoff import POSTED_STATES

# Submitted and not posted, or not all of it. What a partly posted one was closed
# without is a draft of its own.
OPEN_STATES = ("to_approve", "approved", "posting")


class InventoryWriteoffCutOff(models.TransientModel):
    """What is not in the books at the end of a period, and what that means.

    Write-offs that were submitted up to a date, and are open now or were posted with
    a later accounting date.
    """

    _name = "inventory.writeoff.cut.off"
    _description = "Cut-Off of Write-Offs"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Period End",
        required=True,
        default=lambda self: self.env.company._get_cut_off_date(),
    )
    writeoff_ids = fields.Many2many("inventory.writeoff", compute="_compute_writeoffs")
    count = fields.Integer("Write-Offs", compute="_compute_writeoffs")
    value = fields.Monetary(compute="_compute_writeoffs")
    value_to_approve = fields.Monetary("To Approve", compute="_compute_writeoffs")
    value_approved = fields.Monetary("Approved", compute="_compute_writeoffs")
    value_half_posted = fields.Monetary(
        "Left of Half Posted", compute="_compute_writeoffs"
    )
    value_later = fields.Monetary("Posted Later", compute="_compute_writeoffs")
    before = fields.Text("If Posted in Time", compute="_compute_meaning")
    after = fields.Text("If Posted Later", compute="_compute_meaning")
    is_locked = fields.Boolean(compute="_compute_meaning")

    @api.depends("company_id", "date")
    def _compute_display_name(self):
        for cut_off in self:
            cut_off.display_name = cut_off._get_title()

    @api.depends("company_id", "date")
    def _compute_writeoffs(self):
        for cut_off in self:
            writeoffs = cut_off._get_writeoffs()
            later = writeoffs.filtered(lambda w: w.state in POSTED_STATES)
            groups = (writeoffs - later).grouped("state")
            values = {
                state: sum(group.mapped("value_open"))
                for state, group in groups.items()
            }
            cut_off.writeoff_ids = writeoffs
            cut_off.count = len(writeoffs)
            cut_off.value_to_approve = values.pop("to_approve", 0.0)
            cut_off.value_approved = values.pop("approved", 0.0)
            cut_off.value_half_posted = sum(values.values())
            cut_off.value_later = sum(later.mapped("value_posted"))
            cut_off.value = (
                cut_off.value_to_approve
                + cut_off.value_approved
                + cut_off.value_half_posted
            )

    @api.depends("company_id", "date")
    def _compute_meaning(self):
        for cut_off in self:
            first_open = cut_off._get_first_open_date()
            cut_off.is_locked = bool(first_open)
            names = {
                "date": format_date(self.env, cut_off.date),
                "value": (cut_off.currency_id or self.env.company.currency_id).format(
                    cut_off.value
                ),
                "first_open": first_open and format_date(self.env, first_open),
            }
            sentences = (cut_off._get_before(names), cut_off._get_tax_locked())
            cut_off.before = " ".join(filter(None, sentences))
            cut_off.after = cut_off._get_after(names)

    def _get_before(self, names):
        if self.is_locked:
            return self.env._(
                "%(date)s is locked or closed: nothing more can be posted on it. The "
                "first open date is %(first_open)s.",
                **names,
            )
        return self.env._(
            "With an accounting date up to %(date)s, the loss of %(value)s counts in "
            "this period: its result is lower, and inventory at %(date)s no longer "
            "contains the goods. It must be posted before the period is locked and "
            "before an inventory closing of that date.",
            **names,
        )

    def _get_tax_locked(self):
        """Return which write-offs give taxes back that are declared already, or ""."""
        first_open = not self.is_locked and self._get_first_open_date(has_tax=True)
        if not first_open:
            return ""
        unposted = self.writeoff_ids.filtered(lambda w: w.state in OPEN_STATES)
        taxed = self.env["inventory.writeoff.tax"]._get_taxed_writeoffs(unposted)
        if not taxed:
            return ""
        return self.env._(
            "The tax return is locked: what gives taxes back can be posted from "
            "%(first_open)s on only (%(writeoffs)s).",
            first_open=format_date(self.env, first_open),
            writeoffs=format_list(self.env, taxed.mapped("name")),
        )

    def _get_after(self, names):
        return self.env._(
            "Posted with a later accounting date, the loss of %(value)s counts in the "
            "next period. Inventory at %(date)s still contains goods that are known "
            "to be lost: if that matters, book an allowance for them.",
            **names,
        )

    @api.model
    def _action_open(self):
        """Open the cut-off of the current company's next period end."""
        cut_off = self.create({})
        return {**cut_off.get_formview_action(), "name": self.env._("Cut-Off")}

    def action_open_writeoffs(self):
        """Open the write-offs as a list of their own."""
        self.ensure_one()
        return self.env["inventory.writeoff"]._action_open(self._get_domain())

    def _get_title(self):
        return self.env._(
            "Write-offs not posted by %(date)s, %(company)s",
            date=format_date(self.env, self.date),
            company=self.company_id.name,
        )

    def _get_url(self):
        return f"{self.get_base_url()}/odoo/write-offs-cut-off"

    def _get_writeoffs(self):
        """Return the write-offs, the oldest first."""
        if not self.company_id or not self.date:
            return self.env["inventory.writeoff"]
        order = "submitted_at, value_estimated DESC, id"
        return self.env["inventory.writeoff"].search(self._get_domain(), order=order)

    def _get_domain(self):
        end = fields.Datetime.to_datetime(self.date) + timedelta(days=1)
        is_open = Domain("state", "in", OPEN_STATES)
        is_later = Domain("state", "in", POSTED_STATES) & Domain(
            "accounting_date", ">", self.date
        )
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("submitted_at", "<", end)
            & (is_open | is_later)
        )

    def _get_first_open_date(self, has_tax=False):
        """Return the day after the locks and the closing the date is in, or False."""
        if not self.company_id or not self.date:
            return False
        # Locks are for accountants to read; all may know that a date is locked.
        company = self.company_id.sudo()
        dates = self.env["inventory.writeoff.dates"]
        today = fields.Date.context_today(self)
        return dates._get_day_after(
            *dates._get_closed(company, self.date, today, has_tax)
        )
