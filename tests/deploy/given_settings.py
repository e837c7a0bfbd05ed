"""Checks an environment against a service's settings: nothing is missing, and nothing is unused."""

import dataclasses
from typing import Any

from service_apps import service

from chassis import settings

# Read by a library, not by a service's settings.
READ_ELSEWHERE = {"PROMETHEUS_MULTIPROC_DIR"}


def load(package: str, env: dict[str, str]) -> Any:
    """Loads the settings of a service from `env`. Raises SettingsError if one is missing or unreadable."""
    return settings.load(service(package).settings, env)


def unknown(package: str, names: set[str]) -> set[str]:
    """Returns names that neither the settings nor a library read."""
    fields = {field.name.upper() for field in dataclasses.fields(service(package).settings)}
    return names - fields - {f"{name}_FILE" for name in fields} - READ_ELSEWHERE
