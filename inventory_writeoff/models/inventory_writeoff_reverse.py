from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..writer import as_writer

# Reversals that may still be posted.
OPEN_REVERSALS = ("draft", "to_approve", "approved", "posting")
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
    """Asking for the reversal of a posted write-off: it makes a draft."""

    _inherit = "inventory.writeoff"

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

    def reverse(self, reason, quantities_by_line=None, cause="error"):
        """Make the drafts of reversals, one per write-off, and return them.

        :param quantities_by_line: {id of an item: quantity in its unit}; without it,
            everything that is left
        :param cause: whether the write-off was an error, or the goods were found since
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
            [
                {
                    **w._prepare_reversal_vals(reason.strip(), quantities),
                    "reversal_cause": cause,
                }
                for w in self
            ]
        )
        for writeoff, reversal in zip(self, reversals, strict=True):
            writeoff.message_post(
                body=self.env._("Reversal asked for: %(reason)s", reason=reason.strip())
            )
            if not reversal._fill_later(writeoff, quantities):
                reversal._check_any_quantity(writeoff)
        return reversals.with_env(self.env)

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
