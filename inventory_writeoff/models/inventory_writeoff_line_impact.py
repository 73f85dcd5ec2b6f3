from odoo import api, fields, models

from ..bulk import write_each
from .inventory_writeoff_impact import IMPACT_READERS


class InventoryWriteoffLine(models.Model):
    """The company's stock of an item's product, or lot, before and after."""

    _inherit = "inventory.writeoff.line"

    posted_stock_value_before = fields.Monetary(
        readonly=True, copy=False, groups=IMPACT_READERS
    )
    stock_value_before = fields.Monetary(
        compute="_compute_stock_values",
        groups=IMPACT_READERS,
        help="Value of all the company's stock of this product, or of this lot where "
        "the product is valued by lot, after the items above.",
    )
    stock_value_after = fields.Monetary(
        compute="_compute_stock_values", groups=IMPACT_READERS
    )

    @api.depends(
        "state",
        "product_id",
        "lot_id",
        "sequence",
        "writeoff_id.line_ids.value_estimated",
        "value_posted",
        "posted_stock_value_before",
    )
    def _compute_stock_values(self):
        posted = self.filtered(lambda line: line._is_posted())
        for line in posted:
            line.stock_value_before = line.posted_stock_value_before
            line.stock_value_after = line.stock_value_before - line.value_posted
        unposted = self - posted
        everything = unposted | unposted._get_unposted_siblings()
        values = self.env["inventory.impact"]._get_stock_values(everything)
        for writeoff, lines in unposted.grouped("writeoff_id").items():
            # Write-offs that are not posted do not stand on one another.
            ahead = (writeoff.line_ids | lines) & everything
            ahead._estimate_stock_values(dict(values), lines)

    def _get_unposted_siblings(self):
        """Return what is written off of the same products with these items."""
        product_ids = set(self.product_id._origin.ids)
        siblings = self.writeoff_id.line_ids.filtered(
            lambda line: line.product_id._origin.id in product_ids
        )
        return siblings.filtered(lambda line: not line._is_posted())

    def _estimate_stock_values(self, values, shown):
        """Count down from what is there; a page of a long list shows some lines."""
        shown = set(shown)
        for line in self:
            key = self.env["inventory.impact"]._get_stock_key(line)
            before = values.get(key, 0.0)
            values[key] = before - line.value_estimated
            if line in shown:
                line.stock_value_before = before
                line.stock_value_after = values[key]

    def _freeze_stock_values(self):
        """Keep what the goods were worth before each of these lines, just posted.

        What is left now is certain; the lines are counted back from there.
        """
        impact = self.env["inventory.impact"]
        values = impact._get_stock_values(self)
        before = {}
        for line in reversed(self):
            key = impact._get_stock_key(line)
            values[key] += line.value_posted
            before[line] = values[key]
        write_each("posted_stock_value_before", before)
