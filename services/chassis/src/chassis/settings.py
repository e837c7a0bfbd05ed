"""Settings: one frozen dataclass a service, read from the environment once, complete or not at all.

A field `database_url: str` is read from DATABASE_URL; a secret may come from a file named by DATABASE_URL_FILE.
A field without a default must be given: a missing one stops the start and all missing ones are named together.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class SettingsError(Exception):
    """The environment lacks a setting, or one cannot be read; the text names each."""


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """The settings of every service. A service adds its own fields in a subclass."""

    database_url: str
    bus_url: str
    contracts_dir: Path
    files_dir: Path
    service_key_file: Path
    service_public_keys_dir: Path
    public_url: str
    identity_url: str
    http_bind: str = "127.0.0.1:0"
    work_bind: str = "127.0.0.1:0"
    web_workers: int = 1
    web_threads: int = 8  # per web worker; the database pool is sized to it
    redelivery_seconds: int = 60  # after which pgmq hands out again what a dead consumer held; a broker does so at once
    log_level: str = "INFO"
    otlp_endpoint: str = ""  # where spans are sent (OTLP over HTTP, http://collector:4318); empty: none are made
    trace_percent: int = 100  # of the traces, chosen by their id


def load(cls: type[T], env: Mapping[str, str]) -> T:
    """Read `cls` (a dataclass) from `env`. Raises: SettingsError naming every missing or unreadable setting."""
    values: dict[str, object] = {}
    wrong: list[str] = []
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        name = field.name.upper()
        raw = _raw(env, name)
        if raw is None:
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                wrong.append(f"{name} is missing")
            continue
        try:
            values[field.name] = _convert(raw, hints[field.name])
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    if wrong:
        raise SettingsError("; ".join(wrong))
    return cls(**values)


def _raw(env: Mapping[str, str], name: str) -> str | None:
    if name in env:
        return env[name]
    if f"{name}_FILE" in env:
        return Path(env[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    return None


def _convert(raw: str, kind: object) -> object:
    if isinstance(kind, types.UnionType):
        kind = next(part for part in kind.__args__ if part is not type(None))
    if kind is bool:
        if raw.lower() in ("1", "true", "yes", "on"):
            return True
        if raw.lower() in ("0", "false", "no", "off", ""):
            return False
        raise ValueError("expected true or false")
    if kind is int:
        return int(raw)
    if kind is Path:
        return Path(raw)
    return raw
