import json

from odoo import fields, models
from odoo.tools import SQL

from ..verify_log import merge

# What is posted chunk by chunk is logged chunk by chunk, and not all of it each time.
KINDS_WITH_PART = (
    "posting_started",
    "posting_resumed",
    "posting_withdrawn",
    "chunk_posted",
)


class InventoryWriteoff(models.Model):
    """The log of a write-off, and what it looked like at each step."""

    _inherit = "inventory.writeoff"

    event_ids = fields.One2many(
        "inventory.writeoff.event", "writeoff_id", "Log", readonly=True, copy=False
    )

    def _get_logged_contents(self, kinds=None):
        """Return {write-off id: its content as the log has it last}.

        :param kinds: only events of these kinds
        """
        self.env["inventory.writeoff.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (writeoff_id) writeoff_id, id, payload
                  FROM inventory_writeoff_event
                 WHERE writeoff_id IN %s AND payload LIKE %s %s
              ORDER BY writeoff_id, id DESC
                """,
                tuple(self.ids) or (0,),
                # Keys are sorted: whatever else is told, it is there.
                '%"content":{%',
                SQL("AND kind IN %s", tuple(kinds)) if kinds else SQL(),
            )
        )
        contents = {key: json.loads(payload)["content"] for key, _id, payload in rows}
        if not kinds:
            self._merge_parts(contents, {key: event_id for key, event_id, _p in rows})
        return contents

    def _merge_parts(self, contents, event_ids):
        """Add to logged contents what was logged in parts since.

        :param event_ids: {write-off id: the event that has its whole content}
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT writeoff_id, id, payload FROM inventory_writeoff_event
                 WHERE writeoff_id IN %s AND kind IN %s
              ORDER BY id
                """,
                tuple(contents) or (0,),
                KINDS_WITH_PART,
            )
        )
        for key, event_id, payload in rows:
            if event_id > event_ids[key]:
                part = json.loads(payload)["content_part"]
                contents[key] = merge(contents[key], part)
