from odoo import fields, models
from odoo.tools import date_utils

SENIOR = "inventory_writeoff.group_writeoff_senior"


class ResCompany(models.Model):
    """Who reviews the value of stock every quarter, and what stands out."""

    _inherit = "res.company"

    writeoff_review_user_id = fields.Many2one(
        "res.users",
        string="Quarterly Review",
        help="Who is asked, after each quarter, to review what stock is worth. Empty: "
        "nobody.",
    )
    writeoff_review_percent = fields.Float(
        string="Outliers (%)",
        default=10.0,
        help="Cost that differs more than this from the last purchase price stands "
        "out.",
    )
    writeoff_selling_percent = fields.Float(
        string="Costs to Sell (%)",
        help="What selling costs, in percent of the sales price without taxes. The net "
        "realisable value is what is left.",
    )

    _writeoff_review_percent_possible = models.Constraint(
        "CHECK (writeoff_review_percent >= 0)",
        "Outliers are told by a percentage that is not negative.",
    )
    _writeoff_selling_percent_possible = models.Constraint(
        "CHECK (writeoff_selling_percent BETWEEN 0 AND 100)",
        "Costs to sell are between 0 and 100 percent of the sales price.",
    )

    def _get_review_date(self):
        """Return the last day of the last quarter."""
        today = fields.Date.context_today(self)
        return date_utils.subtract(date_utils.start_of(today, "quarter"), days=1)
