from collections import namedtuple

from odoo import fields, models

CHUNK = 2000
# kind: text, date, datetime, quantity, cost or money
Column = namedtuple("Column", ["name", "label", "kind", "width"])


class InventoryWriteoffRegisterTable(models.AbstractModel):
    """The rows of a register, read in chunks, so that any number of them fits."""

    _name = "inventory.writeoff.register.table"
    _description = "Rows of the Register of Write-Offs"

    def _get_columns(self):
        return [
            Column("writeoff", self.env._("Number"), "text", 15),
            Column("state", self.env._("Status"), "text", 14),
            Column("date", self.env._("Accounting Date"), "date", 12),
            Column("reversal_of", self.env._("Reverses"), "text", 15),
            Column("reason", self.env._("Reason"), "text", 20),
            Column("kind", self.env._("Kind"), "text", 14),
            Column("product", self.env._("Product"), "text", 34),
            Column("category", self.env._("Product Category"), "text", 24),
            Column("lot", self.env._("Lot/Serial Number"), "text", 16),
            Column("quantity", self.env._("Quantity"), "quantity", 11),
            Column("unit", self.env._("Unit"), "text", 9),
            Column("unit_cost", self.env._("Unit Cost"), "cost", 12),
            Column("cost_basis", self.env._("Cost Basis"), "text", 24),
            Column("value_estimated", self.env._("Estimated Value"), "money", 15),
            Column("value_posted", self.env._("Posted Value"), "money", 15),
            Column("value_reversed", self.env._("Value Reversed"), "money", 15),
            Column("value_net", self.env._("Net Value"), "money", 15),
            Column("disposal", self.env._("Disposal Method"), "text", 20),
            Column("supplier", self.env._("Supplier"), "text", 22),
            Column("location", self.env._("Location"), "text", 22),
            Column("requester", self.env._("Requester"), "text", 18),
            Column("submitted_at", self.env._("Submitted On"), "datetime", 17),
            Column("approvals", self.env._("Approvals"), "text", 34),
            Column("decided_at", self.env._("Decided On"), "datetime", 17),
            Column("poster", self.env._("Posted By"), "text", 18),
            Column("posted_at", self.env._("Posted On"), "datetime", 17),
            Column("entry", self.env._("Journal Entry"), "text", 20),
        ]

    def _get_total_names(self):
        """Return the columns that are added up."""
        return ["value_estimated", "value_posted", "value_reversed", "value_net"]

    def _iterate(self, register):
        """Yield the values of one row after the other, by name of column."""
        analysis = register._get_analysis()
        ids = analysis.search(register._get_domain(), order="date, id").ids
        for start in range(0, len(ids), CHUNK):
            rows = analysis.browse(ids[start : start + CHUNK])
            yield from self._get_rows(rows)
            # What was read is not needed again, and there may be 100,000 of them.
            self.env.invalidate_all()

    def _get_rows(self, rows):
        approvals = self._get_approvals(rows.writeoff_id)
        entries = self._get_entry_names(rows.writeoff_id)
        labels = {
            name: dict(rows._fields[name]._description_selection(self.env))
            for name in ("state", "kind", "cost_basis")
        }
        return [
            {
                **self._get_values(row),
                **{name: labels[name].get(row[name], "") for name in labels},
                "approvals": approvals.get(row.writeoff_id, ""),
                "entry": entries.get(row.writeoff_id.id, ""),
            }
            for row in rows
        ]

    def _get_values(self, row):
        value = row.value_net if row.date else row.value_estimated
        return {
            "writeoff": row.writeoff_id.display_name,
            "date": row.date,
            "reversal_of": row.writeoff_id.reversal_of_id.display_name or "",
            "reason": row.reason_id.display_name or "",
            "product": row.product_id.display_name,
            "category": row.product_category_id.display_name or "",
            "lot": row.lot_id.display_name or "",
            "quantity": row.quantity,
            "unit": row.uom_id.display_name or "",
            "unit_cost": abs(value / row.quantity) if row.quantity else 0.0,
            "value_estimated": row.value_estimated,
            "value_posted": row.value_posted,
            "value_reversed": row.value_reversed,
            "value_net": row.value_net,
            "disposal": row.disposal_method_id.display_name or "",
            "supplier": self._get_name(row.supplier_id),
            "location": row.location_id.display_name or "",
            "requester": self._get_name(row.requester_id),
            "submitted_at": self._to_local(row.submitted_at),
            "decided_at": self._to_local(row.decided_at),
            "poster": self._get_name(row.poster_id),
            "posted_at": self._to_local(row.posted_at),
        }

    def _get_name(self, record):
        # Names of people stand on the write-off for everyone who reads it.
        return record.sudo().display_name or ""

    def _to_local(self, moment):
        """Return a moment as the user's clock showed it, as Excel knows no zones."""
        if not moment:
            return None
        return fields.Datetime.context_timestamp(self, moment).replace(tzinfo=None)

    def _get_approvals(self, writeoffs):
        """Return {write-off: who gave its approvals}."""
        approvals = self.env["inventory.writeoff.approval"]
        steps = approvals.search(
            [("writeoff_id", "in", writeoffs.ids), ("state", "=", "approved")]
        )
        return {
            writeoff: ", ".join(
                f"{step.name}: {self._get_name(step.decided_by_id)}"
                for step in group.sorted("step")
                if step.round == writeoff.approval_round
            )
            for writeoff, group in steps.grouped("writeoff_id").items()
        }

    def _get_entry_names(self, writeoffs):
        # Everyone who reads a write-off is told the number of its entry.
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [("writeoff_id", "in", writeoffs.ids), ("state", "=", "posted")],
                ["writeoff_id"],
                ["name:array_agg"],
            )
        )
        return {writeoff.id: ", ".join(sorted(names)) for writeoff, names in groups}
