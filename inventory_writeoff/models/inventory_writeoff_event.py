import json

from odoo import api, fields, models

from ..canonical import get_digest, to_canonical
from .inventory_writeoff_append_only import IdOnly

# Beside the states of a write-off, by whose names steps are logged.
KINDS_WITH_CONTENT = frozenset(
    [
        "submitted",
        "sent_back",
        "set_to_draft",
        "approval_voided",
        "dated",
        "shrunk",
        "relocated",
        "step_approved",
        "step_rejected",
        "evidence_added",
        "evidence_superseded",
        "evidence_removed",
        "disposal",
    ]
)


class InventoryWriteoffEvent(models.Model):
    """The log: who did what with a write-off, when, and what it looked like then.

    `_log` is the only writer. It takes no lock that others wait for; what makes the
    log a chain is added after the transaction. A row stands for itself: the user's
    login and name and the document's number are as they were.
    """

    _name = "inventory.writeoff.event"
    _description = "Write-Off Log"
    _inherit = ["inventory.writeoff.append.only"]
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    kind = fields.Char("Code", readonly=True)
    logged_at = fields.Datetime("When", readonly=True)
    company_id = IdOnly("res.company", readonly=True, index=True)
    writeoff_id = IdOnly(
        "inventory.writeoff", "Write-Off", readonly=True, index="btree_not_null"
    )
    reference = fields.Char(
        readonly=True, help="The write-off's number, or the company, as it was then."
    )
    user_id = IdOnly("res.users", readonly=True)
    user_login = fields.Char("Login", readonly=True)
    user_name = fields.Char("Who", readonly=True)
    is_superuser = fields.Boolean(
        "Superuser",
        readonly=True,
        help="Done with the rights of the superuser: by Odoo itself, by a scheduled "
        "job, or by other code that checks no rights.",
    )
    payload = fields.Text(
        "Canonical Content",
        readonly=True,
        # Of a write-off with thousands of items it is long.
        prefetch=False,
        help="What the step was about, as the JSON that the digest is of.",
    )
    content = fields.Text(compute="_compute_content")
    sha256 = fields.Char("SHA-256", readonly=True)
    seal_number = fields.Integer(
        "Seal",
        compute="_compute_seal_number",
        help="The event's number in the chain of the company. None: it is not sealed "
        "yet, which takes less than a second as a rule.",
    )

    _company_idx = models.Index("(company_id, id)")

    @api.depends("payload")
    def _compute_content(self):
        for event in self:
            payload = json.loads(event.payload or "{}")
            event.content = json.dumps(payload, indent=2, ensure_ascii=False)

    def _compute_seal_number(self):
        # Everyone who may read an event may know its number.
        seals = self.env["inventory.writeoff.seal"].sudo()
        groups = seals._read_group(
            [("event_id", "in", self.ids)], ["event_id"], ["number:max"]
        )
        numbers = {event.id: number for event, number in groups}
        for event in self:
            event.seal_number = numbers.get(event.id, 0)

    @api.model
    def _get_kinds_with_content(self):
        """Return the kinds that tell what the write-off looks like from then on.

        Whatever changes the content of a submitted write-off is one of them: the
        verification compares the database with the last of these events.
        """
        states = self.env["inventory.writeoff"]._fields["state"].get_values(self.env)
        return KINDS_WITH_CONTENT.union(states)

    @api.model
    def _log(self, kind, payloads):
        """Write one event per record: the only method that does.

        :param kind: what happened, a short snake_case word
        :param payloads: {write-off, or company where no write-off is concerned:
            a dictionary that JSON can hold}; of some kinds the content is added
        """
        if not payloads:
            return
        if kind in self._get_kinds_with_content():
            payloads = self.env["inventory.writeoff.log.content"]._add_to(payloads)
        rows = [
            self._prepare_row(kind, record, payload)
            for record, payload in payloads.items()
        ]
        self._insert(rows)
        self._forget_events(payloads)
        companies = {row["company_id"] for row in rows}
        self.env["inventory.writeoff.sealer"]._schedule(companies)

    def _prepare_row(self, kind, record, payload):
        is_company = record._name == "res.company"
        user = self.env.user.sudo()
        row = {
            "kind": kind,
            "logged_at": self.env.cr.now(),
            "company_id": record.id if is_company else record.company_id.id,
            "writeoff_id": None if is_company else record.id,
            "reference": record.display_name,
            "user_id": user.id,
            "user_login": user.login,
            "user_name": user.name,
            "is_superuser": self.env.su,
            "payload": to_canonical(payload),
        }
        return {**row, "sha256": get_digest(self._get_content(row))}

    @api.model
    def _get_content(self, row):
        """Return what the SHA-256 of an event is computed over."""
        return {
            "company": row["company_id"],
            "kind": row["kind"],
            "login": row["user_login"],
            "name": row["user_name"],
            "payload": row["payload"],
            "reference": row["reference"],
            "superuser": bool(row["is_superuser"]),
            "time": row["logged_at"].isoformat(timespec="microseconds") + "Z",
            "user": row["user_id"],
            "writeoff": row["writeoff_id"] or 0,
        }

    def _forget_events(self, records):
        """Let the documents that are in memory see their new events."""
        ids = [record.id for record in records if record._name == "inventory.writeoff"]
        writeoffs = self.env["inventory.writeoff"].browse(ids)
        writeoffs.invalidate_recordset(["event_ids"], flush=False)
