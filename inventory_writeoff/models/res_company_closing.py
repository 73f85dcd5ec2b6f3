from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def action_close_stock_valuation(self, at_date=None, auto_post=False):
        """Remember what the closing found stock to be worth, product by product."""
        action = super().action_close_stock_valuation(at_date, auto_post)
        entry = self.env["account.move"].browse(action["res_id"])
        self.env["inventory.writeoff.closing"]._keep(self, entry, at_date)
        return action

    def _get_last_stock_closing(self):
        """Return the entry of the last inventory closing that is posted.

        Odoo keeps the closings in a system parameter.
        """
        self.ensure_one()
        parameters = self.env["ir.config_parameter"].sudo()
        ids = parameters.get_param(f"{self.id}.stock_valuation_closing_ids") or ""
        closings = self.env["account.move"].sudo()
        closings = closings.browse(map(int, filter(None, ids.split(",")))).exists()
        return closings.filtered(lambda entry: entry.state == "posted")[-1:]

    def _get_stock_closed_until(self):
        """Return the moment up to which the last inventory closing took stock moves.

        A closing as of an earlier day takes the moves of that day, as far as the cost
        method does; one as of the day it is made takes what was there when it was
        made. False without a closing.
        """
        closing = self._get_last_stock_closing()
        if not closing:
            return False
        end = fields.Datetime.to_datetime(closing.date) + timedelta(days=1)
        return min(closing.create_date, end)
