from odoo import fields, models


class InventoryWriteoffDisposalMethod(models.Model):
    _name = "inventory.writeoff.disposal.method"
    _description = "Disposal Method"
    _inherit = ["inventory.writeoff.coded"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    note = fields.Text(translate=True)

    _code_unique = models.UniqueIndex(
        "(code)", "Another disposal method has this code: choose a different one."
    )
