from odoo import fields, models


class InventoryWriteoffReject(models.TransientModel):
    _name = "inventory.writeoff.reject"
    _description = "Reject Write-Offs"

    writeoff_ids = fields.Many2many("inventory.writeoff", required=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        self.ensure_one()
        self.writeoff_ids.reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
