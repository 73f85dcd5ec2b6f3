from odoo import models


class InventoryWriteoffReason(models.Model):
    _name = "inventory.writeoff.reason"
    _inherit = ["inventory.writeoff.reason", "inventory.writeoff.logged.settings"]

    _LOGGED_FIELDS = (
        "code",
        "kind",
        "active",
        "loss_account_id",
        "loss_location_id",
        "tax_treatment",
        "tax_loss_account_id",
        "item_partner",
        "category_ids",
        "disposal_method_ids",
        "analytic_distribution",
    )
