from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    """Who gets the register of the last month, and when."""

    _inherit = "res.company"

    writeoff_register_user_ids = fields.Many2many(
        "res.users",
        "res_company_writeoff_register_user_rel",
        string="Register by Mail",
        domain="[('share', '=', False)]",
        help="Who gets the register of the last month by e-mail. Empty: nobody.",
    )
    writeoff_register_day = fields.Integer(
        string="Day of the Month",
        default=1,
        help="The day from which on the register of the last month is sent.",
    )
    # The last day of the month that was sent last. No setting, so no writeoff_ name.
    register_sent_for = fields.Date(readonly=True)

    _writeoff_register_day_possible = models.Constraint(
        "CHECK (writeoff_register_day BETWEEN 1 AND 28)",
        "The register is sent on a day from 1 to 28, which every month has.",
    )

    def _get_register_month(self):
        """Return the last day of the month whose register is due, or nothing."""
        today = fields.Date.context_today(self)
        date = today.replace(day=1) - timedelta(days=1)
        is_open = today.day >= self.writeoff_register_day
        return is_open and self.register_sent_for != date and date
