import json

from odoo import models
from odoo.tools import SQL, split_every

from ..verify_log import FORMAT, VERSION

BATCH_SIZE = 2000
EVENT_COLUMNS = (
    "id",
    "kind",
    "logged_at",
    "company_id",
    "writeoff_id",
    "reference",
    "user_id",
    "user_login",
    "user_name",
    "is_superuser",
    "payload",
    "sha256",
)


class InventoryWriteoffLogExport(models.AbstractModel):
    """The log of a company as records that can be verified without Odoo.

    The database is read, not what this transaction remembers of it. `..verify_log`
    describes the format.
    """

    _name = "inventory.writeoff.log.export"
    _description = "Export of the Write-Off Log"

    def _export(self, company):
        """Write the log to lines of JSON, and log that it was exported."""
        records = list(map(self._dump, self._iterate(company)))
        states = list(map(self._dump, self._iterate_states(company)))
        header = {**self._get_header(company), "writeoffs": len(states)}
        payload = {"head": header["head"], "records": len(records)}
        self.env["inventory.writeoff.event"]._log("log_exported", {company: payload})
        return [self._dump(header), *records, *states]

    def _dump(self, record):
        return json.dumps(record, ensure_ascii=False) + "\n"

    def _get_header(self, company):
        return {
            "format": FORMAT,
            "version": VERSION,
            "company": company.name,
            "company_id": company.id,
            "database": self.env.cr.dbname,
            "exported": self.env.cr.now().isoformat(timespec="microseconds") + "Z",
            "head": self.env["inventory.writeoff.seal"]._get_head_text(company),
        }

    def _iterate(self, company):
        """Yield events with their seals in the order of the chain, then the rest."""
        last = 0
        while rows := self._read_sealed(company, last):
            for number, previous, chain_hash, event_id, *values in rows:
                seal = {
                    "company": company.id,
                    "number": number,
                    "event": event_id,
                    "previous": previous,
                    "hash": chain_hash,
                }
                yield {"event": self._prepare_event(values), "seal": seal}
            last = rows[-1][0]
        for values in self._read_unsealed(company):
            yield {"event": self._prepare_event(values)}

    def _iterate_states(self, company):
        """Yield the write-offs as the database has them now."""
        writeoffs = self.env["inventory.writeoff"]
        ids = self.env["inventory.writeoff.verification"]._get_writeoff_ids(company)
        for batch in split_every(BATCH_SIZE, ids):
            contents = self._read_contents(writeoffs.browse(batch))
            for writeoff_id, content in contents.items():
                yield {"state": {"writeoff": writeoff_id, "content": content}}

    def _read_contents(self, writeoffs):
        """Return {write-off id: content}, with its files as they are now."""
        contents = self.env["inventory.writeoff.log.content"]._read(writeoffs)
        # Digests only, also of what proves theft: the log has them as well.
        evidence = self.env["inventory.writeoff.evidence"].sudo()
        evidence = evidence.search([("writeoff_id", "in", writeoffs.ids)])
        for file, sha256 in evidence._find_altered().items():
            content = contents[file.writeoff_id.id]
            content[file._name][str(file.id)]["sha256"] = sha256
        return contents

    def _read_sealed(self, company, after):
        return self.env.execute_query(
            SQL(
                """
                SELECT seal.number, seal.previous_hash, seal.hash, seal.event_id, %s
                  FROM inventory_writeoff_seal seal
             LEFT JOIN inventory_writeoff_event event ON event.id = seal.event_id
                 WHERE seal.company_id = %s AND seal.number > %s
              ORDER BY seal.number LIMIT %s
                """,
                self._get_columns(),
                company.id,
                after,
                BATCH_SIZE,
            )
        )

    def _read_unsealed(self, company):
        return self.env.execute_query(
            SQL(
                """
                SELECT %s FROM inventory_writeoff_event event
                 WHERE event.company_id = %s
                   AND NOT EXISTS (
                           SELECT FROM inventory_writeoff_seal seal
                            WHERE seal.event_id = event.id
                       )
              ORDER BY event.id
                """,
                self._get_columns(),
                company.id,
            )
        )

    def _get_columns(self):
        return SQL(", ").join(SQL.identifier("event", name) for name in EVENT_COLUMNS)

    def _prepare_event(self, values):
        row = dict(zip(EVENT_COLUMNS, values, strict=True))
        if row["id"] is None:
            return None
        content = self.env["inventory.writeoff.event"]._get_content(row)
        return {**content, "id": row["id"], "sha256": row["sha256"]}
