from odoo import models


class InventoryWriteoffVerification(models.AbstractModel):
    """Reads the files of evidence, where Odoo keeps them."""

    _inherit = "inventory.writeoff.verification"

    def _compare_batch(self, writeoffs):
        problems = super()._compare_batch(writeoffs)
        evidence = self.env["inventory.writeoff.evidence"].search(
            [("writeoff_id", "in", writeoffs.ids)]
        )
        return problems + [
            self._describe_altered(evidence, found)
            for evidence, found in evidence._find_altered().items()
        ]

    def _describe_altered(self, evidence, found):
        names = {
            "writeoff": evidence.writeoff_id.name,
            "type": evidence.evidence_type_id.name,
            "id": evidence.id,
        }
        if not found:
            return self.env._(
                "%(writeoff)s: the file of evidence %(id)s (%(type)s) is gone.", **names
            )
        return self.env._(
            "%(writeoff)s: the file of evidence %(id)s (%(type)s) is not the one that "
            "was uploaded.",
            **names,
        )
