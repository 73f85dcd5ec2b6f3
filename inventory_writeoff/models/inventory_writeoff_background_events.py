from odoo import models


class InventoryWriteoff(models.Model):
    """What the log tells of a posting in the background: each chunk, and how it ended.

    A chunk logs its own records only. The event that ends the posting has all of them.
    """

    _inherit = "inventory.writeoff"

    def _get_step_kind(self, old_state):
        if self.state == "posting":
            return "posting_started"
        if (old_state, self.state) == ("posting", "approved"):
            return "posting_withdrawn"
        return super()._get_step_kind(old_state)

    def _add_digests(self, kind, payloads):
        payloads = super()._add_digests(kind, payloads)
        if kind in ("posting_started", "posting_withdrawn"):
            for writeoff in self:
                payloads[writeoff]["content_part"] = writeoff._read_part()
        return payloads

    def _read_part(self, **ids):
        """Return the document, and records of other sections, as the log has them."""
        content = self.env["inventory.writeoff.log.content"]
        return content._read_part(self, {self._name: self.ids, **ids})

    def _log_chunk(self, lines):
        # The log tells what is, not what the user may see of it.
        moves = lines.sudo().stock_move_ids.filtered(lambda m: m.state == "done")
        entries = moves.account_move_id
        payload = {
            "chunk": self.posting_chunk,
            "items": len(lines),
            "value": self.currency_id.round(sum(lines.mapped("value_posted"))),
            "stock_move_ids": moves.ids,
            "account_move_ids": entries.ids,
            "content_part": self._read_part(
                **{
                    "inventory.writeoff.line": lines.ids,
                    "stock.move": moves.ids,
                    "account.move": entries.ids,
                    "account.move.line": entries.line_ids.ids,
                }
            ),
        }
        self.env["inventory.writeoff.event"]._log("chunk_posted", {self: payload})

    def _log_resumed(self):
        payloads = {
            writeoff: {
                "items_posted": writeoff.posting_done,
                "content_part": writeoff._read_part(),
            }
            for writeoff in self
        }
        self.env["inventory.writeoff.event"]._log("posting_resumed", payloads)

    def _log_split(self, rest):
        """Log which items a write-off was closed without, on both documents."""
        item_ids = rest.sudo().line_ids.ids
        events = self.env["inventory.writeoff.event"]
        events._log("rest_split_off", {self: {"rest_id": rest.id, "items": item_ids}})
        events._log("rest_taken", {rest: {"writeoff_id": self.id, "items": item_ids}})
