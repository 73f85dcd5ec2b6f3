from odoo import api, fields, models
from odoo.tools import float_round, formatLang

from ..writer import as_writer
from .inventory_writeoff import POSTED_STATES

# Ledger figures are not for everyone who asks for a write-off.
IMPACT_READERS = ",".join(
    f"inventory_writeoff.group_writeoff_{role}"
    for role in ("approver", "senior", "finance", "manager", "auditor")
)


class InventoryWriteoff(models.Model):
    """What a write-off does to the books: an estimate, and exact once posted."""

    _inherit = "inventory.writeoff"

    posted_impact = fields.Json(readonly=True, copy=False, groups=IMPACT_READERS)
    inventory_change = fields.Monetary(
        compute="_compute_inventory_change", groups=IMPACT_READERS
    )
    working_capital_before = fields.Monetary(
        compute="_compute_impact",
        groups=IMPACT_READERS,
        help="Current assets less current liabilities at the accounting date.",
    )
    working_capital_change = fields.Monetary(
        compute="_compute_impact", groups=IMPACT_READERS
    )
    working_capital_after = fields.Monetary(
        compute="_compute_impact", groups=IMPACT_READERS
    )
    # Texts, as a ratio may be none at all, which is not zero.
    current_ratio_before = fields.Char(
        compute="_compute_impact",
        groups=IMPACT_READERS,
        help="Current assets divided by current liabilities at the accounting date. "
        "Empty: there are no current liabilities.",
    )
    current_ratio_change = fields.Char(compute="_compute_impact", groups=IMPACT_READERS)
    current_ratio_after = fields.Char(compute="_compute_impact", groups=IMPACT_READERS)
    gross_margin_before = fields.Monetary(
        compute="_compute_impact",
        groups=IMPACT_READERS,
        help="Income less cost of revenue, from the start of the fiscal year to the "
        "accounting date.",
    )
    gross_margin_change = fields.Monetary(
        compute="_compute_impact", groups=IMPACT_READERS
    )
    gross_margin_after = fields.Monetary(
        compute="_compute_impact", groups=IMPACT_READERS
    )
    result_before = fields.Monetary(
        compute="_compute_impact",
        groups=IMPACT_READERS,
        help="All income less all expenses, from the start of the fiscal year to the "
        "accounting date.",
    )
    result_change = fields.Monetary(compute="_compute_impact", groups=IMPACT_READERS)
    result_after = fields.Monetary(compute="_compute_impact", groups=IMPACT_READERS)

    @api.depends("value")
    def _compute_inventory_change(self):
        for writeoff in self:
            writeoff.inventory_change = -writeoff.value

    @api.depends(
        "posted_impact",
        "state",
        "accounting_date",
        "company_id",
        "line_ids.reason_id",
        "line_ids.value_estimated",
    )
    @api.depends_context("lang")
    def _compute_impact(self):
        unposted = self.filtered(
            lambda w: w.company_id and w.state not in POSTED_STATES
        )
        estimates = self.env["inventory.impact"]._estimate(unposted)
        for writeoff in self:
            impact = estimates.get(writeoff) or writeoff.posted_impact
            writeoff._set_impact(impact or {"before": {}, "change": {}})

    def _set_impact(self, impact):
        self.ensure_one()
        before, change = impact["before"], impact["change"]
        currency = self.company_id.currency_id
        after = {f: currency.round(before[f] + change[f]) for f in before}
        for when, figures in (("before", before), ("change", change), ("after", after)):
            assets = figures.get("current_assets", 0.0)
            liabilities = figures.get("current_liabilities", 0.0)
            self[f"working_capital_{when}"] = assets - liabilities
            for figure in ("gross_margin", "result"):
                self[f"{figure}_{when}"] = figures.get(figure, 0.0)
        ratio_before = self._get_current_ratio(before)
        ratio_after = self._get_current_ratio(after)
        has_both = ratio_before is not None and ratio_after is not None
        self.current_ratio_before = self._format_ratio(ratio_before)
        self.current_ratio_change = self._format_ratio(
            ratio_after - ratio_before if has_both else None
        )
        self.current_ratio_after = self._format_ratio(ratio_after)

    def _get_current_ratio(self, figures):
        """Return current assets ÷ current liabilities, or None without the latter."""
        liabilities = figures.get("current_liabilities", 0.0)
        if liabilities <= 0:
            return None
        # Rounded, so that the change is the difference of what is shown.
        ratio = figures["current_assets"] / liabilities
        return float_round(ratio, precision_digits=2)

    def _format_ratio(self, ratio):
        return False if ratio is None else formatLang(self.env, ratio, digits=2)

    def action_post(self):
        result = super().action_post()
        self.filtered(lambda w: w.state == "posted")._freeze_impact()
        return result

    def _freeze_impact(self):
        """Keep the exact figures of write-offs just posted, in their order."""
        # Who posts may read the ledger's figures here, not the ledger.
        writeoffs = as_writer(self.sudo())
        for writeoff, impact in (
            self.env["inventory.impact"]._measure(writeoffs).items()
        ):
            writeoff.posted_impact = impact
        # Those posted chunk by chunk had theirs frozen with their chunk.
        lines = writeoffs.line_ids.filtered(lambda line: not line.posted_chunk)
        lines._freeze_stock_values()
