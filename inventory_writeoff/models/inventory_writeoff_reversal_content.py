from odoo import models
from odoo.tools import SQL


class InventoryWriteoffContent(models.AbstractModel):
    """An approval of a reversal is given for what it reverses, too, and why."""

    _inherit = "inventory.writeoff.content"

    def _read(self, writeoffs):
        contents = super()._read(writeoffs)
        by_id = {writeoff.id: content for writeoff, content in contents.items()}
        for document_id, original_id, reason in self._read_reversals(writeoffs):
            by_id[document_id]["reversal_of_id"] = original_id
            by_id[document_id]["reversal_reason"] = reason
        for document_id, line_id, origin_id in self._read_origins(writeoffs):
            line = by_id[document_id]["lines"][str(line_id)]
            # Its entry mirrors the original one, whatever the reason's account is now.
            line.update(
                origin_line_id=origin_id,
                loss_account_id=None,
                tax_treatment=None,
                tax_loss_account_id=None,
            )
        return contents

    def _read_reversals(self, writeoffs):
        if not writeoffs:
            return []
        self.env["inventory.writeoff"].flush_model(
            ["reversal_of_id", "reversal_reason"]
        )
        return self.env.execute_query(
            SQL(
                """SELECT id, reversal_of_id, reversal_reason FROM inventory_writeoff
                    WHERE id IN %s AND reversal_of_id IS NOT NULL""",
                tuple(writeoffs.ids),
            )
        )

    def _read_origins(self, writeoffs):
        if not writeoffs:
            return []
        return self.env.execute_query(
            SQL(
                """SELECT writeoff_id, id, origin_line_id FROM inventory_writeoff_line
                    WHERE writeoff_id IN %s AND origin_line_id IS NOT NULL""",
                tuple(writeoffs.ids),
            )
        )
