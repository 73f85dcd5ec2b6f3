"""Reads a small table out of a CSV or XLSX file that somebody uploads.

Plain Python, no database. Nothing in the file is evaluated: formulas are refused,
not calculated.
"""

import csv
import io
import zipfile
from collections import namedtuple

import openpyxl

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_COLUMNS = 50

# Where a formula stands in the file instead of a value.
FORMULA = object()

# The number of a row as a spreadsheet shows it, and the values of its cells.
Row = namedtuple("Row", ["number", "cells"])


class TableFileError(Exception):
    """The file cannot be read; `args[0]` is a code that says why."""


def read_rows(content, max_rows):
    """Return the rows that are not empty, the header first.

    :param bytes content: the file, CSV (UTF-8; semicolons, commas or tabs) or XLSX
    :raise TableFileError: too_large, not_utf8, old_excel, broken, too_many
    """
    if len(content) > MAX_BYTES:
        raise TableFileError("too_large")
    if content.startswith(b"PK"):
        rows = _read_xlsx(content, max_rows)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableFileError("old_excel")
    else:
        rows = _read_csv(content)
    result = []
    for number, cells in enumerate(rows, start=1):
        if any(cell not in (None, "") for cell in cells):
            result.append(Row(number, cells))
        # The header is no item.
        if len(result) > max_rows + 1:
            raise TableFileError("too_many")
    return result


def _read_csv(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableFileError("not_utf8") from None
    if "\0" in text:
        raise TableFileError("not_utf8")
    header = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in lines:
            yield [cell.strip() for cell in cells[:MAX_COLUMNS]]
    except csv.Error:
        raise TableFileError("broken") from None


def _read_xlsx(content, max_rows):
    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        # Twice as many, for empty rows in between.
        rows = sheet.iter_rows(max_col=MAX_COLUMNS, max_row=2 * max_rows + 2)
        for cells in rows:
            yield [_get_cell_value(cell) for cell in cells]
    except TableFileError:
        raise
    except Exception:
        # A damaged file fails in any way, deep in the library.
        raise TableFileError("broken") from None


def _check_archive(content):
    """Refuse archives that unpack to a flood, or whose XML has entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise TableFileError("too_large")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(archive.read(part))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        raise TableFileError("broken") from None


def _check_xml(data):
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        if "<!DOCTYPE".encode(encoding) in data:
            raise TableFileError("broken")


def _get_cell_value(cell):
    if cell.data_type == "f":
        return FORMULA
    value = cell.value
    return value.strip() if isinstance(value, str) else value
