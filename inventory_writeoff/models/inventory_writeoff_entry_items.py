from odoo import api, fields, models


class InventoryWriteoff(models.Model):
    """The items of the entry as it would be posted now: made once for all who ask."""

    _inherit = "inventory.writeoff"

    entry_items = fields.Json(compute="_compute_entry_items", compute_sudo=True)

    @api.depends(
        "state",
        "company_id",
        "line_ids.reason_id",
        "line_ids.disposal_method_id",
        "line_ids.value_estimated",
        "evidence_ids.accepted_by_id",
        "evidence_ids.superseded_by_id",
    )
    @api.depends_context("lang")
    def _compute_entry_items(self):
        with_company = self.filtered("company_id")
        (self - with_company).entry_items = []
        preview = self.env["inventory.writeoff.preview"]
        for writeoff, items in preview._get_items_by_writeoff(with_company).items():
            writeoff.entry_items = items
