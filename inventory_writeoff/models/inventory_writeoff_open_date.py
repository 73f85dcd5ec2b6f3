from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class InventoryWriteoff(models.Model):
    """The first open date, offered to whoever may take it."""

    _inherit = "inventory.writeoff"

    first_open_date = fields.Date(
        compute="_compute_first_open_date",
        help="The first date that no lock and no inventory closing forbids, where the "
        "accounting date is one that they do.",
    )
    can_take_open_date = fields.Boolean(compute="_compute_first_open_date")

    @api.depends("accounting_date", "company_id", "can_submit", "can_post")
    @api.depends_context("uid", "tz")
    def _compute_first_open_date(self):
        today = fields.Date.context_today(self)
        asked = self.filtered(lambda w: w.company_id and (w.can_submit or w.can_post))
        dates = self.env["inventory.writeoff.dates"]._get_first_open_dates(asked)
        for writeoff in self:
            first_open = dates.get(writeoff, False)
            writeoff.first_open_date = first_open
            writeoff.can_take_open_date = bool(first_open) and first_open <= today

    def action_take_first_open_date(self):
        """Take the first open date where the accounting date is locked or closed."""
        closed = self.filtered("first_open_date")
        for writeoff in closed:
            if not writeoff.can_take_open_date:
                raise UserError(
                    self.env._(
                        "%(writeoff)s: everything is locked until %(first_open)s. "
                        "Ask an accountant to unlock today, or wait until then.",
                        writeoff=writeoff.display_name,
                        first_open=format_date(self.env, writeoff.first_open_date),
                    )
                )
        for date, group in closed.grouped("first_open_date").items():
            group.write({"accounting_date": date})
