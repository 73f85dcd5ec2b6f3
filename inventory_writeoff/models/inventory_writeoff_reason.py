from odoo import api, fields, models
from odoo.exceptions import ValidationError


class InventoryWriteoffReason(models.Model):
    """Why goods are written off, and what that means for the books.

    Reasons are shared by all companies; the loss account and the loss location
    are set per company. A reason without an account falls back on the company's
    default loss account; without either, nothing can be submitted with it.
    """

    _name = "inventory.writeoff.reason"
    _description = "Write-Off Reason"
    _inherit = ["inventory.writeoff.coded", "analytic.mixin"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("damage", "Damage"),
            ("expiry", "Expiry"),
            ("obsolescence", "Obsolescence"),
            ("theft", "Theft"),
            ("loss", "Missing"),
            ("recall", "Recall"),
            ("quality", "Quality failure"),
            ("sample", "Sample"),
            ("donation", "Donation"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    is_abnormal = fields.Boolean(
        "Abnormal Loss",
        help="Abnormal losses are an expense of the period and never part of the "
        "cost of the goods that are left (IAS 2.16).",
    )
    loss_account_id = fields.Many2one(
        "account.account",
        company_dependent=True,
        ondelete="restrict",
        domain="[('internal_group', 'in', ('expense', 'income')), "
        "('company_ids', 'parent_of', allowed_company_ids[0])]",
        help="The account that is debited. Empty: the company's default loss account.",
    )
    loss_location_id = fields.Many2one(
        "stock.location",
        company_dependent=True,
        ondelete="restrict",
        domain="[('usage', '=', 'inventory'), ('valuation_account_id', '=', False), "
        "('company_id', '=', allowed_company_ids[0])]",
        help="Where the goods go. Empty: the company's write-off location.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="The reason is valid for products of these categories and those below "
        "them. Empty: for all products.",
    )
    disposal_method_ids = fields.Many2many(
        "inventory.writeoff.disposal.method",
        "inventory_writeoff_reason_disposal_method_rel",
        help="The disposal methods one may choose with this reason. Empty: all.",
    )
    note = fields.Text("Guideline", translate=True)

    _code_unique = models.UniqueIndex(
        "(code)", "Another reason has this code: choose a different one."
    )

    @api.constrains("loss_account_id")
    def _check_loss_account(self):
        self._check_books_losses("loss_account_id")

    def _check_books_losses(self, field):
        """Refuse accounts that the company's losses cannot be booked on."""
        for reason in self.filtered(field):
            refusal = reason[field]._get_cannot_be_loss_account_reason(self.env.company)
            if refusal:
                raise ValidationError(
                    self.env._(
                        "Reason %(reason)s: %(refusal)s",
                        reason=reason.display_name,
                        refusal=refusal,
                    )
                )

    @api.constrains("loss_location_id")
    def _check_loss_location(self):
        for reason in self.filtered("loss_location_id"):
            refusal = reason.loss_location_id._get_cannot_be_loss_location_reason(
                self.env.company
            )
            if refusal:
                raise ValidationError(
                    self.env._(
                        "Reason %(reason)s: %(refusal)s",
                        reason=reason.display_name,
                        refusal=refusal,
                    )
                )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = f"[{reason.code}] {reason.name}"

    @api.model_create_multi
    def create(self, vals_list):
        reasons = super().create(vals_list)
        reasons.loss_location_id._mark_as_writeoff_location()
        return reasons

    def write(self, vals):
        result = super().write(vals)
        if vals.get("loss_location_id"):
            self.loss_location_id._mark_as_writeoff_location()
        return result

    def _get_loss_account(self, company):
        """Return the account that this reason debits in the company, or none."""
        own_account = self.with_company(company).loss_account_id
        return own_account or company.writeoff_loss_account_id

    def _get_loss_location(self, company):
        """Return the location that goods of this reason go to in the company."""
        own_location = self.with_company(company).loss_location_id
        return own_location or company.writeoff_location_id

    def _is_valid_for_category(self, category):
        """Tell whether the reason may be used for products of the category."""
        if not self.category_ids:
            return True
        ancestors = {int(part) for part in (category.parent_path or "").split("/")[:-1]}
        return bool(ancestors & set(self.category_ids.ids))
