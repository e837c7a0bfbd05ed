"""The parts that filing adds to its runtime: the client of the registry's claims."""

from typing import cast

from chassis.calls import ServiceClient
from chassis.runtime import Runtime
from filing.clients.registry import Claims, RegistryClaims
from filing.settings import Settings


def prepare(runtime: Runtime) -> None:
    settings = cast(Settings, runtime.settings)
    client = ServiceClient("registry", settings.registry_url, runtime.tokens)
    runtime.parts["claims"] = RegistryClaims(client)


def claims_of(runtime: Runtime) -> Claims:
    return cast(Claims, runtime.parts["claims"])
