from odoo import api, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Matching and hashing are Odoo's own book-keeping on a posted item.
    _WRITEOFF_OPEN_FIELDS = {
        "full_reconcile_id",
        "matched_credit_ids",
        "matched_debit_ids",
        "matching_number",
        "reconciled",
    }

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.move_id._check_writeoff_guard()
        return lines

    def write(self, vals):
        if vals.keys() - self._WRITEOFF_OPEN_FIELDS:
            self.move_id._check_writeoff_guard()
        if vals.get("move_id"):
            self.env["account.move"].browse(vals["move_id"])._check_writeoff_guard()
        return super().write(vals)

    def _compute_totals(self):
        # What is written off is no sale: its items have no price to tax.
        ours = self.filtered("move_id.writeoff_id")
        ours.price_subtotal = ours.price_total = 0.0
        return super(AccountMoveLine, self - ours)._compute_totals()

    def unlink(self):
        self.move_id._check_writeoff_guard()
        return super().unlink()
