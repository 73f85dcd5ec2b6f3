from odoo import models


class InventoryWriteoffValidation(models.AbstractModel):
    """What must still be true when a chunk is posted, of its items only."""

    _inherit = "inventory.writeoff.validation"

    def _get_chunk_problems(self, writeoff, lines):
        if writeoff.reversal_of_id:
            return self._get_reversal_problems(writeoff, lines)
        dates = self.env["inventory.writeoff.dates"]
        problems = dates._get_lock_problems(writeoff, lines)
        for check in self._get_line_checks():
            problems += check(lines)
        owned = lines.filtered(lambda line: line._is_company_owned())
        return problems or [
            *self._check_journals(writeoff),
            *self._check_loss_accounts(owned),
            *self._check_valuation_accounts(owned),
        ]
