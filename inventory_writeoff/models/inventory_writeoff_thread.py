from odoo import models


class InventoryWriteoff(models.Model):
    _inherit = "inventory.writeoff"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # Odoo lets every reader follow; an auditor leaves no trace in what is audited.
        self.check_access("write")
        return super().message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids
        )
