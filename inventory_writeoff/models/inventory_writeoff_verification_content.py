from odoo import models
from odoo.tools import SQL, split_every

from ..verify_log import compare_with_log

BATCH_SIZE = 500


class InventoryWriteoffVerification(models.AbstractModel):
    """Compares the write-offs with what the log has seen of them last.

    Whoever changes a line or a decision in the database leaves the log alone, or has
    to forge it as well.
    """

    _inherit = "inventory.writeoff.verification"

    def _get_content_problems(self, company):
        problems = []
        for batch in split_every(BATCH_SIZE, self._get_writeoff_ids(company)):
            problems += self._compare_batch(
                self.env["inventory.writeoff"].browse(batch)
            )
        return problems

    def _get_writeoff_ids(self, company):
        """Return the ids of the write-offs there are, or that the log has seen."""
        self.env["inventory.writeoff"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM inventory_writeoff WHERE company_id = %(company)s
                 UNION
                SELECT writeoff_id FROM inventory_writeoff_event
                 WHERE company_id = %(company)s AND writeoff_id IS NOT NULL
              ORDER BY 1
                """,
                company=company.id,
            )
        )
        return [row[0] for row in rows]

    def _compare_batch(self, writeoffs):
        logged = writeoffs._get_logged_contents()
        found = self.env["inventory.writeoff.log.content"]._read(writeoffs)
        problems = []
        for writeoff_id in writeoffs.ids:
            problems += self._compare_one(
                writeoff_id, logged.get(writeoff_id), found[writeoff_id]
            )
        return problems

    def _compare_one(self, writeoff_id, logged, found):
        key, model = str(writeoff_id), "inventory.writeoff"
        if logged is None:
            return self._get_unlogged_problems(found[model].get(key))
        if not found[model]:
            return [
                self.env._(
                    "%(writeoff)s is in the log, and gone from the database.",
                    writeoff=logged[model][key]["name"],
                )
            ]
        return [
            self._describe_difference(found[model][key]["name"], difference)
            for difference in compare_with_log(key, logged, found)
        ]

    def _get_unlogged_problems(self, document):
        if not document or document["state"] == "draft":
            return []
        return [
            self.env._(
                "%(writeoff)s has left draft, and nothing in the log says so.",
                writeoff=document["name"],
            )
        ]

    def _describe_difference(self, name, difference):
        model = self.env["ir.model"]._get(difference["model"]).name
        if "field" not in difference:
            if difference["new"] is None:
                message = self.env._(
                    "%(writeoff)s: %(model)s %(id)s is gone from the database.",
                    writeoff=name,
                    model=model,
                    id=difference["id"],
                )
            else:
                message = self.env._(
                    "%(writeoff)s: %(model)s %(id)s is in the database, and the log "
                    "does not know it.",
                    writeoff=name,
                    model=model,
                    id=difference["id"],
                )
            return message
        field = self.env["ir.model.fields"]._get(
            difference["model"], difference["field"]
        )
        return self.env._(
            "%(writeoff)s: %(field)s of %(model)s %(id)s was “%(old)s” when it was "
            "logged, and is “%(new)s” now.",
            writeoff=name,
            field=field.field_description,
            model=model,
            id=difference["id"],
            old=difference["old"],
            new=difference["new"],
        )
