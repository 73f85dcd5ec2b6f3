from odoo import api, fields, models

from ..writer import is_writer


class InventoryWriteoffLine(models.Model):
    """An item of a reversal: how much of which posted item comes back.

    Losses are positive, so values of reversals are negative: the sum of items is what
    the company has lost.
    """

    _inherit = "inventory.writeoff.line"

    origin_line_id = fields.Many2one(
        "inventory.writeoff.line",
        "Reversed Item",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_line_ids = fields.One2many(
        "inventory.writeoff.line", "origin_line_id", "Reversals", readonly=True
    )
    quantity_reversed = fields.Float(
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="How much of it reversals have brought back.",
    )
    value_reversed = fields.Monetary(readonly=True, copy=False)
    # {id of an item of the entry that was posted first: balance of this line in it}
    posted_items = fields.Json(readonly=True, copy=False)
    cost_basis = fields.Selection(selection_add=[("original", "Original cost")])

    # What of an item of a reversal is not taken from the original.
    _REVERSAL_FIELDS = {"quantity", "note", "sequence"}

    @api.depends("origin_line_id")
    def _compute_value_estimated(self):
        reversals = self.filtered("origin_line_id")
        for line in reversals:
            line.value_estimated = -line._get_share_of_value()
        return super(InventoryWriteoffLine, self - reversals)._compute_value_estimated()

    @api.depends("origin_line_id")
    def _compute_cost_basis(self):
        reversals = self.filtered("origin_line_id")
        reversals.cost_basis = "original"
        return super(InventoryWriteoffLine, self - reversals)._compute_cost_basis()

    def _get_share_of_value(self):
        original = self.origin_line_id
        return self._get_share(original.value_posted, original.value_reversed)

    def _get_share(self, amount, done):
        """Return what of an amount of the original item this reversal takes.

        The last one takes what the others have left, so that the sum is exact.

        :param done: what posted reversals took of it
        """
        original = self.origin_line_id
        total = original.quantity_reversed + self.quantity
        if original.product_uom_id.compare(total, original.quantity) >= 0:
            return amount - done
        return self.currency_id.round(amount * self.quantity / original.quantity)

    def _get_value_given_back(self):
        return -(self.value_posted or self.value_estimated)

    def _is_fully_reversed(self):
        return self.product_uom_id.compare(self.quantity_reversed, self.quantity) >= 0

    def _get_left_to_reverse(self, states, apart_from=None):
        """Return {line: quantity that can still be reversed}.

        :param states: states in which other reversals count; posted ones always do
        :param apart_from: reversals that do not count
        """
        # Reversals of others count, whoever asks.
        pending = self.sudo()._read_group(
            [
                ("origin_line_id", "in", self.ids),
                ("writeoff_id.state", "in", states),
                ("writeoff_id", "not in", apart_from.ids if apart_from else []),
            ],
            ["origin_line_id"],
            ["quantity:sum"],
        )
        pending = {line.id: quantity for line, quantity in pending}
        return {
            line: line.quantity - line.quantity_reversed - pending.get(line.id, 0.0)
            for line in self
        }

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not is_writer(self.env):
            lines.writeoff_id._refuse_other_content()
        return lines

    def write(self, vals):
        is_other = bool(vals.keys() - self._REVERSAL_FIELDS)
        if is_other and not is_writer(self.env):
            self.writeoff_id._refuse_other_content()
        result = super().write(vals)
        if "writeoff_id" in vals and not is_writer(self.env):
            self.writeoff_id._refuse_other_content()
        return result
