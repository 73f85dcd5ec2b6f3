from odoo import models
from odoo.exceptions import UserError


class InventoryWriteoff(models.Model):
    """An approval holds for the value that was approved, and a little around it.

    Costs go on moving between approval and posting. Beyond the tolerance of the
    company (percent and amount, both must be exceeded) the approval is void.
    """

    _inherit = "inventory.writeoff"

    def _get_void_messages(self):
        messages = super()._get_void_messages()
        unchanged = self.filtered(lambda w: w not in messages)
        for writeoff, value in unchanged._get_values_now().items():
            if writeoff._is_beyond_tolerance(value):
                messages[writeoff] = writeoff._get_drift_message(value)
        return messages

    def _get_values_now(self):
        """Return {write-off: exact value of its goods}, as posting will find it.

        All write-offs at once and in the order of their moves: each takes the layers
        of FIFO that those before it leave.
        """
        # Costs and stock moves are not readable for finance, who see the result.
        moves = self.env["inventory.writeoff.hold"]._get_open_moves(self)
        values = self.env["inventory.valuation"]._estimate(moves.writeoff_line_id)
        totals = dict.fromkeys(self, 0.0)
        for line, value in values.items():
            totals[line.writeoff_id] += value
        return totals

    def _is_beyond_tolerance(self, value):
        self.ensure_one()
        company, compare = self.company_id, self.currency_id.compare_amounts
        drift = abs(value - self.value_approved)
        limit = abs(self.value_approved) * company.writeoff_drift_percent / 100
        return (
            compare(drift, company.writeoff_drift_amount) > 0
            and compare(drift, limit) > 0
        )

    def _get_drift_message(self, value):
        return self.env._(
            "%(writeoff)s: %(approved)s was approved, and the goods are worth "
            "%(found)s now. That is beyond the tolerance of %(percent)s %% and "
            "%(amount)s, so it must be approved again.",
            writeoff=self.name,
            approved=self.currency_id.format(self.value_approved),
            found=self.currency_id.format(value),
            percent=f"{self.company_id.writeoff_drift_percent:g}",
            amount=self.currency_id.format(self.company_id.writeoff_drift_amount),
        )

    def _void_approval(self, message):
        # The next approver sees the value of now, not the one that no longer fits.
        self.line_ids._refresh_estimate()
        return super()._void_approval(message)

    def _check_posted_value(self):
        """Refuse what was valued otherwise than it was judged; all is rolled back."""
        drifted = self.filtered(lambda w: w._is_beyond_tolerance(w.value_posted))
        if drifted:
            raise UserError(
                "\n".join(w._get_drift_message(w.value_posted) for w in drifted)
            )
