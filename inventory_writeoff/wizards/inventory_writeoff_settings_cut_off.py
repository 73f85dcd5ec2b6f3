from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    """When finance is told what is not posted."""

    _inherit = "inventory.writeoff.settings"

    writeoff_cut_off_date = fields.Date(
        "Next Period End", help="Empty, or past: the end of the month."
    )
    writeoff_cut_off_days = fields.Integer(
        "Cut-Off List (Days Before)",
        help="How many days before the period ends finance gets the list of write-offs "
        "that are not posted. 0: never.",
    )
