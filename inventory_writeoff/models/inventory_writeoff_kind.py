from odoo import fields, models
from odoo.tools import SQL


class InventoryWriteoffKind(models.Model):
    """The kinds of reasons, as records that an approval rule can name several of."""

    _name = "inventory.writeoff.kind"
    _description = "Kind of Write-Off Reason"
    _auto = False
    _order = "id"

    name = fields.Char(translate=True, readonly=True)
    code = fields.Char(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT choice.id, choice.name, choice.value AS code
              FROM ir_model_fields_selection choice
              JOIN ir_model_fields field ON field.id = choice.field_id
             WHERE field.model = 'inventory.writeoff.reason' AND field.name = 'kind'
            """
        )
