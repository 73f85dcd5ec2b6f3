from odoo import api, models


class InventoryWriteoffLine(models.Model):
    """The analytic distribution of an item, until someone chooses another one.

    The reason's comes first; Odoo's analytic distribution models add the plans that
    it says nothing about, as on bills.
    """

    _inherit = "inventory.writeoff.line"

    @api.depends("product_id", "reason_id", "company_id")
    def _compute_analytic_distribution(self):
        # Requesters see the distribution, not the models that it comes from.
        models_sudo = self.env["account.analytic.distribution.model"].sudo()
        has_models = bool(models_sudo.search_count([], limit=1))
        for (reason, product, company), lines in self.grouped(
            self._get_distribution_key
        ).items():
            found = reason.sudo().analytic_distribution or {}
            if has_models:
                values = self._prepare_model_vals(reason, product, company, found)
                found = found | models_sudo._get_distribution(values)
            for line in lines:
                line.analytic_distribution = found or line.analytic_distribution

    def _get_distribution_key(self, line):
        return line.reason_id, line.product_id, line.company_id

    def _prepare_model_vals(self, reason, product, company, distribution):
        """Return what Odoo's models are chosen by, as for items of bills."""
        account = reason.sudo()._get_loss_account(company).with_company(company)
        partner = reason._get_item_partner(product, company)
        account_ids = self._get_analytic_account_ids_from_distributions(distribution)
        accounts = self.env["account.analytic.account"].sudo().browse(account_ids)
        return {
            "product_id": product.id,
            "product_categ_id": product.categ_id.id,
            "partner_id": partner.id,
            "partner_category_id": partner.category_id.ids,
            "account_prefix": account.code,
            "company_id": company.id,
            "related_root_plan_ids": accounts.exists().root_plan_id,
        }
