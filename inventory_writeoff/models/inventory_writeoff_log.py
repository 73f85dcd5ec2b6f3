import json

from odoo import fields, models
from odoo.tools import SQL


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
                SELECT DISTINCT ON (writeoff_id) writeoff_id, payload
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
        return {key: json.loads(payload)["content"] for key, payload in rows}
