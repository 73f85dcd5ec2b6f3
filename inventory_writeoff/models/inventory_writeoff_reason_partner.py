from odoo import fields, models


class InventoryWriteoffReason(models.Model):
    """Whom the journal items of a loss name."""

    _inherit = "inventory.writeoff.reason"

    item_partner = fields.Selection(
        [("none", "Nobody"), ("vendor", "The vendor of the product")],
        "Partner on Items",
        required=True,
        default="none",
        help="Whom the journal items name. The vendor of the product is the first of "
        "its vendors.",
    )

    def _get_item_partner(self, product, company):
        """Return the partner that journal items name for goods of the product."""
        if self.item_partner != "vendor":
            return self.env["res.partner"]
        # Who posts need not be able to read vendors.
        product = product.sudo().with_company(company)
        return product._prepare_sellers()[:1].partner_id.commercial_partner_id
