from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    _inherit = "inventory.writeoff.settings"

    writeoff_evidence_limit = fields.Integer(
        "Largest File of Evidence (MB)",
        help="Larger files are refused as evidence of write-offs.",
    )
