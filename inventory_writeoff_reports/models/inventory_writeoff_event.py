from odoo import models


class InventoryWriteoffEvent(models.Model):
    _inherit = "inventory.writeoff.event"

    def _log(self, kind, payloads):
        result = super()._log(kind, payloads)
        company_ids = {
            record.id if record._name == "res.company" else record.company_id.id
            for record in payloads
        }
        self.env["inventory.writeoff.kpi"]._tell_dashboards(company_ids)
        return result
