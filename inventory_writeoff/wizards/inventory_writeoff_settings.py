from odoo import api, fields, models
from odoo.exceptions import AccessError


class InventoryWriteoffSettings(models.TransientModel):
    """The write-off settings of one company.

    Odoo's own settings page is for system administrators only. An administrator of
    write-offs has no right on companies either, so `action_save` writes these fields
    for them, and nothing else: those whose names start with `writeoff_`.
    """

    _name = "inventory.writeoff.settings"
    _description = "Write-Off Settings"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    writeoff_journal_id = fields.Many2one(
        "account.journal",
        "Journal",
        domain="[('type', '=', 'general'), ('company_id', '=', company_id)]",
        help="Where write-offs are posted. Empty: the company's stock journal.",
    )
    writeoff_loss_account_id = fields.Many2one(
        "account.account",
        "Default Loss Account",
        domain="[('internal_group', 'in', ('expense', 'income')), "
        "('company_ids', 'parent_of', company_id)]",
        help="Debited when the reason has no loss account of its own.",
    )
    writeoff_location_id = fields.Many2one(
        "stock.location",
        "Location",
        domain="[('usage', '=', 'inventory'), ('valuation_account_id', '=', False), "
        "('company_id', '=', company_id)]",
        help="The virtual location that written-off goods go to.",
    )
    writeoff_entry_detail = fields.Selection(
        lambda self: (
            self.env["res.company"]
            ._fields["writeoff_entry_detail"]
            ._description_selection(self.env)
        ),
        "Journal Entry",
        required=True,
    )

    writeoff_hold_days = fields.Integer(
        "Longest Hold (Days)",
        help="Days after which the requester is reminded of held goods. 0: never.",
    )
    writeoff_hold_release = fields.Boolean(
        "Release Old Holds",
        help="Set write-offs back to draft whose goods were held longer than that.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        company = self.env.company
        names = set(self._get_company_fields()) & set(fields)
        settings = {name: company[name] for name in names}
        return {**values, **company._convert_to_write(settings)}

    def _get_company_fields(self):
        """Return the settings; each is a field of the same name on the company."""
        return [name for name in self._fields if name.startswith("writeoff_")]

    def action_save(self):
        self.ensure_one()
        if not self.env.user.has_group("inventory_writeoff.group_writeoff_manager"):
            raise AccessError(
                self.env._(
                    "Only an administrator of write-offs changes their settings."
                )
            )
        values = {name: self[name] for name in self._get_company_fields()}
        company = self.env.company
        # The administrator of write-offs has no right on companies: see the class.
        company.sudo().write(company._convert_to_write(values))
        return {"type": "ir.actions.act_window_close"}
