from odoo import fields, models


class InventoryWriteoffSettle(models.TransientModel):
    _name = "inventory.writeoff.settle"
    _description = "Settle Findings"

    finding_ids = fields.Many2many("inventory.writeoff.finding", required=True)
    justification = fields.Text(required=True)

    def action_settle(self):
        self.ensure_one()
        self.finding_ids.settle(self.justification)
        return {"type": "ir.actions.act_window_close"}
