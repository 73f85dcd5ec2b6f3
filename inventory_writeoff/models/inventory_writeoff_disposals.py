from odoo import api, fields, models

from ..writer import as_writer
from .inventory_writeoff import POSTED_STATES


class InventoryWriteoff(models.Model):
    """What is left to do after posting: the goods leave the house, with proof."""

    _inherit = "inventory.writeoff"

    disposal_ids = fields.One2many(
        "inventory.writeoff.disposal",
        "writeoff_id",
        "Disposals",
        readonly=True,
        copy=False,
    )
    disposal_state = fields.Selection(
        [("open", "To Dispose Of"), ("closed", "Closed")],
        "Disposal",
        compute="_compute_disposal_state",
        store=True,
        index="btree_not_null",
        help="Closed: the goods are gone and the evidence that is due is there.",
    )

    @api.depends("posted_at", "reversal_of_id", "disposal_ids.state")
    def _compute_disposal_state(self):
        for writeoff in self:
            states = writeoff.disposal_ids.mapped("state")
            is_open = "open" in states
            is_loss = writeoff.posted_at and not writeoff.reversal_of_id
            writeoff.disposal_state = is_loss and ("open" if is_open else "closed")

    def _set_state(self, state, **values):
        result = super()._set_state(state, **values)
        if state in ("posted", "partly_posted"):
            self.filtered(lambda w: not w.reversal_of_id)._open_disposals()
        elif state in POSTED_STATES:
            self._cancel_needless_disposals()
        return result

    def _cancel_needless_disposals(self):
        """Close what is open for goods that have all come back."""
        # Whoever posts a reversal does not change disposals otherwise.
        opened = self.sudo().disposal_ids.filtered(lambda d: d.state == "open")
        needless = opened.filtered(
            lambda d: all(
                line._is_fully_reversed() for line in d.line_ids.filtered("quantity")
            )
        )
        as_writer(needless).write({"state": "cancelled"})

    def _open_disposals(self):
        """Open a disposal for each method of the items, where there is any to do."""
        required = self._get_required_evidence("closing")
        vals_list = []
        for writeoff in self:
            methods = writeoff.line_ids.filtered("quantity").disposal_method_id
            for method in methods:
                if method.is_removal or required[writeoff]:
                    vals_list.append(writeoff._prepare_disposal_vals(method))
        # Whoever posts does not open disposals otherwise.
        as_writer(self.env["inventory.writeoff.disposal"].sudo()).create(vals_list)

    def _prepare_disposal_vals(self, method):
        return {
            "writeoff_id": self.id,
            "planned_method_id": method.id,
            "disposal_method_id": method.id,
            "opened_at": self.posted_at,
        }
