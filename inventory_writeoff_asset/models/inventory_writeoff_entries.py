from odoo import api, models


class InventoryWriteoff(models.Model):
    """The entries that retired, or restored, the assets of a write-off are its own."""

    _inherit = "inventory.writeoff"

    @api.depends("retirement_ids.move_ids.line_ids")
    def _compute_account_move_line_ids(self):
        return super()._compute_account_move_line_ids()

    def _get_entries(self):
        return super()._get_entries() | self.retirement_ids.move_ids.sorted("id")

    def _compute_document_counts(self):
        result = super()._compute_document_counts()
        # Only the number is shown; opening the list asks for the right to read.
        entries = self.env["account.move"].sudo()
        groups = entries._read_group(
            [("writeoff_retirement_id.writeoff_id", "in", self.ids)],
            ["writeoff_retirement_id"],
            ["__count"],
        )
        for retirement, count in groups:
            writeoff = retirement.writeoff_id.with_env(self.env)
            writeoff.account_move_count += count
        return result
