from odoo import models


class InventoryWriteoffLoggedExport(models.AbstractModel):
    """Records of a company whose exports are logged: by whom, which, what of them."""

    _name = "inventory.writeoff.logged.export"
    _description = "Records Whose Exports Are Logged"

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        payloads = {
            company: {
                "model": self._name,
                "fields": list(fields_to_export),
                "ids": records.ids,
            }
            for company, records in self.grouped("company_id").items()
        }
        self.env["inventory.writeoff.event"]._log("exported", payloads)
        return result
