from odoo import models

RETIREMENT_FIELDS = (
    "asset_id",
    "origin_id",
    "date",
    "value_before",
    "value_last",
    "value_loss",
    "value_stock",
)
SCHEDULE_FIELDS = (
    "asset_line_ref",
    "kind",
    "date_before",
    "amount_before",
    "date_after",
    "amount_after",
)


class InventoryWriteoffLogContent(models.AbstractModel):
    """The assets that went, or came back, are part of what the log keeps."""

    _inherit = "inventory.writeoff.log.content"

    def _get_sections(self):
        done = [("state", "=", "done")]
        rows = [("retirement_id.state", "=", "done")]
        return {
            **super()._get_sections(),
            "inventory.writeoff.retirement": ("writeoff_id", RETIREMENT_FIELDS, done),
            "inventory.writeoff.retirement.line": (
                "writeoff_id",
                SCHEDULE_FIELDS,
                rows,
            ),
        }
