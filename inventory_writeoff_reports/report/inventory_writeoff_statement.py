from odoo import api, fields, models

from odoo.addons.inventory_writeoff.models.inventory_writeoff import POSTED_STATES


class InventoryWriteoffStatement(models.AbstractModel):
    """Everything that there is about a write-off, on paper.

    Nobody reads here what they could not open: confidential evidence is counted, and
    the items of the entry are only for those who may read them.
    """

    _name = "report.inventory_writeoff_reports.report_statement"
    _description = "Statement of Write-Offs"

    @api.model
    def _get_report_values(self, docids, data=None):
        report = self.with_context(lang=self.env.user.lang)
        writeoffs = report.env["inventory.writeoff"].browse(docids)
        writeoffs.check_access("read")
        return {
            "doc_ids": writeoffs.ids,
            "doc_model": writeoffs._name,
            "docs": writeoffs,
            "facts": report._get_facts(writeoffs),
            "heads": report._get_heads(writeoffs),
            "printed_at": fields.Datetime.now(),
        }

    def _get_facts(self, writeoffs):
        """Return {write-off: what its statement shows apart from its own fields}."""
        approvals = self._group("inventory.writeoff.approval", writeoffs)
        evidence = self._group("inventory.writeoff.evidence", writeoffs)
        moves = self._group("stock.move", writeoffs, [("state", "!=", "cancel")])
        entries = self._get_entries(writeoffs)
        items = self._get_entry_items(writeoffs)
        return {
            writeoff: {
                "is_posted": writeoff.state in POSTED_STATES,
                "rows": self._get_rows(writeoff),
                "approvals": approvals.get(writeoff, ()),
                "evidence": evidence.get(writeoff, ()),
                "moves": moves.get(writeoff, ()),
                "entries": entries.get(writeoff, ()),
                "items": items.get(writeoff, ()),
            }
            for writeoff in writeoffs
        }

    def _group(self, model, writeoffs, domain=()):
        """Return {write-off: records that the user may read}."""
        domain = [("writeoff_id", "in", writeoffs.ids), *domain]
        if not self.env[model].has_access("read"):
            return {}
        return self.env[model].search(domain).grouped("writeoff_id")

    def _get_entries(self, writeoffs):
        # Everyone who reads a write-off is told the number and date of its entry.
        entries = self.env["account.move"].sudo()
        entries = entries.search([("writeoff_id", "in", writeoffs.ids)], order="id")
        return entries.grouped(lambda entry: entry.writeoff_id.with_env(self.env))

    def _get_entry_items(self, writeoffs):
        items = self.env["account.move.line"]
        if not items.has_access("read"):
            return {}
        domain = [("move_id.writeoff_id", "in", writeoffs.ids)]
        items = items.search(domain, order="move_id, id")
        return items.grouped(lambda item: item.move_id.writeoff_id)

    def _get_rows(self, writeoff):
        """Return the items with what each unit cost."""
        rows = []
        for line in writeoff.line_ids:
            is_posted = line._is_posted()
            value = line.value_posted if is_posted else line.value_estimated
            unit_cost = abs(value) / line.quantity if line.quantity else 0.0
            rows.append({"line": line, "value": value, "unit_cost": unit_cost})
        return rows

    def _get_heads(self, writeoffs):
        """Return {company: head of its log as it is now}."""
        seals = self.env["inventory.writeoff.seal"]
        return {
            company: seals._get_head_text(company) for company in writeoffs.company_id
        }
