from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_stock_closed_until(self):
        """Return the moment up to which the last inventory closing took stock moves.

        A closing as of an earlier day takes the moves of that day, as far as the cost
        method does; one as of the day it is made takes what was there when it was
        made. False without a closing. Odoo keeps the closings in a system parameter.
        """
        self.ensure_one()
        parameters = self.env["ir.config_parameter"].sudo()
        ids = parameters.get_param(f"{self.id}.stock_valuation_closing_ids") or ""
        closings = self.env["account.move"].sudo()
        closings = closings.browse(map(int, filter(None, ids.split(",")))).exists()
        closing = closings.filtered(lambda entry: entry.state == "posted")[-1:]
        if not closing:
            return False
        end = fields.Datetime.to_datetime(closing.date) + timedelta(days=1)
        return min(closing.create_date, end)
