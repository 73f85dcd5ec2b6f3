from odoo import fields, models

from ..models.res_company_candidates import USER


class InventoryWriteoffSettings(models.TransientModel):
    """The settings of the nightly scan and of the rules that act."""

    _inherit = "inventory.writeoff.settings"

    writeoff_expiry_days = fields.Integer(
        "Days before Expiration",
        help="Lots are proposed this many days before they expire. 0: once they have.",
    )
    writeoff_aged_days = fields.Integer(
        "Days without Moves",
        help="Stock is proposed when goods of the product have not left for this many "
        "days. A product category may have its own number. 0: never.",
    )
    writeoff_expired_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Expired Stock",
    )
    writeoff_aged_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Stock without Moves",
    )
    writeoff_quarantine_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Stock in Quarantine",
    )
    writeoff_rule_user_id = fields.Many2one(
        "res.users",
        "Responsible of Automatic Write-Offs",
        domain=lambda self: [("all_group_ids", "in", self.env.ref(USER).ids)],
        help="Asks for the write-offs that rules make. Someone else approves them.",
    )
