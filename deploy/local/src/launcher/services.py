"""The processes of the five services and the sandbox, with the environment of each."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from launcher.generated import Secrets
from launcher.paths import CONTRACTS, ROOT
from launcher.probes import http_ok, port_open
from launcher.processes import Program

SERVICES = ("identity", "registry", "filing", "booking", "notification")
APPS = ("WEBSITE", "OFFICIAL", "MINIPROGRAM")
# Settings of the launcher and of tests. No service may see them, because each knows only its own
# database.
HIDDEN = (
    "DATABASE_URL",
    "BUS",
    "TEST_",
    "MAKE",
    "MFLAGS",
    "RUN_DIR",
    "TIER",
    "HIDE",
    "PORT_RANGE",
    "PYTEST_",
    "LAUNCHER_",
    "PYTHONDONTWRITEBYTECODE",  # compiled files make the second start much faster
)


@dataclass(frozen=True)
class Wiring:
    """Addresses and secrets that are known when the servers run."""

    run_dir: Path
    database_urls: Mapping[str, str]
    bus_url: str
    public_url: str
    sandbox_port: int
    http_ports: Mapping[str, int]
    work_ports: Mapping[str, int]
    secrets: Secrets
    inherited: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"


def environment(service: str, wiring: Wiring) -> dict[str, str]:
    private_keys, public_keys = wiring.secrets.key_pairs(list(SERVICES))
    files = wiring.run_dir / "files" / service
    files.mkdir(parents=True, exist_ok=True)
    env = _inherited(wiring) | {
        "DATABASE_URL": wiring.database_urls[service],
        "BUS_URL": wiring.bus_url,
        "CONTRACTS_DIR": str(CONTRACTS),
        "FILES_DIR": str(files),
        "SERVICE_KEY_FILE": str(private_keys / f"{service}.pem"),
        "SERVICE_PUBLIC_KEYS_DIR": str(public_keys),
        "PUBLIC_URL": wiring.public_url,
        "HTTP_BIND": f"127.0.0.1:{wiring.http_ports[service]}",
        "WORK_BIND": f"127.0.0.1:{wiring.work_ports[service]}",
        **{f"{name.upper()}_URL": f"http://127.0.0.1:{wiring.http_ports[name]}" for name in SERVICES},
    }
    if service == "identity":
        env["TOKEN_KEYS_DIR"] = str(wiring.secrets.token_keys())
    if service in ("identity", "notification"):
        base = wiring.sandbox_url
        env |= _outside_secrets(wiring.secrets) | {
            "SMS_URL": base,
            "WECHAT_API_URL": base,
            "WECHAT_OPEN_URL": base,
            "WECHAT_MP_URL": base,
        }
    if service == "notification":
        env |= _callback_secrets(wiring.secrets)
    return env


def sandbox_environment(wiring: Wiring) -> dict[str, str]:
    return (
        _inherited(wiring)
        | _outside_secrets(wiring.secrets)
        | _callback_secrets(wiring.secrets)
        | {
            "SANDBOX_BIND": f"127.0.0.1:{wiring.sandbox_port}",
            "WECHAT_CALLBACK_URL": f"{wiring.public_url}/wechat/callback",
        }
    )


def one_time(service: str, wiring: Wiring, *words: str) -> Program:
    """Returns the program `python -m <service>.cli words…`, which runs to its end."""
    return _python(f"{service}-{words[0]}", [f"{service}.cli", *words], environment(service, wiring))


def long_running(wiring: Wiring) -> list[Program]:
    """Returns the sandbox, then serve and work of each service."""
    programs = [
        _python(
            "sandbox",
            ["sandbox"],
            sandbox_environment(wiring),
            ready=lambda: port_open(wiring.sandbox_port),
        )
    ]
    for service in SERVICES:
        env = environment(service, wiring)
        for kind, ports in (("serve", wiring.http_ports), ("work", wiring.work_ports)):
            url = f"http://127.0.0.1:{ports[service]}/readyz"
            programs.append(
                _python(
                    f"{service}-{kind}",
                    [f"{service}.cli", kind],
                    env,
                    ready=partial(http_ok, url),
                )
            )
    return programs


def _python(name: str, module: list[str], env: dict[str, str], ready: Callable[[], bool] = lambda: True) -> Program:
    return Program(name=name, argv=[sys.executable, "-m", *module], env=env, ready=ready, cwd=str(ROOT))


def _inherited(wiring: Wiring) -> dict[str, str]:
    kept = {name: value for name, value in wiring.inherited.items() if not name.startswith(HIDDEN)}
    return kept | {"PYTHONUNBUFFERED": "1"}


def _outside_secrets(secrets: Secrets) -> dict[str, str]:
    env = {"SMS_SECRET": secrets.password("sms-secret")}
    for app in APPS:
        env[f"WECHAT_{app}_APPID"] = secrets.appid(f"wechat-{app.lower()}-appid")
        env[f"WECHAT_{app}_SECRET"] = secrets.password(f"wechat-{app.lower()}-secret")
    return env


def _callback_secrets(secrets: Secrets) -> dict[str, str]:
    return {
        "WECHAT_CALLBACK_TOKEN": secrets.password("wechat-callback-token")[:32],
        "WECHAT_CALLBACK_AES_KEY": secrets.aes_key("wechat-callback-aes-key"),
    }
