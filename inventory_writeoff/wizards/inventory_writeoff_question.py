from odoo import fields, models


class InventoryWriteoffQuestion(models.TransientModel):
    _name = "inventory.writeoff.question"
    _description = "Question about Write-Offs"

    writeoff_ids = fields.Many2many("inventory.writeoff", required=True)
    question = fields.Text(required=True)

    def action_ask(self):
        self.ensure_one()
        self.writeoff_ids.ask(self.question)
        return {"type": "ir.actions.act_window_close"}
