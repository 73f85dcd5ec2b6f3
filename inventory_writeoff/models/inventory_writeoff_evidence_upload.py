import base64
import binascii
import hashlib

from odoo import fields, models
from odoo.exceptions import ValidationError

from ..evidence_file import KINDS, EvidenceFileError, check_file


class InventoryWriteoffEvidence(models.Model):
    """What a file must be to prove anything: whole, readable, of a sensible size."""

    _inherit = "inventory.writeoff.evidence"

    def _prepare_file_vals(self, vals):
        """Check the file and return what is recorded of it."""
        name, content = vals.get("name"), self._decode(vals)
        limit = self._get_limit(vals)
        try:
            mimetype = check_file(name, content)
        except EvidenceFileError as error:
            message = self._get_file_message(error.args[0], name)
            raise ValidationError(message) from error
        if len(content) > limit * 1024 * 1024:
            raise ValidationError(
                self.env._(
                    "%(file)s is %(size)s MB large, and %(limit)s MB is the limit. "
                    "Attach a smaller file.",
                    file=name,
                    size=f"{len(content) / 1024 / 1024:.1f}",
                    limit=limit,
                )
            )
        return {
            "mimetype": mimetype,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "uploader_id": self.env.uid,
            "uploaded_at": fields.Datetime.now(),
        }

    def _get_limit(self, vals):
        writeoff = self.env["inventory.writeoff"].browse(vals.get("writeoff_id"))
        # Requesters read their company, and settings of it are no secret.
        return (writeoff.company_id or self.env.company).sudo().writeoff_evidence_limit

    def _decode(self, vals):
        content = vals.get("file") or b""
        try:
            return base64.b64decode(content, validate=False)
        except (binascii.Error, ValueError, TypeError):
            return b""

    def _get_file_message(self, code, name):
        name = name or self.env._("The file")
        if code == "empty":
            return self.env._("%(file)s is empty. Attach the file again.", file=name)
        if code == "unknown":
            return self.env._(
                "%(file)s is of a kind that not everyone can read. Attach one of: "
                "%(kinds)s.",
                file=name,
                kinds=", ".join(sorted(KINDS)),
            )
        if code == "mismatch":
            return self.env._(
                "%(file)s is not what its name says: the content is of another kind. "
                "Attach the file under its right name.",
                file=name,
            )
        if code == "protected":
            return self.env._(
                "%(file)s is protected by a password, so nobody could read it later. "
                "Attach it without the password.",
                file=name,
            )
        return self.env._(
            "%(file)s is broken and cannot be opened. Attach the whole file.", file=name
        )

    def _check_only_once(self):
        """Refuse a file that the write-off has already."""
        groups = self.sudo()._read_group(
            [("writeoff_id", "in", self.writeoff_id.ids)],
            ["writeoff_id", "sha256"],
            ["id:recordset"],
            having=[("__count", ">", 1)],
        )
        for writeoff, _sha256, evidence in groups:
            raise ValidationError(
                self.env._(
                    "%(writeoff)s has this file already: %(files)s. Attach another "
                    "one.",
                    writeoff=writeoff.display_name,
                    files=(evidence & self or evidence)[:1].name,
                )
            )
