from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# More rows than that take wkhtmltopdf minutes, and nobody reads them on paper.
MAX_PDF_ROWS = 5000
REPORT = "inventory_writeoff_reports.report_register_action"


class InventoryWriteoffRegister(models.TransientModel):
    """The write-offs of a company in a period, item by item, to keep and to hand over.

    What is posted counts by its accounting date, anything else by its submission.
    """

    _name = "inventory.writeoff.register"
    _description = "Register of Write-Offs"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        domain="[('id', 'in', allowed_company_ids)]",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._get_last_month()[0]
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self._get_last_month()[1]
    )
    scope = fields.Selection(
        [
            ("posted", "Posted"),
            ("open", "Submitted, Not Posted Yet"),
            ("ended", "Rejected or Cancelled"),
        ],
        "Write-Offs",
        required=True,
        default="posted",
        help="Posted ones are taken by accounting date, others by day of submission.",
    )
    reason_ids = fields.Many2many(
        "inventory.writeoff.reason", string="Reasons", help="Empty: all of them."
    )
    item_count = fields.Integer("Items", compute="_compute_totals")
    value_net = fields.Monetary(
        "Net Value", compute="_compute_totals", help="Posted value less reversals."
    )
    value_estimated = fields.Monetary("Estimated Value", compute="_compute_totals")

    @api.depends("company_id", "date_from", "date_to")
    def _compute_display_name(self):
        for register in self:
            register.display_name = register._get_title()

    @api.depends("company_id", "date_from", "date_to", "scope", "reason_ids")
    def _compute_totals(self):
        measures = ["__count", "value_net:sum", "value_estimated:sum"]
        for register in self:
            rows = register._get_analysis()
            ((count, net, estimated),) = rows._read_group(
                register._get_domain(), [], measures
            )
            register.item_count = count
            register.value_net = net
            register.value_estimated = estimated

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for register in self:
            if register.date_from > register.date_to:
                raise ValidationError(
                    self.env._(
                        "The register would begin on %(date_from)s and end before, on "
                        "%(date_to)s. Choose a first day that is not after the last.",
                        date_from=format_date(self.env, register.date_from),
                        date_to=format_date(self.env, register.date_to),
                    )
                )

    def action_download(self):
        """Download the register as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/inventory_writeoff_reports/register/{self.id}",
            "target": "download",
        }

    def action_print(self):
        self.ensure_one()
        self._check_can_print()
        return self.env.ref(REPORT).report_action(self)

    def _check_can_print(self):
        for register in self:
            if register.item_count > MAX_PDF_ROWS:
                raise UserError(
                    self.env._(
                        "%(register)s has %(count)s items, and a PDF holds up to "
                        "%(limit)s. Download the spreadsheet, or choose a shorter "
                        "period.",
                        register=register.display_name,
                        count=register.item_count,
                        limit=MAX_PDF_ROWS,
                    )
                )

    def _get_last_month(self):
        first = fields.Date.context_today(self).replace(day=1)
        return first - relativedelta(months=1), first - timedelta(days=1)

    def _get_title(self):
        return self.env._(
            "Register of Write-Offs %(date_from)s – %(date_to)s",
            date_from=format_date(self.env, self.date_from),
            date_to=format_date(self.env, self.date_to),
        )

    def _get_analysis(self):
        """Return the model of the rows, which reads the register's company."""
        return self.env["inventory.writeoff.analysis"].with_company(self.company_id)

    def _get_domain(self):
        domain = Domain("company_id", "=", self.company_id.id) & self._get_scope()
        if self.reason_ids:
            domain &= Domain("reason_id", "in", self.reason_ids.ids)
        return domain

    def _get_scope(self):
        if self.scope == "posted":
            return Domain("date", ">=", self.date_from) & Domain(
                "date", "<=", self.date_to
            )
        ended = "in" if self.scope == "ended" else "not in"
        return (
            Domain("date", "=", False)
            & Domain("submitted_at", ">=", self.date_from)
            & Domain("submitted_at", "<", self.date_to + timedelta(days=1))
            & Domain("state", ended, ("rejected", "cancelled"))
            & Domain("state", "!=", "draft")
        )

    def _get_tie_out(self):
        """Return the tie-out of the period, if the register has all of it."""
        tie_outs = self.env["inventory.writeoff.tie.out"].with_company(self.company_id)
        if self.scope != "posted" or self.reason_ids:
            return tie_outs
        return tie_outs.create(
            {
                "company_id": self.company_id.id,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
        )
