import xlsxwriter

from odoo import fields, models
from odoo.tools import format_date

# Rows of title and headings; they stay in sight.
HEAD_ROW = 2


class InventoryWriteoffRegisterXlsx(models.AbstractModel):
    """Writes a register as a spreadsheet with real numbers, dates and totals.

    Rows go to disk as they are written; text is never taken for a formula.
    """

    _name = "inventory.writeoff.register.xlsx"
    _description = "Spreadsheet of the Register of Write-Offs"

    def _write(self, register, file):
        """Write the register to a file that is open for bytes."""
        options = {"constant_memory": True, "strings_to_formulas": False}
        with xlsxwriter.Workbook(file, options) as book:
            formats = self._add_formats(book, register.currency_id)
            book.set_properties({"title": register.display_name})
            totals = self._write_items(book, formats, register)
            self._write_summary(book, formats, register, totals)

    def _add_formats(self, book, currency):
        decimals = "0" * currency.decimal_places
        money = f"#,##0.{decimals}" if decimals else "#,##0"
        return {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format(
                {"bold": True, "bottom": 2, "bg_color": "#E9ECEF", "text_wrap": True}
            ),
            "bold": book.add_format({"bold": True, "top": 2}),
            "total": book.add_format({"bold": True, "top": 2, "num_format": money}),
            "text": book.add_format(),
            "money": book.add_format({"num_format": money}),
            "cost": book.add_format({"num_format": "#,##0.0000"}),
            "quantity": book.add_format({"num_format": "#,##0.###"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            "datetime": book.add_format(
                {"num_format": "yyyy-mm-dd hh:mm", "align": "left"}
            ),
        }

    def _write_items(self, book, formats, register):
        """Write a row for each item, and return the totals by column."""
        table = self.env["inventory.writeoff.register.table"]
        columns = table._get_columns()
        sheet = self._add_sheet(book, self.env._("Items"), columns)
        sheet.write_string(0, 0, self._get_heading(register), formats["title"])
        for index, column in enumerate(columns):
            sheet.write_string(HEAD_ROW, index, column.label, formats["head"])
        sheet.freeze_panes(HEAD_ROW + 1, 1)
        totals = dict.fromkeys(table._get_total_names(), 0.0)
        last = HEAD_ROW
        for last, row in enumerate(table._iterate(register), start=HEAD_ROW + 1):
            self._write_row(sheet, last, columns, row, formats)
            for name in totals:
                totals[name] += row[name]
        sheet.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
        totals = {
            name: register.currency_id.round(total) for name, total in totals.items()
        }
        self._write_totals(sheet, last, columns, totals, formats)
        return totals

    def _add_sheet(self, book, name, columns):
        sheet = book.add_worksheet(name[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_footer("&L&F&R&P / &N")
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
        return sheet

    def _write_row(self, sheet, number, columns, row, formats):
        for index, column in enumerate(columns):
            value, style = row[column.name], formats[column.kind]
            if column.kind == "text":
                sheet.write_string(number, index, value, style)
            elif column.kind in ("date", "datetime"):
                if value:
                    sheet.write_datetime(number, index, value, style)
            else:
                sheet.write_number(number, index, value, style)

    def _write_totals(self, sheet, last, columns, totals, formats):
        """Write sums of what the filter shows, with what they are of everything."""
        sheet.write_string(last + 1, 0, self.env._("Total"), formats["bold"])
        for index, column in enumerate(columns):
            if column.name not in totals:
                continue
            first_cell = xlsxwriter.utility.xl_rowcol_to_cell(HEAD_ROW + 1, index)
            last_cell = xlsxwriter.utility.xl_rowcol_to_cell(
                max(last, HEAD_ROW + 1), index
            )
            total = totals[column.name]
            if last == HEAD_ROW:
                sheet.write_number(last + 1, index, total, formats["total"])
                continue
            formula = f"=SUBTOTAL(109,{first_cell}:{last_cell})"
            sheet.write_formula(last + 1, index, formula, formats["total"], total)

    def _get_heading(self, register):
        return f"{register.company_id.display_name}: {register.display_name}"

    def _write_summary(self, book, formats, register, totals):
        """Write what was chosen, the totals, and what the ledger says."""
        sheet = book.add_worksheet(self.env._("Summary")[:31])
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, 40)
        rows = [*self._get_choices(register), *self._get_sums(register, totals)]
        sheet.write_string(0, 0, self._get_heading(register), formats["title"])
        for number, (label, value) in enumerate(rows, start=2):
            sheet.write_string(number, 0, label)
            if isinstance(value, str):
                sheet.write_string(number, 1, value)
            else:
                sheet.write_number(number, 1, value, formats["money"])

    def _get_choices(self, register):
        scopes = dict(register._fields["scope"]._description_selection(self.env))
        reasons = ", ".join(register.reason_ids.mapped("display_name"))
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        seals = self.env["inventory.writeoff.seal"]
        return [
            (self.env._("From"), format_date(self.env, register.date_from)),
            (self.env._("To"), format_date(self.env, register.date_to)),
            (self.env._("Write-Offs"), scopes[register.scope]),
            (self.env._("Reasons"), reasons or self.env._("All")),
            (self.env._("Currency"), register.currency_id.name),
            (self.env._("Made By"), self.env.user.name),
            (self.env._("Made On"), now.strftime("%Y-%m-%d %H:%M")),
            (self.env._("Head of the Log"), seals._get_head_text(register.company_id)),
        ]

    def _get_sums(self, register, totals):
        sums = [
            (self.env._("Estimated Value"), totals["value_estimated"]),
            (self.env._("Posted Value"), totals["value_posted"]),
            (self.env._("Value Reversed"), totals["value_reversed"]),
            (self.env._("Net Value"), totals["value_net"]),
        ]
        if tie_out := register._get_tie_out():
            sums += [
                (
                    tie_out._fields["moved"]._description_string(self.env),
                    tie_out.moved,
                ),
                (self.env._("Ledger"), tie_out.booked),
                (self.env._("Difference"), tie_out.difference),
            ]
        return sums
