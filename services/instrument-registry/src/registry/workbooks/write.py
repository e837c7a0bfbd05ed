"""Writing workbooks: an export in the layout of the import."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.domain.fields import BY_HEADER, KIND_NAME_HEADER, QUANTITY_HEADER


def export_columns(headers: Sequence[str], kind_names: Mapping[str, str]) -> list[tuple[str, Callable[[Any], str]]]:
    """Of each header the key of an instrument, and how its value is written so that the import reads it again. Made once
    an export: a hundred thousand rows have over two million cells."""
    return [_export_column(header, kind_names) for header in headers]


def _export_column(header: str, kind_names: Mapping[str, str]) -> tuple[str, Callable[[Any], str]]:
    if header == KIND_NAME_HEADER:
        return "kind_code", lambda code: kind_names.get(code, "")
    if header == QUANTITY_HEADER:
        return "kind_code", lambda _code: "1"
    field = BY_HEADER[header]
    if field.options:
        labels: dict[str | None, str] = {None: "", **dict(field.options)}
        return field.key, lambda value: labels.get(value, "")
    return field.key, str if field.required else lambda value: "" if value is None else str(value)
