from odoo import models

from ..writer import as_writer


class InventoryWriteoffPosting(models.AbstractModel):
    _inherit = "inventory.writeoff.posting"

    def _freeze_values(self, moves):
        result = super()._freeze_values(moves)
        self._freeze_accounts(moves.writeoff_line_id)
        return result

    def _freeze_accounts(self, lines):
        # Finance posts write-offs without any right to edit items.
        lines = as_writer(lines.sudo())
        for account, group in lines.grouped(self._get_booked_account).items():
            group.write({"loss_account_id": account.id})

    def _get_booked_account(self, line):
        if line.origin_line_id:
            return line.origin_line_id.loss_account_id
        return line.reason_id._get_loss_account(line.company_id)
