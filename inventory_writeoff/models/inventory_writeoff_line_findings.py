from odoo import api, fields, models

from .inventory_writeoff_check import SEVERITIES


class InventoryWriteoffLine(models.Model):
    _inherit = "inventory.writeoff.line"

    finding_ids = fields.One2many(
        "inventory.writeoff.finding", "line_id", readonly=True, copy=False
    )
    finding_severity = fields.Selection(
        SEVERITIES,
        "Findings",
        compute="_compute_finding_severity",
        help="The gravest open finding of the item.",
    )

    _CHECKED_FIELDS = {
        "writeoff_id",
        "product_id",
        "lot_id",
        "package_id",
        "owner_id",
        "location_id",
        "quantity",
        "product_uom_id",
        "reason_id",
    }

    @api.depends("finding_ids.state", "finding_ids.severity")
    def _compute_finding_severity(self):
        ranks = {severity: rank for rank, (severity, _label) in enumerate(SEVERITIES)}
        for line in self:
            findings = line.finding_ids.filtered(
                lambda finding: finding.state == "open"
            )
            severities = findings.mapped("severity")
            line.finding_severity = max(severities, key=ranks.get, default=False)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.writeoff_id._check_on_save()
        return lines

    def write(self, vals):
        if not self._CHECKED_FIELDS & vals.keys():
            return super().write(vals)
        writeoffs = self.writeoff_id
        result = super().write(vals)
        (writeoffs | self.writeoff_id)._check_on_save()
        return result

    def unlink(self):
        writeoffs = self.writeoff_id
        result = super().unlink()
        writeoffs._check_on_save()
        return result

    def _get_finding_facts(self):
        """Return what a settled finding of the item depends on, whatever the check."""
        return [self._get_stock_key(), self.quantity_product_uom, self.reason_id.id]
