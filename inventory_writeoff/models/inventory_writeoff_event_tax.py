from odoo import api, models


class InventoryWriteoffEvent(models.Model):
    _inherit = "inventory.writeoff.event"

    @api.model
    def _get_labels(self):
        return {**super()._get_labels(), "tax_recovered": self.env._("Tax taken back")}

    @api.model
    def _get_kinds_with_content(self):
        return {*super()._get_kinds_with_content(), "tax_recovered"}
