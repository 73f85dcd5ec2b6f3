from odoo import api, fields, models


class InventoryWriteoffReason(models.Model):
    """What becomes of the purchase tax that was deducted for lost goods.

    Law differs by country and by evidence, so it is a choice, and off by default.
    """

    _inherit = "inventory.writeoff.reason"

    tax_treatment = fields.Selection(
        [
            ("keep", "Stays deducted"),
            ("reverse", "Is given back"),
            ("unless_evidence", "Is given back unless the loss is proven"),
        ],
        "Purchase Tax",
        required=True,
        default="keep",
        help="What happens to the purchase tax that was deducted when the goods were "
        "bought. Is given back: posting adds the tax of the goods' cost to the loss "
        "and credits the account of the tax, as a vendor's refund does. Unless the "
        "loss is proven: not when all evidence that the reason and the disposal method "
        "ask for is accepted; what is accepted after posting takes the tax back. Where "
        "no evidence is asked for, the tax is given back.",
    )
    tax_loss_account_id = fields.Many2one(
        "account.account",
        company_dependent=True,
        ondelete="restrict",
        domain="[('internal_group', 'in', ('expense', 'income')), "
        "('company_ids', 'parent_of', allowed_company_ids[0])]",
        help="The account that is debited for the tax that is given back. Empty: the "
        "loss account.",
    )

    @api.constrains("tax_loss_account_id")
    def _check_tax_loss_account(self):
        self._check_books_losses("tax_loss_account_id")

    def _get_tax_loss_account(self, company):
        """Return the account that tax on goods of this reason is debited to."""
        own_account = self.with_company(company).tax_loss_account_id
        return own_account or self._get_loss_account(company)
