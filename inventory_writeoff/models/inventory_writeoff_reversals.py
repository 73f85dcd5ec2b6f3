from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..writer import as_writer

# Reversals that may still be posted.
OPEN_REVERSALS = ("draft", "to_approve", "approved")
COPIED_FIELDS = ("company_id", "reason_id", "disposal_method_id", "location_id")
COPIED_LINE_FIELDS = (
    "product_id",
    "lot_id",
    "package_id",
    "owner_id",
    "location_id",
    "product_uom_id",
    "reason_id",
    "disposal_method_id",
)


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
    _REVERSAL_CONTENT = {"accounting_date", "line_ids", "note", "reversal_reason"}

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

    def action_reverse(self):
        """Ask why, and which items and quantities."""
        self.ensure_one()
        self._check_can("reverse")
        wizard = self.env["inventory.writeoff.reverse"]._open(self)
        return {
            "name": self.env._("Reverse %(writeoff)s", writeoff=self.display_name),
            "type": "ir.actions.act_window",
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def reverse(self, reason, quantities_by_line=None):
        """Make the drafts of reversals, one per write-off, and return them.

        :param quantities_by_line: {id of an item: quantity in its unit}; without it,
            everything that is left
        """
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Say why %(writeoffs)s is reversed: the reason is part of the "
                    "record.",
                    writeoffs=self._join_names(),
                )
            )
        self._start("reverse")
        self._serialize_reversals()
        quantities = self._get_quantities_to_reverse(quantities_by_line)
        # As the user, but with the links to what is reversed.
        reversals = as_writer(self.browse()).create(
            [w._prepare_reversal_vals(reason.strip(), quantities) for w in self]
        )
        for writeoff, reversal in zip(self, reversals, strict=True):
            writeoff.message_post(
                body=self.env._("Reversal asked for: %(reason)s", reason=reason.strip())
            )
            reversal._check_any_quantity(writeoff)
        return reversals.with_env(self.env)

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

    def _get_cannot_reasons(self, action):
        reasons = super()._get_cannot_reasons(action)
        if action == "reverse":
            for reversal in self.filtered("reversal_of_id"):
                reasons[reversal] = self.env._(
                    "%(reversal)s is a reversal itself. Write the goods off again if "
                    "they are lost after all.",
                    reversal=reversal.display_name,
                )
        return reasons

    def _start(self, action):
        super()._start(action)
        if action in ("submit", "post"):
            # Who posts or submits a reversal need not see all of the original.
            self.sudo().reversal_of_id._serialize_reversals()

    def _serialize_reversals(self):
        """Let one reversal of a write-off after the other count what is left.

        PostgreSQL refuses the transaction that has not seen the other's request, and
        Odoo runs it again on the new state.
        """
        self._lock()
        for writeoff in as_writer(self.sudo()):
            writeoff.reversal_requests += 1

    def _get_quantities_to_reverse(self, quantities_by_line):
        """Return {item: quantity}, all that is left unless something else is said."""
        left = self.line_ids._get_left_to_reverse(OPEN_REVERSALS)
        if quantities_by_line is None:
            return left
        # Keys of JSON objects are texts.
        wanted = {int(key): value for key, value in quantities_by_line.items()}
        unknown = wanted.keys() - set(self.line_ids.ids)
        if unknown:
            raise UserError(
                self.env._(
                    "%(writeoffs)s has no item with the id %(ids)s. Choose items of "
                    "the write-off that is reversed.",
                    writeoffs=self._join_names(),
                    ids=format_list(self.env, [str(item) for item in sorted(unknown)]),
                )
            )
        self.line_ids._check_values([{"quantity": q} for q in wanted.values()])
        quantities = {
            line: float(wanted[line.id]) for line in self.line_ids if line.id in wanted
        }
        validation = self.env["inventory.writeoff.validation"]
        validation._refuse(validation._get_excess(quantities, left))
        return quantities

    def _prepare_reversal_vals(self, reason, quantities):
        return {
            **{name: self[name].id for name in COPIED_FIELDS},
            "reversal_of_id": self.id,
            "reversal_reason": reason,
            "line_ids": [
                Command.create(self._prepare_reversal_line_vals(line, quantities[line]))
                for line in self.line_ids
                if line.product_uom_id.compare(quantities.get(line, 0.0), 0.0) > 0
            ],
        }

    def _prepare_reversal_line_vals(self, line, quantity):
        return {
            **{name: line[name].id for name in COPIED_LINE_FIELDS},
            "origin_line_id": line.id,
            "sequence": line.sequence,
            "quantity": quantity,
            "analytic_distribution": line.analytic_distribution,
        }

    def _check_any_quantity(self, original):
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "Nothing of %(writeoff)s is left to reverse: everything was "
                    "reversed or stands in another reversal. Open its reversals.",
                    writeoff=original.display_name,
                )
            )

    def _set_posted(self, value_before):
        result = super()._set_posted(value_before)
        if self.reversal_of_id:
            self._settle_original()
        return result

    def _settle_original(self):
        """Write on the original what has come back of it."""
        original = as_writer(self.sudo().reversal_of_id)
        for line in self.sudo().line_ids.filtered("quantity"):
            origin = as_writer(line.origin_line_id)
            origin.quantity_reversed += line.quantity
            origin.value_reversed -= line.value_posted
        lines = original.line_ids.filtered("quantity")
        is_whole = all(line._is_fully_reversed() for line in lines)
        original._set_state("reversed" if is_whole else "partly_reversed")
        original.message_post(
            body=self.env._(
                "Reversed with %(reversal)s: %(value)s and the goods of %(count)s "
                "items are back. Reason: %(reason)s",
                reversal=self.name,
                value=self.currency_id.format(-self.value_posted),
                count=self.line_count,
                reason=self.reversal_reason,
            )
        )

    def _get_entry_reference(self):
        if not self.reversal_of_id:
            return self.name
        return self.env._(
            "%(reversal)s (reversal of %(writeoff)s)",
            reversal=self.name,
            writeoff=self.reversal_of_id.name,
        )

    def _get_submitted_message(self):
        if not self.reversal_of_id:
            return super()._get_submitted_message()
        return self.env._(
            "Submitted: %(count)s items of %(writeoff)s, worth %(value)s, are to come "
            "back. Reason: %(reason)s",
            count=self.line_count,
            writeoff=self.reversal_of_id.sudo().name,
            value=self.currency_id.format(-self.value_estimated),
            reason=self.reversal_reason,
        )

    def _get_posted_message(self):
        if not self.reversal_of_id:
            return super()._get_posted_message()
        # The message names the entry to everyone who may read the reversal.
        entries = self.sudo().account_move_ids
        if not entries:
            return self.env._(
                "Posted: the goods are back in stock. They had no value in the books, "
                "so there is no journal entry."
            )
        return self.env._(
            "Posted: the goods are back in stock, and %(value)s was given back in "
            "journal entry %(entry)s of %(date)s.",
            value=self.currency_id.format(-self.value_posted),
            entry=", ".join(entries.mapped("name")),
            date=fields.Date.to_string(self.accounting_date),
        )
