from markupsafe import Markup

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
            writeoff.account_move_line_ids = writeoff._get_entries().line_ids

    def _get_entries(self):
        """Return all that the write-offs have in the books."""
        return self.account_move_ids.sorted("id")

    def _get_posting_entries(self):
        """Return the entries of the posting, apart from those that followed it.

        One per chunk where it was posted in the background.
        """
        entries = self.account_move_ids.filtered(
            lambda entry: entry.reversed_entry_id.writeoff_id != entry.writeoff_id
        )
        return entries.sorted("id")

    def _get_first_entry(self):
        return self._get_posting_entries()[:1]

    def _get_entry_links(self, entries=None):
        """Return the names of the entries, which open them, for the chatter."""
        # They are named to everyone who may read the write-off.
        link = Markup("<a href='/odoo/write-off-entries/%s'>%s</a>")
        entries = self.sudo().account_move_ids if entries is None else entries
        return Markup(", ").join(
            link % (entry.id, entry.name) for entry in entries.sudo()
        )
