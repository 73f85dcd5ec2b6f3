from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _with_valuation_context(self):
        """Value the stock of one company, also where no record rule tells them apart.

        Odoo looks for the locations that the user may see. Write-offs are valued as
        the superuser, who sees those of every company: with another company's stock
        of the product, FIFO would take layers that have long been used.
        """
        product = super()._with_valuation_context()
        if not self.env.su:
            return product
        locations = self.env["stock.location"].browse(product.env.context["location"])
        own = locations.filtered(lambda place: place.company_id == self.env.company)
        return product.with_context(location=own.ids)
