from datetime import date

from odoo import api, models


class InventoryWriteoffLoggedSettings(models.AbstractModel):
    """Settings whose changes are logged: who changed what, from what, to what.

    A model names the fields that matter in `_LOGGED_FIELDS`. Values that belong to a
    company are those of the company that the change was made in.
    """

    _name = "inventory.writeoff.logged.settings"
    _description = "Settings Whose Changes Are Logged"

    _LOGGED_FIELDS = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._log_settings("setting_created", {})
        return records

    def write(self, vals):
        if not vals.keys() & set(self._LOGGED_FIELDS):
            return super().write(vals)
        before = self._read_logged()
        result = super().write(vals)
        self._log_settings("setting_changed", before)
        return result

    def unlink(self):
        before = self._read_logged()
        payloads = self._get_logged_payloads(before, {})
        result = super().unlink()
        self.env["inventory.writeoff.event"]._log("setting_deleted", payloads)
        return result

    def _read_logged(self):
        """Return {id: {field: value}}, links as ids."""
        rows = self.sudo().read(self._LOGGED_FIELDS, load=None)
        return {row.pop("id"): row for row in rows}

    def _log_settings(self, kind, before):
        payloads = self._get_logged_payloads(before, self._read_logged())
        self.env["inventory.writeoff.event"]._log(kind, payloads)

    def _get_logged_payloads(self, before, after):
        """Return {company: what has changed}, or nothing."""
        payload = self._get_payload(self, before, after)
        return {self.env.company: payload} if payload else {}

    @api.model
    def _get_payload(self, records, before, after):
        """Return what has changed between two readings, or nothing."""
        changes = []
        for record in records:
            old, new = before.get(record.id, {}), after.get(record.id, {})
            names = [name for name in old | new if old.get(name) != new.get(name)]
            if names:
                changes.append(
                    {
                        "id": record.id,
                        "label": record.sudo().display_name,
                        "old": self._to_plain(old, names),
                        "new": self._to_plain(new, names),
                    }
                )
        return changes and {"model": records._name, "changes": changes}

    @api.model
    def _to_plain(self, values, names):
        """Return the named values as JSON can hold them: dates as text."""
        return {
            name: str(values[name]) if isinstance(values[name], date) else values[name]
            for name in names
            if name in values
        }
