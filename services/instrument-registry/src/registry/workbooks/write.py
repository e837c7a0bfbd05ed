"""Writing workbooks: an export in the layout of the import."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from registry.domain.fields import BY_HEADER, HEADERS, KIND_NAME_HEADER, QUANTITY_HEADER


class ExportWriter:
    """An export row by row, in constant memory, in the layout of the import."""

    def __init__(self, path: Path, kind_names: Mapping[str, str]) -> None:
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._sheet = self._book.add_worksheet("仪器")
        self._names = kind_names
        self._row = 1
        head = self._book.add_format({"bold": True})
        for index, header in enumerate(HEADERS):
            self._sheet.write_string(0, index, header, head)

    def write(self, instrument: Mapping[str, Any]) -> None:
        for index, header in enumerate(HEADERS):
            self._sheet.write_string(self._row, index, self._cell(header, instrument))
        self._row += 1

    def close(self) -> None:
        self._book.close()

    def _cell(self, header: str, instrument: Mapping[str, Any]) -> str:
        """Always text, so that nothing is ever run as a formula."""
        if header == KIND_NAME_HEADER:
            return self._names.get(instrument["kind_code"], "")
        if header == QUANTITY_HEADER:
            return "1"
        field = BY_HEADER[header]
        value = instrument[field.key]
        if field.options:
            return dict(field.options).get(value, "")
        return "" if value is None else str(value)
