from odoo import fields, models


class InventoryWriteoffDryRunLine(models.TransientModel):
    _name = "inventory.writeoff.dry.run.line"
    _description = "Write-Off That Would Need Other Approvers"

    dry_run_id = fields.Many2one(
        "inventory.writeoff.dry.run", required=True, ondelete="cascade"
    )
    writeoff_id = fields.Many2one("inventory.writeoff", "Write-Off", readonly=True)
    currency_id = fields.Many2one(related="writeoff_id.currency_id")
    amount_tested = fields.Monetary(readonly=True)
    was_asked = fields.Char("Was Asked For", readonly=True)
    would_be_asked = fields.Char("Would Be Asked For Now", readonly=True)
