from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    """Who reviews the value of stock every quarter, and what stands out."""

    _inherit = "inventory.writeoff.settings"

    writeoff_review_user_id = fields.Many2one(
        "res.users",
        "Quarterly Review",
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env.ref("inventory_writeoff.group_writeoff_senior").ids,
            )
        ],
        help="Who of senior finance is asked, after each quarter, to review what stock "
        "is worth. Empty: nobody.",
    )
    writeoff_review_percent = fields.Float(
        "Outliers (%)",
        help="Cost that differs more than this from the last purchase price stands "
        "out.",
    )
    writeoff_selling_percent = fields.Float(
        "Costs to Sell (%)",
        help="What selling costs, in percent of the sales price without taxes.",
    )
