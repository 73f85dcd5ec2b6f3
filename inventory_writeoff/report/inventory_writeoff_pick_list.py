from odoo import api, models


class InventoryWriteoffPickList(models.AbstractModel):
    """The paper to fetch the goods with: a write-off's items by location."""

    _name = "report.inventory_writeoff.report_pick_list"
    _description = "Pick List of Write-Offs"

    @api.model
    def _get_report_values(self, docids, data=None):
        return self._get_values(self.env["inventory.writeoff"].browse(docids))

    def _get_values(self, writeoffs):
        return {
            "doc_ids": writeoffs.ids,
            "doc_model": "inventory.writeoff",
            "docs": writeoffs,
            "lists": {
                writeoff: self._get_lines_by_location(writeoff)
                for writeoff in writeoffs
            },
        }

    def _get_lines_by_location(self, writeoff):
        """Return {location: lines} in the order of a walk through the warehouse."""
        lines = writeoff.line_ids.filtered("quantity").sorted(
            lambda line: (
                line.location_id.complete_name or "",
                line.product_id.default_code or "",
                line.product_id.display_name or "",
                line.lot_id.name or "",
                line.id,
            )
        )
        return lines.grouped("location_id")
