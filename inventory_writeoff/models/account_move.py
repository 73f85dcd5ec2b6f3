from odoo import api, fields, models
from odoo.exceptions import UserError

from ..writer import is_writer


class AccountMove(models.Model):
    _inherit = "account.move"

    writeoff_id = fields.Many2one(
        "inventory.writeoff",
        "Write-Off",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # What an auditor reads off an entry; followers, activities and the technical
    # fields of numbering and hashing stay open to Odoo.
    _WRITEOFF_FIELDS = {
        "company_id",
        "currency_id",
        "date",
        "invoice_line_ids",
        "journal_id",
        "line_ids",
        "move_type",
        "name",
        "narration",
        "partner_id",
        "ref",
        "reversed_entry_id",
        "state",
        "stock_move_id",
        "writeoff_id",
    }

    @api.model_create_multi
    def create(self, vals_list):
        if not is_writer(self.env):
            # Explicit values, so that no default of a user or a context gets in.
            defaults = {
                field: self.env.context.get(f"default_{field}", False)
                for field in ("writeoff_id", "reversed_entry_id")
            }
            vals_list = [{**defaults, **vals} for vals in vals_list]
            self._check_writeoff_links(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if self._WRITEOFF_FIELDS & vals.keys():
            self._check_writeoff_guard()
            self._check_writeoff_links([vals])
        return super().write(vals)

    def unlink(self):
        self._check_writeoff_guard()
        return super().unlink()

    def button_draft(self):
        self._check_writeoff_guard()
        return super().button_draft()

    def button_cancel(self):
        self._check_writeoff_guard()
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_writeoff_guard()
        return super()._reverse_moves(default_values_list, cancel=cancel)

    def _check_writeoff_guard(self):
        """Refuse whoever is not the write-off's own code."""
        if is_writer(self.env):
            return
        # An accountant need not be allowed to open write-offs to be told of one.
        writeoff = self.sudo().writeoff_id[:1]
        if writeoff:
            raise UserError(writeoff._get_guard_message())

    def _check_writeoff_links(self, vals_list):
        """Refuse values that would make an entry part of a write-off."""
        if is_writer(self.env):
            return
        if any(vals.get("writeoff_id") for vals in vals_list):
            raise UserError(
                self.env._(
                    "The journal entry of a write-off is made by posting it. Create or "
                    "open the write-off instead."
                )
            )
        reversed_ids = [vals.get("reversed_entry_id") for vals in vals_list]
        self.browse(filter(None, reversed_ids))._check_writeoff_guard()

    def action_open_writeoff(self):
        self.ensure_one()
        return self.writeoff_id.get_formview_action()
