"""Whether an environment is what a service's settings ask for: all that is needed, and nothing that nobody reads."""

import dataclasses
from typing import Any

from service_apps import service

from chassis import settings

# Read by a library, not by a service's settings.
READ_ELSEWHERE = {"PROMETHEUS_MULTIPROC_DIR"}


def load(package: str, env: dict[str, str]) -> Any:
    """The settings of a service from `env`. Raises: SettingsError for what is missing or unreadable."""
    return settings.load(service(package).settings, env)


def unknown(package: str, names: set[str]) -> set[str]:
    """Names that neither the settings nor a library read."""
    fields = {field.name.upper() for field in dataclasses.fields(service(package).settings)}
    return names - fields - {f"{name}_FILE" for name in fields} - READ_ELSEWHERE
