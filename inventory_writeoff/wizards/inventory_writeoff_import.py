import base64
import binascii
import io

import openpyxl
from openpyxl.styles import Font

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..table_file import MAX_BYTES, TableFileError, read_rows

MAX_ROWS = 20_000
# So many wrong rows are named; a file with more is wrong as a whole.
MAX_ERRORS = 1_000
TEXT_FORMAT = "@"


class InventoryWriteoffImport(models.TransientModel):
    """Adds the rows of a CSV or XLSX file to a draft: all of them, or none.

    Whatever is wrong in the file is said at once, row by row.
    """

    _name = "inventory.writeoff.import"
    _description = "Import Items"

    writeoff_id = fields.Many2one(
        "inventory.writeoff", "Write-Off", required=True, readonly=True
    )
    file = fields.Binary(attachment=False, help="CSV in UTF-8, or XLSX; up to 10 MB.")
    filename = fields.Char()
    template = fields.Binary(compute="_compute_template")
    error_count = fields.Integer("Number of Errors", readonly=True)
    errors = fields.Text(readonly=True)

    def _compute_template(self):
        for wizard in self:
            wizard.template = wizard._make_template()

    def action_download_template(self):
        self.ensure_one()
        name = self.env._("write-off-items.xlsx")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template"
            f"?download=true&filename={name}",
            "target": "download",
        }

    def action_import(self):
        """Add the items; with errors, add nothing and show them."""
        self.ensure_one()
        self.writeoff_id._check_can_add_items()
        rows = self._read_file()
        vals_list, errors = self.env["inventory.writeoff.import.rows"]._read(
            self.writeoff_id, rows
        )
        if errors:
            return self._show_errors(errors)
        self.env["inventory.writeoff.line"].create(vals_list)
        return {"type": "ir.actions.act_window_close"}

    def _show_errors(self, errors):
        shown = errors[:MAX_ERRORS]
        if len(errors) > MAX_ERRORS:
            more = len(errors) - MAX_ERRORS
            shown.append(self.env._("… and %(count)s more errors.", count=more))
        self.write({"errors": "\n".join(shown), "error_count": len(errors)})
        return {
            "name": self.env._("Import Items"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _read_file(self):
        if not self.file:
            raise UserError(self.env._("Choose the file to import."))
        # Four characters carry three bytes; a giant is not even decoded.
        if len(self.file) > MAX_BYTES * 4 / 3 + 4:
            raise UserError(self._get_file_message("too_large"))
        try:
            content = base64.b64decode(self.file)
            rows = read_rows(content, MAX_ROWS)
        except (TableFileError, binascii.Error) as error:
            code = error.args[0] if isinstance(error, TableFileError) else "broken"
            raise UserError(self._get_file_message(code)) from None
        if len(rows) < 2:
            raise UserError(self._get_file_message("empty"))
        return rows

    def _get_file_message(self, code):
        messages = {
            "too_large": self.env._(
                "The file is too large: 10 MB is the most, 100 MB unpacked. Split it "
                "into several files."
            ),
            "too_many": self.env._(
                "The file has more than %(limit)s rows. Split it into several files.",
                limit=MAX_ROWS,
            ),
            "not_utf8": self.env._(
                "This is neither an XLSX file nor a CSV file in UTF-8. In your "
                "spreadsheet program, save it as XLSX or as “CSV UTF-8”."
            ),
            "old_excel": self.env._(
                "This is an Excel file of the old kind (XLS) or one with a password. "
                "Save it as XLSX without a password."
            ),
            "broken": self.env._(
                "The file is damaged and cannot be read. Open it in your spreadsheet "
                "program and save it again as XLSX or CSV."
            ),
            "empty": self.env._(
                "The file has no items: it needs a row with the names of the columns "
                "and at least one row below it. Download the template to see which."
            ),
        }
        return messages[code]

    @api.model
    def _make_template(self):
        """Return an XLSX file with the names of the columns and nothing else."""
        labels = self.env["inventory.writeoff.import.rows"]._get_labels()
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = self.env._("Items")
        sheet.append(list(labels.values()))
        for index, column in enumerate(labels, start=1):
            sheet.cell(1, index).font = Font(bold=True)
            dimension = sheet.column_dimensions[openpyxl.utils.get_column_letter(index)]
            dimension.width = 22
            if column != "quantity":
                # Or a spreadsheet turns lot 0012 into the number 12.
                dimension.number_format = TEXT_FORMAT
        stream = io.BytesIO()
        book.save(stream)
        return base64.b64encode(stream.getvalue())
