from odoo import api, models


class InventoryWriteoffSealer(models.AbstractModel):
    _inherit = "inventory.writeoff.sealer"

    @api.model
    def _schedule(self, company_ids):
        """Whatever is logged, and has to be sealed, dashboards want to know as well."""
        result = super()._schedule(company_ids)
        self.env["inventory.writeoff.kpi"]._tell_dashboards(company_ids)
        return result
