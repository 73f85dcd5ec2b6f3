from odoo import api, fields, models


class InventoryWriteoff(models.Model):
    """The journal entries of a write-off: that of its posting, and what follows it."""

    _inherit = "inventory.writeoff"

    account_move_line_ids = fields.One2many(
        "account.move.line",
        string="Journal Items",
        compute="_compute_account_move_line_ids",
        compute_sudo=True,
    )

    @api.depends("account_move_ids.line_ids")
    def _compute_account_move_line_ids(self):
        for writeoff in self:
            entries = writeoff.account_move_ids.sorted("id")
            writeoff.account_move_line_ids = entries.line_ids

    def _get_first_entry(self):
        """Return the entry of the posting, apart from those that followed it."""
        return self.account_move_ids.filtered(
            lambda entry: entry.reversed_entry_id.writeoff_id != entry.writeoff_id
        )
