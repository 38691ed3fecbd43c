"""Writing a table into a file, row by row, so that a table of any length needs no more memory than a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

# What one sheet and one cell of a workbook take (Excel's specifications and limits).
_ROWS = 1_048_576
_CHARACTERS = 32_767
_WIDEST = 60

# A telephone number begins like a formula, and is none.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().-]*$)")

Cell = str | int


class Table(Protocol):
    """A file that is being written; whole once the `with` block has ended."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def write(self, row: Sequence[Cell]) -> None:
        """Add a row; the first one names the columns."""


class CsvTable:
    """Values apart by commas, in UTF-8 with a mark that spreadsheets know it by.

    What a spreadsheet would take for a formula has an apostrophe in front: customers wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, row: Sequence[Cell]) -> None:
        """Add a row."""
        self._writer.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell, str) and _FORMULA.match(cell) is not None


class XlsxTable:
    """A workbook. What one sheet cannot hold goes on in another; a text beyond a cell's limit is cut."""

    def __init__(self, path: Path) -> None:
        # Rows go to the disk as they come.
        self._book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._plain = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._header: Sequence[Cell] = ()
        self._sheet: Worksheet | None = None
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def write(self, row: Sequence[Cell]) -> None:
        """Add a row."""
        if self._sheet is None:
            self._header = row
            self._begin()
            return
        if self._rows == _ROWS:
            self._begin()
        self._put(row, self._plain)

    def _begin(self) -> None:
        self._sheet, self._rows = self._book.add_worksheet(), 0
        for column, cell in enumerate(self._header):
            self._sheet.set_column(column, column, min(_WIDEST, max(14, 2 * len(str(cell)))))
        self._sheet.freeze_panes(1, 0)
        self._put(self._header, self._bold)

    def _put(self, row: Sequence[Cell], style: object) -> None:
        assert self._sheet is not None
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                self._sheet.write_number(self._rows, column, cell, style)
            else:
                self._sheet.write_string(self._rows, column, _fitting(cell), style)
        self._rows += 1


def _fitting(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"


TABLES: dict[str, type[CsvTable] | type[XlsxTable]] = {"csv": CsvTable, "xlsx": XlsxTable}
