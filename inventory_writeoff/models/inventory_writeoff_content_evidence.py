from collections import defaultdict

from odoo import models
from odoo.tools import SQL


class InventoryWriteoffContent(models.AbstractModel):
    """The evidence that an approval was given on."""

    _inherit = "inventory.writeoff.content"

    def _read_evidence(self, writeoffs):
        contents = defaultdict(dict, super()._read_evidence(writeoffs))
        if not writeoffs:
            return contents
        self.env["inventory.writeoff.evidence"].flush_model(
            ["writeoff_id", "sha256", "superseded_by_id"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT writeoff_id, id, sha256
                     FROM inventory_writeoff_evidence
                    WHERE writeoff_id IN %s AND superseded_by_id IS NULL""",
                tuple(writeoffs.ids),
            )
        )
        for writeoff_id, evidence_id, sha256 in rows:
            contents[writeoff_id][str(evidence_id)] = sha256
        return contents

    def _describe_evidence(self, before, after):
        evidence = self.env["inventory.writeoff.evidence"].sudo()
        changed = [key for key in before if before[key] != after.get(key)]
        types = evidence.browse(map(int, changed)).exists().evidence_type_id
        names = ", ".join(types.mapped("name")) or "?"
        if not changed:
            return []
        return [
            self.env._(
                "Evidence (%(types)s): not the file that was approved.", types=names
            )
        ]
