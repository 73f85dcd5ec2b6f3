from odoo import fields, models

DUE = [
    ("submission", "Before submission"),
    ("posting", "Before posting"),
    ("closing", "Before closing"),
]


class InventoryWriteoffEvidenceType(models.Model):
    """A kind of proof: photo, police report, certificate of destruction …"""

    _name = "inventory.writeoff.evidence.type"
    _description = "Evidence Type"
    _inherit = ["inventory.writeoff.coded"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    due = fields.Selection(
        DUE,
        "Usually Due",
        required=True,
        default="submission",
        help="When it is due where a reason or a disposal method asks for it, unless "
        "another moment is chosen there.",
    )
    note = fields.Text("Guideline", translate=True)

    _code_unique = models.UniqueIndex(
        "(code)", "Another evidence type has this code: choose a different one."
    )
