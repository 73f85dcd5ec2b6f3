from odoo import fields, models


class InventoryWriteoffRetirementLine(models.Model):
    """A row of an asset's depreciation schedule, before and after the write-off."""

    _name = "inventory.writeoff.retirement.line"
    _description = "Depreciation Before and After a Write-Off"
    _order = "retirement_id, sequence, id"

    retirement_id = fields.Many2one(
        "inventory.writeoff.retirement", required=True, index=True, ondelete="cascade"
    )
    writeoff_id = fields.Many2one(
        related="retirement_id.writeoff_id", store=True, index=True
    )
    company_id = fields.Many2one(related="writeoff_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    asset_id = fields.Many2one(related="retirement_id.asset_id")
    sequence = fields.Integer()
    name = fields.Char("Depreciation")
    kind = fields.Selection(
        [("depreciate", "Depreciation"), ("remove", "Removal")], default="depreciate"
    )
    is_posted = fields.Boolean("Posted")
    # Of a line that the removal deletes nothing else is left.
    asset_line_ref = fields.Integer("Id of the Depreciation Line")
    date_before = fields.Date()
    amount_before = fields.Monetary("Before")
    days_before = fields.Integer()
    date_after = fields.Date()
    amount_after = fields.Monetary("After")
    days_after = fields.Integer()

    def _prepare_schedule(self, asset, date, cut, last):
        """Return the rows of an asset that is retired on a date.

        :param cut: the depreciation line that is cut short
        :param last: what is depreciated of it
        """
        waiting = self.env["inventory.writeoff.asset"]._get_waiting(asset)
        rows = []
        for line in asset.depreciation_line_ids.sorted("line_date"):
            if line.type != "depreciate":
                continue
            row = self._prepare_row(line, len(rows), line not in waiting)
            if line not in waiting:
                row.update(date_after=line.line_date, amount_after=line.amount)
            elif line == cut and last:
                before = fields.Date.subtract(date, days=1)
                row.update(date_after=before, amount_after=last)
            rows.append(row)
        residual = asset.value_residual - last
        return [*rows, self._prepare_removal(date, residual, len(rows))]

    def _prepare_row(self, line, sequence, is_posted):
        return {
            "sequence": sequence,
            "name": line.name,
            "is_posted": is_posted,
            "asset_line_ref": line.id,
            "date_before": line.line_date,
            "amount_before": line.amount,
            "days_before": line.line_days,
        }

    def _prepare_removal(self, date, amount, sequence):
        return {
            "sequence": sequence,
            "kind": "remove",
            "name": self.env._("Removal"),
            "date_after": date,
            "amount_after": amount,
        }

    def _prepare_schedule_back(self):
        """Return these rows the other way round."""
        return [
            {
                "sequence": row.sequence,
                "name": row.name,
                "kind": row.kind,
                "is_posted": row.is_posted,
                "date_before": row.date_after,
                "amount_before": row.amount_after,
                "days_before": row.days_after,
                "date_after": row.date_before,
                "amount_after": row.amount_before,
                "days_after": row.days_before,
            }
            for row in self
        ]
