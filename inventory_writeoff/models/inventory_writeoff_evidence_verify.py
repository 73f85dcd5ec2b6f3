import hashlib

from odoo import models


class InventoryWriteoffEvidence(models.Model):
    """Whether the files are still those that were uploaded."""

    _inherit = "inventory.writeoff.evidence"

    def _find_altered(self):
        """Return {evidence: SHA-256 of the file as it is now, or None if it is gone}.

        Only of files that differ from what was recorded at the upload. Each is read
        from where Odoo keeps it: the filestore, or the database.
        """
        # Whoever verifies need not be allowed to read what theft is proved with.
        attachments = self.env["ir.attachment"].sudo()
        domain = [
            ("res_model", "=", self._name),
            ("res_field", "=", "file"),
            ("res_id", "in", self.ids),
        ]
        found = {}
        for attachment in attachments.search(domain):
            found[attachment.res_id] = self._hash_file(attachment)
        return {
            evidence: found.get(evidence.id)
            for evidence in self
            if found.get(evidence.id) != evidence.sha256
        }

    def _hash_file(self, attachment):
        content = attachment.raw
        # One file at a time stays in memory.
        attachment.invalidate_recordset(["raw"], flush=False)
        return content and hashlib.sha256(content).hexdigest() or None


class InventoryWriteoff(models.Model):
    _inherit = "inventory.writeoff"

    def _get_content_changes(self):
        """Look at the files themselves, too, not only at what is recorded of them."""
        changes = super()._get_content_changes()
        altered = self.sudo().evidence_ids._find_altered()
        for evidence in altered:
            writeoff = evidence.writeoff_id.with_env(self.env)
            sentence = self.env._(
                "Evidence (%(type)s): the file is not the one that was uploaded.",
                type=evidence.evidence_type_id.name,
            )
            changes.setdefault(writeoff, []).append(sentence)
        return changes
