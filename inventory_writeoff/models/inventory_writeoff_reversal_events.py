from odoo import models


class InventoryWriteoff(models.Model):
    """A reversal is logged on the write-off that it reverses, item by item."""

    _inherit = "inventory.writeoff"

    def _get_step_kind(self, old_state):
        if self.state == "partly_reversed":
            return "reversed"
        return super()._get_step_kind(old_state)

    def _add_digests(self, kind, payloads):
        payloads = super()._add_digests(kind, payloads)
        if kind == "reversed":
            for writeoff in self:
                posted = writeoff.reversal_ids.filtered("posted_at")
                last = posted.sorted(lambda w: (w.posted_at, w.id))[-1:]
                payloads[writeoff].update(last._get_reversed_payload())
        return payloads

    def _get_reversed_payload(self):
        # Finance reads the moves and entries of write-offs, but not all of Inventory.
        reversal = self.sudo()
        items = reversal.line_ids.filtered("quantity")
        return {
            "reversal_id": self.id,
            "reversal": self.name,
            "reason": self.reversal_reason,
            "cause": self.reversal_cause,
            "value": -self.value_posted,
            "stock_move_ids": reversal.stock_move_ids.ids,
            "account_move_ids": reversal.account_move_ids.ids,
            "items": {
                str(line.origin_line_id.id): [line.quantity, -line.value_posted]
                for line in items
            },
        }
