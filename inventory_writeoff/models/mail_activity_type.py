from odoo import fields, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    category = fields.Selection(
        selection_add=[("writeoff_approval", "Write-Off Approval")],
        ondelete={"writeoff_approval": "set default"},
    )
