from odoo import models
from odoo.tools import SQL


class InventoryWriteoffCheck(models.Model):
    """Evidence is a file that proves a loss, as an attachment of the chatter is."""

    _inherit = "inventory.writeoff.check"

    def _get_sql_evidence(self):
        self.env["inventory.writeoff.evidence"].flush_model(["writeoff_id", "name"])
        # The same file has the same checksum, whichever way it was attached.
        return SQL(
            """%s
            UNION ALL
            SELECT evidence.writeoff_id, file.checksum, evidence.name
              FROM inventory_writeoff_evidence evidence
              JOIN ir_attachment file ON file.res_id = evidence.id
             WHERE file.res_model = 'inventory.writeoff.evidence'
               AND file.res_field = 'file'""",
            super()._get_sql_evidence(),
        )
