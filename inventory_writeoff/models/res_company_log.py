from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    writeoff_head_email = fields.Char(
        "Head of the Write-Off Log to",
        help="An address outside the reach of those who administer Odoo. Every night "
        "it gets number and hash of the last seal of the log: with them, one sees "
        "later whether the log was cut off or made again. Empty: no mail.",
    )
