from odoo import api, models
from odoo.exceptions import UserError

from ..writer import as_writer, is_writer

DOCUMENT = "inventory.writeoff"
EVIDENCE = "inventory.writeoff.evidence"


class IrAttachment(models.Model):
    """Files of write-offs stay as they are once someone has relied on them."""

    _inherit = "ir.attachment"

    # What a file is and where it belongs; tokens and indexes stay open to Odoo.
    _WRITEOFF_FIELDS = {
        "checksum",
        "datas",
        "db_datas",
        "file_size",
        "mimetype",
        "name",
        "public",
        "raw",
        "res_field",
        "res_id",
        "res_model",
        "store_fname",
        "type",
        "url",
    }

    @api.model_create_multi
    def create(self, vals_list):
        self._check_writeoff_target(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if self._WRITEOFF_FIELDS & vals.keys():
            self._check_writeoff_guard()
            self._check_writeoff_target([vals])
        return super().write(vals)

    def unlink(self):
        self._check_writeoff_guard()
        return super().unlink()

    def _migrate(self):
        """Move files to another storage as they are: photos are not shrunk."""
        ours = self.filtered(lambda attachment: attachment.res_model == EVIDENCE)
        writer = as_writer(ours).with_context(image_no_postprocess=True)
        super(IrAttachment, writer)._migrate()
        return super(IrAttachment, self - ours)._migrate()

    def _check_writeoff_target(self, vals_list):
        """Refuse files put in the place of evidence, whose digest they would not have.

        Evidence makes its attachment itself.
        """
        if is_writer(self.env):
            return
        default = self.env.context.get("default_res_model")
        if any(vals.get("res_model", default) == EVIDENCE for vals in vals_list):
            raise UserError(
                self.env._(
                    "A file of evidence is added under Evidence on its write-off, not "
                    "as an attachment."
                )
            )

    def _check_writeoff_guard(self):
        """Refuse to change files that a write-off was submitted with."""
        if is_writer(self.env):
            return
        frozen = self._filter_writeoff_frozen()
        if frozen:
            raise UserError(
                self.env._(
                    "%(files)s: files of a write-off stay as they are once it was "
                    "submitted with them. Add the right file to the write-off; "
                    "evidence can be superseded there.",
                    files=", ".join(frozen.mapped("name")),
                )
            )

    def _filter_writeoff_frozen(self):
        # What belongs to a write-off is refused to who may not read it, too.
        files = self.sudo()
        frozen = files.filtered(lambda attachment: attachment.res_model == EVIDENCE)
        others = files.filtered(lambda attachment: attachment.res_model == DOCUMENT)
        if others:
            writeoffs = self.env[DOCUMENT].sudo().browse(others.mapped("res_id"))
            existing = {writeoff.id: writeoff for writeoff in writeoffs.exists()}
            frozen += others.filtered(
                lambda attachment: (
                    attachment.res_id in existing
                    and existing[attachment.res_id]._is_submitted_with(
                        attachment.create_date
                    )
                )
            )
        return frozen
