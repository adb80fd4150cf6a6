"""Writing rows to a file on disk as they come: an Excel workbook, or one of the two dialects of CSV."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from rempart.hub.common.clock import PARIS
from rempart.hub.common.spreadsheet import safe_cell
from rempart.hub.exports.models import Format
from rempart.hub.exports.sources.base import Cell

AMOUNT, DAY, MOMENT = "#,##0.00", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"


class Writer(Protocol):
    """Takes rows one by one, then closes its file."""

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one row."""

    def close(self) -> None:
        """Finish the file."""


def open_writer(format_: Format, path: Path, titles: Iterable[str], sheet: str) -> Writer:
    """Return the writer of a new file at `path`, its row of titles written."""
    heads = list(titles)
    if format_ is Format.XLSX:
        return XlsxWriter(path, heads, sheet)
    return CsvWriter(path, heads, french=format_ is Format.CSV_EXCEL)


class XlsxWriter:
    """A workbook of one sheet, streamed: titles in bold and frozen, a filter on each, real numbers and dates."""

    def __init__(self, path: Path, titles: list[str], sheet: str) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(title=sheet[:31])
        self._sheet.freeze_panes = "A2"
        for place, title in enumerate(titles, start=1):
            self._sheet.column_dimensions[get_column_letter(place)].width = min(60, max(12, len(title) + 4))
        self._rows = 1
        self._width = max(1, len(titles))
        self._sheet.append([self._title(title) for title in titles])

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one row."""
        self._sheet.append([self._cell(cell) for cell in cells])
        self._rows += 1

    def close(self) -> None:
        """Put the filter on and save."""
        self._sheet.auto_filter.ref = f"A1:{get_column_letter(self._width)}{self._rows}"
        self._book.save(self._path)

    def _title(self, title: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, value=safe_cell(title))
        cell.font = Font(bold=True)
        return cell

    def _cell(self, value: Cell) -> object:
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, datetime):
            return self._formatted(value.astimezone(PARIS).replace(tzinfo=None, microsecond=0), MOMENT)
        if isinstance(value, date):
            return self._formatted(value, DAY)
        if isinstance(value, Decimal):
            return self._formatted(value, AMOUNT)
        return safe_cell(value)

    def _formatted(self, value: Cell, shape: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, value=value)
        cell.number_format = shape
        return cell


class CsvWriter:
    """A CSV file in UTF-8. In French: byte order mark, semicolons, decimal comma, days as Excel reads them."""

    def __init__(self, path: Path, titles: list[str], *, french: bool) -> None:
        self._french = french
        self._file = path.open("w", encoding="utf-8-sig" if french else "utf-8", newline="")
        self._csv = csv.writer(self._file, delimiter=";" if french else ",")
        self._csv.writerow([safe_cell(title) for title in titles])

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one row."""
        self._csv.writerow([self._text(cell) for cell in cells])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _text(self, value: Cell) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, datetime):
            moment = value.astimezone(PARIS)
            return f"{moment:%d/%m/%Y %H:%M}" if self._french else moment.isoformat(timespec="seconds")
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}" if self._french else value.isoformat()
        if isinstance(value, Decimal):
            return f"{value:.2f}".replace(".", ",") if self._french else f"{value:.2f}"
        return str(safe_cell(value))
