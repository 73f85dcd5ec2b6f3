from odoo import api, fields, models


class InventoryWriteoff(models.Model):
    """The purchase tax that is given back with a write-off."""

    _inherit = "inventory.writeoff"

    value_tax = fields.Monetary(
        "Tax Given Back",
        compute="_compute_value_tax",
        store=True,
        help="Purchase tax that was deducted and is given back: a loss on top of the "
        "posted value.",
    )
    value_tax_recovered = fields.Monetary(
        "Tax Taken Back",
        compute="_compute_value_tax",
        store=True,
        help="What of the tax was taken back when the evidence was accepted.",
    )
    value_tax_estimated = fields.Monetary(
        "Estimated Tax",
        compute="_compute_value_tax_estimated",
        compute_sudo=True,
        help="Purchase tax that posting would give back now.",
    )

    @api.depends("line_ids.value_tax", "line_ids.value_tax_recovered")
    def _compute_value_tax(self):
        for writeoff in self:
            lines = writeoff.line_ids
            writeoff.value_tax = sum(lines.mapped("value_tax"))
            writeoff.value_tax_recovered = sum(lines.mapped("value_tax_recovered"))

    @api.depends(
        "state",
        "line_ids.disposal_method_id",
        "line_ids.reason_id",
        "line_ids.value_estimated",
        "evidence_ids.accepted_by_id",
        "evidence_ids.superseded_by_id",
    )
    def _compute_value_tax_estimated(self):
        self.value_tax_estimated = 0.0
        unposted = self.filtered(lambda w: w.company_id and not w.posted_at)
        for writeoff in unposted:
            items = writeoff.entry_items or []
            taxes = [v["balance"] for v in items if v.get("writeoff_is_tax")]
            writeoff.value_tax_estimated = sum(taxes)

    def _get_posted_message(self):
        message = super()._get_posted_message()
        if not self.value_tax:
            return message
        tax = self.env._(
            "Purchase tax on top of it: %(tax)s.",
            tax=self.currency_id.format(abs(self.value_tax)),
        )
        return f"{message} {tax}"
