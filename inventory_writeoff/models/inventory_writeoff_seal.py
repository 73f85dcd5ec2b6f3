from odoo import api, fields, models
from odoo.tools import SQL

from ..canonical import get_digest
from .inventory_writeoff_append_only import IdOnly

# How many events one transaction seals: those who wait for it wait shortly.
BATCH_SIZE = 1000
# Events have ids from before their commit. So many ids back one is looked for that
# came late; the scheduled job looks at all.
LATE_IDS = 1000
FIRST = "0" * 64


class InventoryWriteoffSeal(models.Model):
    """The chain over the events of a company, in the order in which they were sealed.

    Each seal holds the digest of the one before: whoever changes an event, or takes
    one out, would have to make all later seals again. Numbers have no gap.
    """

    _name = "inventory.writeoff.seal"
    _description = "Seal of the Write-Off Log"
    _inherit = ["inventory.writeoff.append.only"]
    _order = "company_id, number desc"
    _rec_name = "number"
    _log_access = False

    company_id = IdOnly("res.company", readonly=True)
    number = fields.Integer(readonly=True)
    event_id = IdOnly("inventory.writeoff.event", readonly=True)
    previous_hash = fields.Char("Hash Before", readonly=True)
    hash = fields.Char(readonly=True)

    _number_unique = models.UniqueIndex(
        "(company_id, number)", "This number of the chain is taken."
    )
    _event_unique = models.UniqueIndex("(event_id)", "This event is sealed already.")

    @api.model
    def _seal(self, company_id, all_ids=False):
        """Add the events that are not in the chain yet.

        :return: how many, or None if someone else is sealing the company's events
        """
        if not self._try_lock(company_id):
            return None
        number, previous, _event_id = self._get_head(company_id)
        rows = []
        for event_id, sha256 in self._get_unsealed(company_id, all_ids):
            number += 1
            row = self._prepare_row(company_id, number, event_id, sha256, previous)
            previous = row["hash"]
            rows.append(row)
        if rows:
            self._insert(rows)
            events = self.env["inventory.writeoff.event"]
            events.invalidate_model(["seal_number"], flush=False)
        return len(rows)

    def _try_lock(self, company_id):
        """Become the only one that seals, until the end of the transaction."""
        ((is_mine,),) = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(%s::regclass::oid::int, %s)",
                self._table,
                company_id,
            )
        )
        return is_mine

    @api.model
    def _get_head(self, company_id):
        """Return number, hash and event id of a company's last seal."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT number, hash, event_id FROM inventory_writeoff_seal
                 WHERE company_id = %s ORDER BY number DESC LIMIT 1
                """,
                company_id,
            )
        )
        return rows[0] if rows else (0, FIRST, 0)

    @api.model
    def _get_head_text(self, company):
        """Return the head of a company's chain as NUMBER:HASH, or an empty text.

        Whoever has it noted elsewhere finds later that the chain was cut or rewritten.
        """
        number, chain_hash, _event_id = self._get_head(company.id)
        return f"{number}:{chain_hash}" if number else ""

    @api.model
    def _get_unsealed(self, company_id, all_ids=True, limit=BATCH_SIZE):
        """Return id and digest of events that are not in the chain, oldest first."""
        _number, _hash, last_id = self._get_head(company_id)
        since = 0 if all_ids else last_id - LATE_IDS
        return self.env.execute_query(
            SQL(
                """
                SELECT event.id, event.sha256 FROM inventory_writeoff_event event
                 WHERE event.company_id = %s AND event.id > %s
                   AND NOT EXISTS (
                           SELECT FROM inventory_writeoff_seal seal
                            WHERE seal.event_id = event.id
                       )
              ORDER BY event.id LIMIT %s
                """,
                company_id,
                since,
                limit,
            )
        )

    @api.model
    def _prepare_row(self, company_id, number, event_id, sha256, previous):
        row = {
            "company_id": company_id,
            "number": number,
            "event_id": event_id,
            "previous_hash": previous,
        }
        return {**row, "hash": get_digest(self._get_content(row, sha256))}

    @api.model
    def _get_content(self, row, sha256):
        """Return what the hash of a seal is computed over.

        :param sha256: the digest of the event
        """
        return {
            "company": row["company_id"],
            "event": row["event_id"],
            "number": row["number"],
            "previous": row["previous_hash"],
            "sha256": sha256,
        }
