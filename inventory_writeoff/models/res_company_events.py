from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        names = [name for name in vals if name.startswith("writeoff_")]
        before = names and self._read_writeoff_settings(names)
        result = super().write(vals)
        if names:
            self._log_writeoff_settings(before, self._read_writeoff_settings(names))
        return result

    def _read_writeoff_settings(self, names):
        rows = self.sudo().read(names, load=None)
        return {row.pop("id"): row for row in rows}

    def _log_writeoff_settings(self, before, after):
        get_payload = self.env["inventory.writeoff.logged.settings"]._get_payload
        payloads = {company: get_payload(company, before, after) for company in self}
        payloads = {
            company: payload for company, payload in payloads.items() if payload
        }
        self.env["inventory.writeoff.event"]._log("setting_changed", payloads)
