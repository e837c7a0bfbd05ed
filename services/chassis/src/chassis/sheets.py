"""Reading a file of rows (.xlsx, .xls, .csv), batch by batch, through a process that may fail
(`chassis.sheet_reader`)."""

import marshal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.errors import WorkbookInvalid
from chassis.sheet_reader import TOO_MUCH, Line, delimiter

XLSX, XLS, TEXT = "xlsx", "xls", "csv"
_HEAD = 1 << 16


def known_as(path: Path) -> str | None:
    """Returns the kind of a file by its content: a workbook, an old workbook, a table as text, or none of these."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return XLSX
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return XLS
    text = _text(head)
    return (
        TEXT
        if text is not None and text.count(delimiter(first := text.lstrip().partition("\n")[0])) and first
        else None
    )


def _text(head: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(4):  # a character may be cut at the end of what was read
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                if len(head) < _HEAD:
                    break
                continue
            odd = sum(c < " " and c not in "\t\r\n" for c in text)
            return text if odd <= len(text) / 50 else None  # a stray one is an error of its cell
    return None


@contextmanager
def reading(path: Path) -> Iterator[Iterator[list[Line]]]:
    """The rows of the file that hold anything, in batches. Raises: WorkbookInvalid, saying what is wrong with it."""
    reader = subprocess.Popen(
        [sys.executable, "-m", "chassis.sheet_reader", str(path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={},  # nothing to be learned of our secrets by who finds a hole in the parser
    )  # fmt: skip
    try:
        yield _batches(reader)
    finally:
        reader.kill()
        reader.wait()
        if reader.stdout is not None:
            reader.stdout.close()


def _batches(reader: subprocess.Popen[bytes]) -> Iterator[list[Line]]:
    assert reader.stdout is not None
    while True:
        head = reader.stdout.read(4)
        size = struct.unpack("<I", head)[0] if len(head) == 4 else -1
        data = reader.stdout.read(max(0, size))
        if len(data) != size:  # it met its limits
            raise WorkbookInvalid(reason=TOO_MUCH)
        word, content = marshal.loads(data)  # noqa: S302 (of our own process)
        if word == "refused":
            raise WorkbookInvalid(reason=content)
        if word == "end":
            return
        yield content
