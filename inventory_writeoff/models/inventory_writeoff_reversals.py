from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..writer import as_writer

REVERSAL_CAUSES = [
    ("error", "Written off in error"),
    ("found", "Found or usable again since"),
]


class InventoryWriteoff(models.Model):
    """Reversals: write-offs that bring back what another one has written off.

    A reversal goes the same way as any write-off, asked for, approved and posted by
    the same roles. It holds nothing, as its goods are in the loss location.
    """

    _inherit = "inventory.writeoff"

    reversal_of_id = fields.Many2one(
        "inventory.writeoff",
        readonly=True,
        copy=False,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    reversal_reason = fields.Text(
        "Why It Is Reversed",
        copy=False,
        help="What was wrong with the write-off.",
    )
    reversal_cause = fields.Selection(
        REVERSAL_CAUSES,
        "Cause",
        copy=False,
        help="Only what was written off in error counts against the value that was "
        "adjusted correctly.",
    )
    reversal_ids = fields.One2many(
        "inventory.writeoff", "reversal_of_id", "Reversals", readonly=True
    )
    reversal_count = fields.Integer(compute="_compute_reversal_count")
    # Counts what was asked for: of two requests at once, PostgreSQL refuses one.
    reversal_requests = fields.Integer(readonly=True, copy=False)
    value_reversed = fields.Monetary(
        compute="_compute_value_reversed",
        store=True,
        help="What reversals have brought back of the posted value.",
    )

    # What of a reversal is not taken from the original.
    _REVERSAL_CONTENT = {
        "accounting_date",
        "line_ids",
        "note",
        "reversal_cause",
        "reversal_reason",
    }

    def _compute_reversal_count(self):
        # Only the number is shown; opening the list asks for the right to read.
        groups = self.sudo()._read_group(
            [("reversal_of_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["reversal_of_id"],
            ["__count"],
        )
        counts = {writeoff.id: count for writeoff, count in groups}
        for writeoff in self:
            writeoff.reversal_count = counts.get(writeoff.id, 0)

    @api.depends("line_ids.value_reversed")
    def _compute_value_reversed(self):
        for writeoff in self:
            writeoff.value_reversed = sum(writeoff.line_ids.mapped("value_reversed"))

    def action_open_reversals(self):
        self.ensure_one()
        return self._action_open_linked(self.reversal_ids)

    def action_open_original(self):
        self.ensure_one()
        return self._action_open_linked(self.reversal_of_id)

    def copy_data(self, default=None):
        if reversals := self.filtered("reversal_of_id"):
            raise UserError(
                self.env._(
                    "%(reversals)s is a reversal and is not duplicated. Reverse the "
                    "write-off again if there is something left of it.",
                    reversals=reversals._join_names(),
                )
            )
        return super().copy_data(default)

    def _action_open_linked(self, writeoffs):
        if len(writeoffs) == 1:
            return writeoffs.get_formview_action()
        return self._action_open([("id", "in", writeoffs.ids)])

    def _check_can_write(self, vals):
        if self._CONTENT_FIELDS & vals.keys() - self._REVERSAL_CONTENT:
            self._refuse_other_content()
        return super()._check_can_write(vals)

    def _refuse_other_content(self):
        """Refuse to make of a reversal anything but the way back of its original."""
        if reversals := self.filtered("reversal_of_id"):
            raise UserError(
                self.env._(
                    "%(reversals)s takes its items from the write-off that it "
                    "reverses. Only quantities, notes and the accounting date can be "
                    "changed, and items removed.",
                    reversals=reversals._join_names(),
                )
            )

    def _start(self, action):
        result = super()._start(action)
        if action in ("submit", "post"):
            # Who posts or submits a reversal need not see all of the original.
            self.sudo().reversal_of_id._serialize_reversals()
        return result

    def _set_posted(self, value_before):
        result = super()._set_posted(value_before)
        if self.reversal_of_id:
            self._settle_original()
        return result

    def _settle_original(self):
        """Write on the original what has come back of it."""
        original = as_writer(self.reversal_of_id)
        # Finance does not edit items.
        for line in self.sudo().line_ids.filtered("quantity"):
            origin = as_writer(line.origin_line_id)
            origin.quantity_reversed += line.quantity
            origin.value_reversed -= line.value_posted
        lines = original.line_ids.filtered("quantity")
        is_whole = all(line._is_fully_reversed() for line in lines)
        original._set_state("reversed" if is_whole else "partly_reversed")
        original.message_post(body=self._get_settled_message())

    def _get_settled_message(self):
        return self.env._(
            "Reversed with %(reversal)s: %(value)s and the goods are back, items: "
            "%(count)s. Reason: %(reason)s",
            reversal=self.name,
            value=self.currency_id.format(-self.value_posted),
            count=self.line_count,
            reason=self.reversal_reason,
        )

    def _get_values_now(self):
        """What comes back has cost what it has cost."""
        reversals = self.filtered("reversal_of_id")
        values = {}
        for reversal in reversals:
            lines = reversal.sudo().line_ids.filtered("quantity")
            values[reversal] = -sum(line._get_share_of_value() for line in lines)
        return {
            **super(InventoryWriteoff, self - reversals)._get_values_now(),
            **values,
        }

    def _get_guard_message(self):
        self.ensure_one()
        # People of Inventory and Accounting are told of reversals they cannot open.
        reversal = self.sudo()
        if not reversal.reversal_of_id:
            return super()._get_guard_message()
        return self.env._(
            "This belongs to %(reversal)s, which reverses write-off %(writeoff)s: its "
            "stock moves and its journal entry stay as they are. Write the goods off "
            "again if they are lost after all.",
            reversal=reversal.name,
            writeoff=reversal.reversal_of_id.name,
        )

    def _get_entry_reference(self):
        if not self.reversal_of_id:
            return self.name
        return self.env._(
            "%(reversal)s (reversal of %(writeoff)s)",
            reversal=self.name,
            writeoff=self.reversal_of_id.name,
        )

    def _get_released_message(self):
        if not self.reversal_of_id:
            return super()._get_released_message()
        return self.env._("The goods stay written off.")

    def _get_cancelled_message(self):
        if not self.reversal_of_id:
            return super()._get_cancelled_message()
        return self.env._("Cancelled. The goods stay written off.")

    def _get_submitted_message(self):
        if not self.reversal_of_id:
            return super()._get_submitted_message()
        return self.env._(
            "Submitted: goods of %(writeoff)s worth %(value)s are to come back, items: "
            "%(count)s. Reason: %(reason)s",
            count=self.line_count,
            writeoff=self.reversal_of_id.sudo().name,
            value=self.currency_id.format(-self.value_estimated),
            reason=self.reversal_reason,
        )

    def _get_posted_message(self):
        if not self.reversal_of_id:
            return super()._get_posted_message()
        entries = self._get_entry_links()
        if not entries:
            return self.env._(
                "Posted: the goods are back in stock. They had no value in the books, "
                "so there is no journal entry."
            )
        return self.env._(
            "Posted: the goods are back in stock, and %(value)s was given back in "
            "journal entry %(entry)s of %(date)s.",
            value=self.currency_id.format(-self.value_posted),
            entry=entries,
            date=format_date(self.env, self.accounting_date),
        )
