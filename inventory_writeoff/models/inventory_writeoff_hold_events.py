from odoo import models


class InventoryWriteoffHold(models.AbstractModel):
    _inherit = "inventory.writeoff.hold"

    def _hold(self, lines):
        result = super()._hold(lines)
        self._log_moves("held", lines.writeoff_id)
        return result

    def _release(self, writeoffs):
        payloads = self._get_move_payloads(writeoffs)
        result = super()._release(writeoffs)
        self.env["inventory.writeoff.event"]._log("released", payloads)
        return result

    def _shrink(self, shortages):
        line_ids = [line_id for hold in shortages.values() for line_id in hold.line_ids]
        # Whoever counts need not be allowed to read write-offs.
        held = self.env["stock.move.line"].sudo().browse(line_ids)
        lines = held.move_id.writeoff_line_id
        quantities = {line: line.quantity_product_uom for line in lines}
        result = super()._shrink(shortages)
        payloads = {
            writeoff: {"items": self._get_losses(group, quantities)}
            for writeoff, group in lines.grouped("writeoff_id").items()
        }
        payloads = {w: payload for w, payload in payloads.items() if payload["items"]}
        self.env["inventory.writeoff.event"]._log("shrunk", payloads)
        return result

    def _get_losses(self, lines, quantities):
        return {
            str(line.id): [quantities[line], line.quantity_product_uom]
            for line in lines
            if line.quantity_product_uom != quantities[line]
        }

    def _log_moves(self, kind, writeoffs):
        payloads = self._get_move_payloads(writeoffs)
        self.env["inventory.writeoff.event"]._log(kind, payloads)

    def _get_move_payloads(self, writeoffs):
        """Return {write-off: the moves that hold its goods}, of those that hold any."""
        moves = self._get_open_moves(writeoffs)
        return {
            writeoff: {"moves": group.ids}
            for writeoff, group in moves.grouped("writeoff_id").items()
        }
