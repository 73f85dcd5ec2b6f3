from odoo import api, models


class InventoryWriteoffRegisterList(models.AbstractModel):
    """The register as a list on paper."""

    _name = "report.inventory_writeoff_reports.report_register"
    _description = "Printed Register of Write-Offs"

    @api.model
    def _get_report_values(self, docids, data=None):
        report = self.with_context(lang=self.env.user.lang)
        registers = report.env["inventory.writeoff.register"].browse(docids)
        registers.check_access("read")
        registers._check_can_print()
        table = report.env["inventory.writeoff.register.table"]
        rows = {register: list(table._iterate(register)) for register in registers}
        return {
            "doc_ids": registers.ids,
            "doc_model": registers._name,
            "docs": registers,
            "rows": rows,
            "totals": {
                register: {
                    name: sum(row[name] for row in rows[register])
                    for name in table._get_total_names()
                }
                for register in registers
            },
            "tie_outs": {register: register._get_tie_out() for register in registers},
        }
