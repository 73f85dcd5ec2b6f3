import re

from odoo import models
from odoo.exceptions import UserError

from ..table_file import FORMULA

# More digits than this and a float is no longer exact.
MAX_QUANTITY = 1e12


class InventoryWriteoffImportRows(models.AbstractModel):
    """Turns the rows of a file into items, or says what is wrong with each.

    What the columns name is looked up for all rows at once
    (`inventory.writeoff.import.lookup`).
    """

    _name = "inventory.writeoff.import.rows"
    _description = "Rows of an Import of Items"

    # One of each is needed; a lot or serial number says which product it is of.
    _REQUIRED = (("product", "lot"), ("quantity",))

    def _get_labels(self):
        """Return {column: its name in the file}, in the order of the template."""
        return {
            "product": self.env._("Product"),
            "lot": self.env._("Lot/Serial Number"),
            "package": self.env._("Package"),
            "location": self.env._("Location"),
            "owner": self.env._("Owner"),
            "quantity": self.env._("Quantity"),
            "unit": self.env._("Unit"),
            "reason": self.env._("Reason Code"),
            "disposal": self.env._("Disposal Code"),
            "note": self.env._("Note"),
        }

    def _read(self, writeoff, rows):
        """Return the values of the lines, and the errors by row in words."""
        columns = self._read_header(rows[0])
        items, errors = [], []
        for row in rows[1:]:
            texts, row_errors = self._read_texts(row, columns)
            errors += [(row.number, error) for error in row_errors]
            items.append((row.number, texts))
        lookup = self.env["inventory.writeoff.import.lookup"]
        found = lookup._find(writeoff, [texts for _number, texts in items])
        vals_list = []
        for number, texts in items:
            vals, row_errors = lookup._get_vals(writeoff, texts, found)
            quantity, error = self._read_quantity(texts.get("quantity"))
            row_errors += [error] if error else []
            errors += [(number, error) for error in row_errors]
            vals_list.append({**vals, "quantity": quantity})
        errors.sort(key=lambda error: error[0])
        sentences = [
            self.env._("Row %(number)s: %(error)s", number=number, error=error)
            for number, error in errors
        ]
        return vals_list, sentences

    def _read_header(self, header):
        """Return {position: column}; the names may be English or the user's."""
        names = {}
        for model in (self.with_context(lang="en_US"), self):
            for column, label in model._get_labels().items():
                names[label.casefold()] = names[column] = column
        columns, unknown = {}, []
        for position, cell in enumerate(header.cells):
            if cell in (None, ""):
                continue
            column = names.get(str(cell).casefold())
            if not column:
                unknown.append(str(cell))
            elif column in columns.values():
                raise UserError(
                    self.env._("The file has two columns %(name)s.", name=cell)
                )
            columns[position] = column
        self._check_header(columns, unknown)
        return columns

    def _check_header(self, columns, unknown):
        labels = self._get_labels()
        names = {"columns": ", ".join(labels.values())}
        if unknown:
            raise UserError(
                self.env._(
                    "The file has columns that are not known: %(unknown)s. The first "
                    "row must name the columns; possible are: %(columns)s.",
                    unknown=", ".join(unknown),
                    **names,
                )
            )
        missing = [
            labels[choice[0]]
            for choice in self._REQUIRED
            if not set(choice) & set(columns.values())
        ]
        if missing:
            raise UserError(
                self.env._(
                    "The file has no column %(missing)s. The first row must name the "
                    "columns; possible are: %(columns)s.",
                    missing=", ".join(missing),
                    **names,
                )
            )

    def _read_texts(self, row, columns):
        """Return {column: value} of the cells that are filled, and errors."""
        texts, errors = {}, []
        labels = self._get_labels()
        for position, cell in enumerate(row.cells):
            if cell in (None, ""):
                continue
            column = columns.get(position)
            if not column:
                errors.append(
                    self.env._("there is a value in a column without a name.")
                )
            elif cell is FORMULA:
                errors.append(
                    self.env._(
                        "%(column)s is a formula. Paste the value instead.",
                        column=labels[column],
                    )
                )
            elif column == "quantity":
                texts[column] = cell
            else:
                texts[column] = self._get_text(cell)
        return texts, errors

    def _get_text(self, cell):
        """Return a cell as text: a spreadsheet keeps reference 1001 as a number."""
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return str(cell)

    def _read_quantity(self, cell):
        """Return the quantity and no error, or 0 and the error."""
        if cell is None:
            return 0.0, self.env._("the quantity is missing.")
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            quantity = float(cell)
        else:
            quantity = self._parse_number(str(cell))
        if quantity is None or abs(quantity) > MAX_QUANTITY:
            return 0.0, self._get_number_message(cell)
        if quantity <= 0:
            return 0.0, self.env._(
                "the quantity %(quantity)s is not above zero.", quantity=cell
            )
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if abs(round(quantity, digits) - quantity) > 1e-9:
            return 0.0, self.env._(
                "the quantity %(quantity)s has more than %(digits)s decimals.",
                quantity=cell,
                digits=digits,
            )
        return quantity, None

    def _parse_number(self, text):
        """Return the number that a text is in the user's language, or None.

        Without separators of thousands: 1.500 is a different number in every second
        language, and this is about goods.
        """
        point = re.escape(self._get_decimal_point())
        if not re.fullmatch(rf"[+-]?[0-9]{{1,12}}(?:{point}[0-9]{{1,12}})?", text):
            return None
        return float(text.replace(self._get_decimal_point(), "."))

    def _get_decimal_point(self):
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return lang.decimal_point or "."

    def _get_number_message(self, cell):
        return self.env._(
            "“%(quantity)s” is not a number. Write numbers like %(example)s, without "
            "separators of thousands.",
            quantity=cell,
            example=f"1500{self._get_decimal_point()}5",
        )
