from odoo import fields, models

from odoo.addons.inventory_writeoff.models.inventory_writeoff_impact import (
    IMPACT_READERS,
)


class InventoryWriteoff(models.Model):
    """The company's fixed assets before and after, beside its inventory."""

    _inherit = "inventory.writeoff"

    fixed_assets_before = fields.Monetary(
        compute="_compute_impact",
        groups=IMPACT_READERS,
        help="Balance of the accounts of type Fixed Assets at the accounting date, "
        "less what is depreciated.",
    )
    fixed_assets_change = fields.Monetary(
        compute="_compute_impact", groups=IMPACT_READERS
    )
    fixed_assets_after = fields.Monetary(
        compute="_compute_impact", groups=IMPACT_READERS
    )

    def _set_impact(self, impact):
        result = super()._set_impact(impact)
        # What was posted before there were assets has none.
        before, change = (
            impact[when].get("fixed_assets", 0.0) for when in ("before", "change")
        )
        self.fixed_assets_before = before
        self.fixed_assets_change = change
        self.fixed_assets_after = self.currency_id.round(before + change)
        return result
