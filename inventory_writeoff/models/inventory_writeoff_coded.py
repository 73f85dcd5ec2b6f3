from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class InventoryWriteoffCoded(models.AbstractModel):
    """A list that people configure and write-offs refer to, each with its code."""

    _name = "inventory.writeoff.coded"
    _description = "Coded List of Write-Offs"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_codes([vals.get("code") for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        self._check_codes([vals.get("code")])
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "code" not in (default or {}):
            for record, vals in zip(self, vals_list, strict=True):
                vals["code"] = record._get_free_code()
        return vals_list

    @api.ondelete(at_uninstall=True)
    def _unlink_except_used(self):
        """Say what is in the way, where PostgreSQL would name its constraint."""
        for record in self:
            user = record._find_user()
            if user:
                raise UserError(
                    self.env._(
                        "%(record)s is used by %(user)s. Archive it instead of "
                        "deleting it.",
                        record=record.display_name,
                        user=user.display_name,
                    )
                )

    def _check_codes(self, codes):
        """Refuse a code that another record has, archived ones included."""
        everyone = self.sudo().with_context(active_test=False)
        taken = everyone.search(
            [
                ("code", "in", [code for code in codes if code]),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        if taken:
            raise ValidationError(
                self.env._(
                    "%(code)s is already the code of %(record)s. Choose a different "
                    "one, or make that one active again.",
                    code=taken.code,
                    record=taken.display_name,
                )
            )

    def _get_free_code(self):
        everyone = self.sudo().with_context(active_test=False)
        codes = set(everyone.search([]).mapped("code"))
        number = 2
        while f"{self.code}-{number}" in codes:
            number += 1
        return f"{self.code}-{number}"

    def _find_user(self):
        """Return a record that refers to this one and cannot do without it."""
        # Whoever configures may not see the write-offs of all companies.
        links = self.env["ir.model.fields"].sudo()
        domain = [
            ("relation", "=", self._name),
            ("ttype", "=", "many2one"),
            ("on_delete", "=", "restrict"),
            ("store", "=", True),
        ]
        for link in links.search(domain, order="model"):
            model = self.env[link.model].sudo().with_context(active_test=False)
            if not model._abstract and (
                user := model.search([(link.name, "=", self.id)], limit=1)
            ):
                return user
        return None
