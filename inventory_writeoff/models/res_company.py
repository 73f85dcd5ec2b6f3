from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    writeoff_journal_id = fields.Many2one(
        "account.journal",
        string="Write-Off Journal",
        domain="[('type', '=', 'general'), ('company_id', '=', id)]",
        help="Where write-offs are posted. Empty: the company's stock journal.",
    )
    writeoff_loss_account_id = fields.Many2one(
        "account.account",
        string="Default Loss Account",
        domain="[('internal_group', 'in', ('expense', 'income')), "
        "('company_ids', 'parent_of', id)]",
        help="Debited when the reason has no loss account of its own.",
    )
    writeoff_location_id = fields.Many2one(
        "stock.location",
        string="Write-Off Location",
        domain="[('usage', '=', 'inventory'), ('valuation_account_id', '=', False), "
        "('company_id', '=', id)]",
        help="The virtual location that written-off goods go to.",
    )
    writeoff_entry_detail = fields.Selection(
        [
            ("summed", "One pair of items per account and analytic distribution"),
            ("line", "One pair of items per write-off line"),
        ],
        string="Write-Off Entry",
        default="summed",
        required=True,
    )
    writeoff_hold_days = fields.Integer(
        string="Longest Hold",
        help="Days after which the requester is reminded of held goods. 0: never.",
    )
    writeoff_hold_release = fields.Boolean(
        string="Release Old Holds",
        help="Set write-offs back to draft whose goods were held longer than that.",
    )

    _writeoff_hold_days_not_negative = models.Constraint(
        "CHECK (writeoff_hold_days >= 0)",
        "The longest hold of write-offs is a number of days, 0 for no limit.",
    )

    @api.constrains("writeoff_journal_id")
    def _check_writeoff_journal(self):
        for company in self.filtered("writeoff_journal_id"):
            journal = company.writeoff_journal_id
            if (
                journal.type != "general"
                or journal.company_id not in company.parent_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(journal)s cannot be the write-off journal of %(company)s: "
                        "choose a miscellaneous journal of that company.",
                        journal=journal.display_name,
                        company=company.display_name,
                    )
                )

    @api.constrains("writeoff_loss_account_id")
    def _check_writeoff_loss_account(self):
        for company in self.filtered("writeoff_loss_account_id"):
            account = company.writeoff_loss_account_id
            refusal = account._get_cannot_be_loss_account_reason(company)
            if refusal:
                raise ValidationError(
                    self.env._("Default loss account: %(refusal)s", refusal=refusal)
                )

    @api.constrains("writeoff_location_id")
    def _check_writeoff_location(self):
        for company in self.filtered("writeoff_location_id"):
            location = company.writeoff_location_id
            refusal = location._get_cannot_be_loss_location_reason(company)
            if refusal:
                raise ValidationError(
                    self.env._("Write-off location: %(refusal)s", refusal=refusal)
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # A new company starts with the settings of the one it is made from.
        checks = self.env["inventory.writeoff.check"].sudo().search([])
        checks._copy_settings(self.env.company, companies)
        return companies

    def write(self, vals):
        result = super().write(vals)
        if vals.get("writeoff_location_id"):
            self.writeoff_location_id._mark_as_writeoff_location()
        return result

    def _create_per_company_locations(self):
        result = super()._create_per_company_locations()
        self._create_writeoff_location()
        return result

    def _create_writeoff_location(self):
        """Create the virtual loss location of the companies that have none."""
        companies = self.filtered(lambda company: not company.writeoff_location_id)
        # The user who creates a company need not manage its stock locations.
        locations = (
            self.env["stock.location"]
            .sudo()
            .create(
                [company._prepare_writeoff_location_vals() for company in companies]
            )
        )
        for company, location in zip(companies, locations, strict=True):
            company.sudo().writeoff_location_id = location

    def _prepare_writeoff_location_vals(self):
        return {
            "name": self.env._("Write-Off"),
            "usage": "inventory",
            "company_id": self.id,
        }

    def _get_writeoff_journal(self):
        """Return the journal that write-offs of this company are posted in."""
        self.ensure_one()
        return self.writeoff_journal_id or self.account_stock_journal_id
