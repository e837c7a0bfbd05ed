"""Workbooks that are made while the caller waits."""

import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from flask import Response, send_file

from chassis.files import XLSX
from registry.workbooks.plain import write_sheet


def sheet_response(download_name: str, sheet: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A workbook of one sheet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        write_sheet(path, sheet, headers, rows)
        content = io.BytesIO(path.read_bytes())
    response = send_file(content, mimetype=XLSX, as_attachment=True, download_name=download_name, max_age=0)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
