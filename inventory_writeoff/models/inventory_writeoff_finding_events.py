from odoo import models


class InventoryWriteoffFinding(models.Model):
    _inherit = "inventory.writeoff.finding"

    def settle(self, justification):
        result = super().settle(justification)
        payloads = {
            writeoff: {
                "why": findings[0].justification,
                "findings": [finding._get_logged_facts() for finding in findings],
            }
            for writeoff, findings in self.grouped("writeoff_id").items()
        }
        self.env["inventory.writeoff.event"]._log("findings_settled", payloads)
        return result

    def _get_logged_facts(self):
        return {
            "id": self.id,
            "check": self.check_id.code,
            "severity": self.severity,
            "line": self.line_id.id or None,
            "message": self.message,
            "key": self.key,
        }
