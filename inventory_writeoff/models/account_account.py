from odoo import models


class AccountAccount(models.Model):
    _inherit = "account.account"

    def _get_cannot_be_loss_account_reason(self, company):
        """Return why losses of the company cannot be booked here, or False."""
        self.ensure_one()
        names = {"account": self.display_name, "company": company.display_name}
        if not self.active:
            return self.env._(
                "account %(account)s is archived. Choose an active one.", **names
            )
        if not (self.sudo().company_ids & company.sudo().parent_ids):
            return self.env._(
                "account %(account)s does not belong to %(company)s. Choose an account "
                "of that company.",
                **names,
            )
        if self.internal_group not in ("expense", "income"):
            return self.env._(
                "account %(account)s is a balance-sheet account, so the loss would "
                "stay an asset or a debt. Choose an expense account.",
                **names,
            )
        return False
