from odoo import models


class InventoryWriteoffEvidence(models.Model):
    """The files as Odoo keeps them, in the file store or in the database."""

    _inherit = "inventory.writeoff.evidence"

    def _get_stored_files(self):
        """Return {evidence id: attachment}, for records that the user may read."""
        self.check_access("read")
        # The right to the evidence is the right to its file.
        attachments = self.env["ir.attachment"].sudo()
        attachments = attachments.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "in", self.ids),
            ]
        )
        return {attachment.res_id: attachment for attachment in attachments}

    def _read_stored_file(self, attachments):
        """Return the content of the file, or None if it is gone."""
        self.ensure_one()
        attachment = attachments.get(self.id)
        if not attachment:
            return None
        content = attachment.raw
        # One file at a time stays in memory.
        attachment.invalidate_recordset(["raw"], flush=False)
        return content or None
