"""The file store: by content, within limits, under names of its own."""

import io
from pathlib import Path

import pytest

from chassis.errors import NotFound, TooLarge, Unsupported
from chassis.files import DOCUMENTS, FileStore, sniff

PDF = b"%PDF-1.7\n..."
PNG = b"\x89PNG\r\n\x1a\n..."


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "store")


def kept(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "store").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (PNG, "image/png"),
        (b"PK\x03\x04", "application/zip"),
        (b"", "application/octet-stream"),
        (b" %PDF-", "application/octet-stream"),
        (b"<html>%PDF-", "application/octet-stream"),
        (b"MZ\x90", "application/octet-stream"),
        (b"\x89PNG", "application/octet-stream"),
    ],
)
def test_the_first_bytes_tell_the_kind(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


def test_a_file_is_kept_as_it_came(store: FileStore) -> None:
    body = PDF + b"x" * 200_000
    stored = store.save(io.BytesIO(body), limit=1 << 20, kinds=("application/pdf",), expected=DOCUMENTS)
    assert store.path(stored.name).read_bytes() == body
    assert (stored.size, stored.kind) == (len(body), "application/pdf")
    assert len(stored.sha256) == 64
    store.delete(stored.name)
    store.delete(stored.name)
    assert not store.path(stored.name).exists()


def test_nothing_is_kept_of_what_is_refused(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        store.save(io.BytesIO(PDF + b"x" * (1 << 20)), limit=1 << 20, kinds=("application/pdf",), expected=DOCUMENTS)
    with pytest.raises(Unsupported):
        store.save(io.BytesIO(PNG), limit=1 << 20, kinds=("application/pdf",), expected=DOCUMENTS)
    with pytest.raises(Unsupported):
        store.save(io.BytesIO(b""), limit=1 << 20, kinds=("application/pdf",), expected=DOCUMENTS)
    assert kept(tmp_path) == []


def test_a_file_of_just_the_limit_is_taken(store: FileStore) -> None:
    assert store.save(io.BytesIO(PDF), limit=len(PDF), kinds=("application/pdf",), expected=DOCUMENTS).size == len(PDF)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 31, "A" * 32, "/" * 32, "." * 32, "g" * 32])
def test_a_name_that_is_not_ours_is_not_found(store: FileStore, name: str) -> None:
    with pytest.raises(NotFound):
        store.path(name)
