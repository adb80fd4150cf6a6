"""Cells that people will open in a spreadsheet: a text is never taken for a formula, nor breaks the file."""

import re
from typing import TypeVar

Cell = TypeVar("Cell")

_FORMULA = re.compile(r"^[\s'\"]*[=+\-@\u2212\uff0b\uff0d\uff1d\uff20]")
"""What Excel, LibreOffice and Google Sheets read as the beginning of a formula, with their full-width twins."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 forbids: a workbook with one of them does not open."""
_LEADING = ("\t", "\r", "\n")


def safe_cell(value: Cell) -> Cell | str:
    """Return the value as a spreadsheet may hold it: numbers and dates as they are, texts that run nothing.

    A text that begins like a formula gets an apostrophe before it (OWASP, CSV injection); control characters go.
    """
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value)
    return f"'{text}" if text.startswith(_LEADING) or _FORMULA.match(text) else text
