from odoo import models
from odoo.tools import format_date

# A preview shows the form of the entry; a long one is read after posting.
SHOWN_ITEMS = 40


class InventoryWriteoffPreview(models.AbstractModel):
    """The journal entry as it would be posted now, for Odoo's preview widget."""

    _name = "inventory.writeoff.preview"
    _description = "Preview of the Entry of a Write-Off"

    def _get(self, writeoff):
        """Return what `grouped_view_widget` shows: groups of items and columns."""
        # Shown to requesters too, who read neither accounts' details nor journals.
        writeoff = writeoff.sudo()
        items = writeoff.entry_items or []
        hidden = len(items) - SHOWN_ITEMS
        return {
            "groups_vals": [
                self._prepare_group_vals(writeoff, *entry)
                for entry in self._get_entries(writeoff, items)
            ],
            "options": {
                "columns": self._get_columns(),
                "discarded_number": hidden > 0
                and self.env._("%(count)s items", count=hidden),
            },
        }

    def _has_entries(self, writeoff):
        """Tell whether there is anything to preview."""
        return bool(writeoff.value_estimated)

    def _get_entries(self, writeoff, items):
        """Return (date, journal, values of its items) of each entry."""
        journal = writeoff.company_id._get_writeoff_journal()
        return [(writeoff._get_accounting_date(), journal, items)] if items else []

    def _prepare_group_vals(self, writeoff, date, journal, items):
        return {
            "group_name": f"{format_date(self.env, date)}, {journal.display_name}",
            "items_vals": [
                [0, 0, self._prepare_item_vals(writeoff, vals)]
                for vals in items[:SHOWN_ITEMS]
            ],
        }

    def _get_items_by_writeoff(self, writeoffs):
        """Return {write-off: values of the items that posting would create now}."""
        values = {
            writeoff: [
                (line, line.value_estimated)
                for line in writeoff.line_ids
                if line.value_estimated
            ]
            for writeoff in writeoffs
        }
        posting = self.env["inventory.writeoff.posting"]
        return {
            writeoff: [vals for vals, _shares in items]
            for writeoff, items in posting._get_items_by_writeoff(values).items()
        }

    def _get_columns(self):
        return [
            {"field": "account", "label": self.env._("Account"), "class": ""},
            {"field": "label", "label": self.env._("Label"), "class": ""},
            {"field": "debit", "label": self.env._("Debit"), "class": "text-end"},
            {"field": "credit", "label": self.env._("Credit"), "class": "text-end"},
        ]

    def _prepare_item_vals(self, writeoff, vals):
        account = self.env["account.account"].sudo().browse(vals["account_id"])
        side = "debit" if vals["balance"] > 0 else "credit"
        return {
            "account": account.display_name or self.env._("No account set"),
            "label": vals["name"],
            side: writeoff.currency_id.format(abs(vals["balance"])),
        }
