from odoo import models


class InventoryWriteoffValidation(models.AbstractModel):
    """The accounts that tax on lost goods is debited to."""

    _inherit = "inventory.writeoff.validation"

    def _check_loss_accounts(self, lines):
        yield from super()._check_loss_accounts(lines)
        for (reason, company), group in self._group_by_reason(lines).items():
            account = reason.with_company(company).tax_loss_account_id
            is_used = account and reason.tax_treatment != "keep"
            refusal = is_used and account._get_cannot_be_loss_account_reason(company)
            if refusal:
                yield self.env._(
                    "%(line)s, tax on reason %(reason)s: %(refusal)s",
                    line=group[0]._describe(),
                    reason=reason.display_name,
                    refusal=refusal,
                )
