from odoo import models

# No file names: they may tell what only senior finance and auditors may read.
EVIDENCE_FIELDS = (
    "evidence_type_id",
    "sha256",
    "size",
    "uploader_id",
    "uploaded_at",
    "supersedes_id",
)
DISPOSAL_FIELDS = (
    "state",
    "disposal_method_id",
    "disposed_on",
    "carrier_id",
    "weight",
    "witness_id",
    "certificate_id",
    "recorded_by_id",
    "recorded_at",
)


class InventoryWriteoffLogContent(models.AbstractModel):
    """Evidence and disposal are part of what the log keeps of a write-off."""

    _inherit = "inventory.writeoff.log.content"

    def _get_sections(self):
        done = [("state", "=", "done")]
        return {
            **super()._get_sections(),
            "inventory.writeoff.evidence": ("writeoff_id", EVIDENCE_FIELDS, []),
            "inventory.writeoff.disposal": ("writeoff_id", DISPOSAL_FIELDS, done),
        }
