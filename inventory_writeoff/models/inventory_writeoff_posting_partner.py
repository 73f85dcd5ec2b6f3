from odoo import models


class InventoryWriteoffPosting(models.AbstractModel):
    _inherit = "inventory.writeoff.posting"

    def _get_item_key(self, line, account, analytic=None, **vals):
        reason = line.reason_id
        partner = reason._get_item_partner(line.product_id, line.company_id)
        vals = {"partner_id": partner.id, **vals}
        return super()._get_item_key(line, account, analytic, **vals)
