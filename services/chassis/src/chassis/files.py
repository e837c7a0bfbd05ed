"""Files that people send and jobs make: kept outside the web root under random names, known by their content."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from chassis.errors import NotFound, TooLarge, Unsupported

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"PK\x03\x04", "application/zip"),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 1 << 16


@dataclass(frozen=True)
class Stored:
    """A file in the store. `name` is random, `size` in bytes, `kind` its content type as sniffed."""

    name: str
    size: int
    sha256: str
    kind: str


class Expected(NamedTuple):
    """The accepted files, in the user's words."""

    zh: str
    en: str


DOCUMENTS = Expected("请上传 PDF、JPEG 或 PNG 文件（按内容识别）。", "Upload a PDF, JPEG or PNG.")


class FileStore:
    """A folder of files under random names; an object store takes its place behind the same four functions."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, stream: IO[bytes], *, limit: int, kinds: tuple[str, ...], expected: Expected) -> Stored:
        """Keep what `stream` holds. limit: [bytes]. kinds: content types that are taken; `expected` says so to the
        user. Raises: TooLarge, Unsupported; nothing is kept then."""
        name = self.new_name()
        path = self.path(name)
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            with path.open("wb") as out:
                while chunk := stream.read(CHUNK):
                    head = head or chunk[:16]
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge(limit=f"{limit // (1 << 20)} MB")
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            kind = sniff(head)
            if kind not in kinds:
                raise Unsupported(expected=expected.zh, expected_en=expected.en)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Stored(name, size, digest.hexdigest(), kind)

    def new_name(self) -> str:
        return secrets.token_hex(16)

    def path(self, name: str) -> Path:
        """Returns the path of a file, which need not exist yet. Raises: NotFound for a name that is not ours."""
        if len(name) != 32 or not all(c in "0123456789abcdef" for c in name):
            raise NotFound
        folder = self._folder / name[:2]
        folder.mkdir(exist_ok=True)
        return folder / name

    def delete(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)


def sniff(head: bytes) -> str:
    """The content type that the first bytes tell, or application/octet-stream."""
    return next((kind for start, kind in _SIGNATURES if head.startswith(start)), "application/octet-stream")
