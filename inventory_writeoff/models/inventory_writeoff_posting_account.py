from odoo import models

from ..writer import as_writer


class InventoryWriteoffPosting(models.AbstractModel):
    _inherit = "inventory.writeoff.posting"

    def _freeze_values(self, moves):
        result = super()._freeze_values(moves)
        # Finance posts write-offs without any right to edit items.
        lines = as_writer(moves.writeoff_line_id.sudo())
        for account, group in lines.grouped(self._get_booked_account).items():
            group.write({"loss_account_id": account.id})
        return result

    def _get_booked_account(self, line):
        return line.reason_id._get_loss_account(line.company_id)
