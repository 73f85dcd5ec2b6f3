from odoo import fields, models


class InventoryWriteoffSettings(models.TransientModel):
    """Who gets the register of the last month, and when."""

    _inherit = "inventory.writeoff.settings"

    writeoff_register_user_ids = fields.Many2many(
        "res.users",
        string="Register by Mail",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who gets the register of the last month by e-mail. Empty: nobody.",
    )
    writeoff_register_day = fields.Integer(
        "Day of the Month",
        help="The day from which on the register of the last month is sent.",
    )
