"""Downloads as Excel workbooks: a sheet of the data and one that describes it.

A workbook is complete only at its end, so it is written to a temporary file, row by row, and sent from there.
"""

from __future__ import annotations

import tempfile
from datetime import date
from typing import TYPE_CHECKING, Any

import xlsxwriter

from imr_archive.spreadsheets import fitting, safe_cell
from imr_archive.web.exports.about import CODEBOOK_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from imr_archive.web.exports.about import About

# A sheet has 1,048,576 rows; more than these nobody waits for.
MAX_ROWS = 200_000
_PIECE = 1 << 16
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTH, _WIDE = 18, 60


def workbook(title: str, header: Sequence[str], batches: Iterable[list[list[Any]]], about: About) -> Iterator[bytes]:
    """Yield a workbook with the rows of all batches on its first sheet and the description on its second."""
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, _OPTIONS) as book:
            bold = book.add_format({"bold": True})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet = book.add_worksheet(title)
            _begin(sheet, header, bold, widths=[_WIDTH] * len(header))
            number = 0
            for rows in batches:
                for row in rows:
                    number += 1
                    _write(sheet, number, row, day)
            # Without rows there would be nothing to filter.
            sheet.autofilter(0, 0, max(number, 1), max(len(header) - 1, 0))
            _describe(book.add_worksheet("About"), about, bold)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _begin(sheet: Worksheet, header: Sequence[str], bold: Format, widths: Sequence[int]) -> None:
    for column, (name, width) in enumerate(zip(header, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)


def _write(sheet: Worksheet, number: int, row: Sequence[Any], day: Format) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            if value:
                sheet.write_string(number, column, fitting(safe_cell(value)))
        elif isinstance(value, date):
            sheet.write_datetime(number, column, value, day)
        elif value is not None:
            sheet.write_number(number, column, value)


def _describe(sheet: Worksheet, about: About, bold: Format) -> None:
    _begin(sheet, ("term", "text", ""), bold, widths=[_WIDTH * 2, _WIDE, _WIDE])
    row = 1
    for term, words in about.facts:
        sheet.write_string(row, 0, term)
        sheet.write_string(row, 1, safe_cell(words))
        row += 1
    for each in (CODEBOOK_HEADER, *about.codebook):
        for column, words in enumerate(each):
            sheet.write_string(row + 1, column, words, *([bold] if each is CODEBOOK_HEADER else []))
        row += 1
