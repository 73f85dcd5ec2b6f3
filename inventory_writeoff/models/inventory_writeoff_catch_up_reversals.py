from odoo import models
from odoo.tools import format_date


class InventoryWriteoff(models.Model):
    """Reversals of catch-ups, in their own words."""

    _inherit = "inventory.writeoff"

    def _get_closed_since_reason(self):
        """Return why an inventory closing since forbids the reversal, or False.

        It has counted with the entry, and would not look at the stock move again.
        """
        # Who asks need not be allowed to read entries.
        catch_up = self.sudo()
        closed_until = catch_up.company_id._get_stock_closed_until()
        if not closed_until or closed_until < catch_up.posted_at:
            return False
        return self.env._(
            "%(catch_up)s: the inventory closing of %(date)s has counted with its "
            "entry. Count what was found into stock; the next closing books it.",
            catch_up=self.display_name,
            date=format_date(self.env, closed_until.date()),
        )

    def _is_of_catch_up(self):
        return self.reversal_of_id.sudo().is_catch_up

    def _get_settled_message(self):
        if not self._is_of_catch_up():
            return super()._get_settled_message()
        return self.env._(
            "Reversed with %(reversal)s: %(value)s was given back, items: %(count)s. "
            "The goods stay gone; their stock moves can be taken over again. Reason: "
            "%(reason)s",
            reversal=self.name,
            value=self.currency_id.format(-self.value_posted),
            count=self.line_count,
            reason=self.reversal_reason,
        )

    def _get_submitted_message(self):
        if not self._is_of_catch_up():
            return super()._get_submitted_message()
        return self.env._(
            "Submitted: the entry of %(writeoff)s, worth %(value)s, is to be taken "
            "back, items: %(count)s. Reason: %(reason)s",
            count=self.line_count,
            writeoff=self.reversal_of_id.sudo().name,
            value=self.currency_id.format(-self.value_estimated),
            reason=self.reversal_reason,
        )

    def _get_posted_message(self):
        if not self._is_of_catch_up():
            return super()._get_posted_message()
        return self.env._(
            "Posted: %(value)s was given back in journal entry %(entry)s of %(date)s. "
            "The goods stay gone; the next inventory closing books them, unless "
            "another catch-up does.",
            value=self.currency_id.format(-self.value_posted),
            entry=self._get_entry_links(),
            date=format_date(self.env, self.accounting_date),
        )
