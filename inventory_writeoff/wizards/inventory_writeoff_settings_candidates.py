from odoo import fields, models

from ..models.res_company_candidates import USER


class InventoryWriteoffSettings(models.TransientModel):
    """The settings of the nightly scan and of the rules that act."""

    _inherit = "inventory.writeoff.settings"

    writeoff_expiry_days = fields.Integer(
        "Days before Expiration",
        compute="_compute_company_values",
        store=True,
        readonly=False,
        help="Lots are proposed this many days before they expire. 0: once they have.",
    )
    writeoff_aged_days = fields.Integer(
        "Days without Moves",
        compute="_compute_company_values",
        store=True,
        readonly=False,
        help="Stock is proposed when goods of the product have not left for this many "
        "days. A product category may have its own number. 0: never.",
    )
    writeoff_expired_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Expired Stock",
        compute="_compute_company_values",
        store=True,
        readonly=False,
    )
    writeoff_aged_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Stock without Moves",
        compute="_compute_company_values",
        store=True,
        readonly=False,
    )
    writeoff_quarantine_reason_id = fields.Many2one(
        "inventory.writeoff.reason",
        "Reason of Stock in Quarantine",
        compute="_compute_company_values",
        store=True,
        readonly=False,
    )
    writeoff_rule_user_id = fields.Many2one(
        "res.users",
        "Responsible of Automatic Write-Offs",
        compute="_compute_company_values",
        store=True,
        readonly=False,
        domain=lambda self: [("all_group_ids", "in", self.env.ref(USER).ids)],
        help="Asks for the write-offs that rules make. Someone else approves them.",
    )
