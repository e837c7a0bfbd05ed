"""Many certificates in one ZIP, named 种类_型号_出厂编号_证书号_有效期.pdf."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, send_file

from chassis.runtime import runtime

_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


def archive_of(rows: Sequence[Mapping[str, Any]]) -> Response:
    """rows: certificates as `queries.certificate` gives them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for row in rows:
            package.write(runtime().files.path(row["file"]), file_name(row))
    out.seek(0)
    return send_file(out, mimetype="application/zip", as_attachment=True, download_name="证书.zip", max_age=0)


def file_name(row: Mapping[str, Any]) -> str:
    s = row["snapshot"]
    parts = (
        s["kind_name"],
        s["model"],
        s["serial_no"],
        row["number"],
        str(row["valid_until"] or row["rotate_on"] or "长期"),
    )
    return "_".join(_UNSAFE.sub("-", part)[:40] for part in parts) + ".pdf"
