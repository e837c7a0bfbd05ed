"""docker-compose.yml is well-formed, complete and closed, and agrees with the images and the services."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from compose_file import ROOT, SECRETS, as_here, fill, mounts, on_this_machine, read
from given_settings import load, unknown
from images import DOCKER, environment, gateway_reads
from service_apps import PACKAGES

from chassis.auth import ServiceTokens
from chassis.settings import SettingsError
from identity.tokens import TokenSigner
from sandbox.settings import read_settings

COMPOSE = read()
SERVICES: dict[str, Any] = COMPOSE["services"]
PROCESSES = [f"{package}{suffix}" for package in PACKAGES for suffix in ("", "-work", "-migrate")]
IMAGE = environment(DOCKER / "service.Dockerfile")


def package_of(process: str) -> str:
    return process.removesuffix("-work").removesuffix("-migrate")


@pytest.mark.parametrize("file", ["docker-compose.yml", "deploy/observability/compose.yml"])
def test_it_keeps_to_the_compose_specification(file: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_service_serves_works_and_is_migrated() -> None:
    assert set(SERVICES) == {*PROCESSES, "postgres", "rabbitmq", "gateway", "sandbox"}
    for package in PACKAGES:
        assert SERVICES[package]["command"] == ["serve"]
        assert SERVICES[f"{package}-work"]["command"] == ["work"]
        assert shlex.split(SERVICES[f"{package}-migrate"]["command"]) == ["migrate", "--seed", "--profile", "demo"]
        for process in (package, f"{package}-work"):
            waits = SERVICES[process]["depends_on"]
            assert waits[f"{package}-migrate"]["condition"] == "service_completed_successfully"
            assert waits["postgres"]["condition"] == waits["rabbitmq"]["condition"] == "service_healthy"


def test_demo_data_can_be_left_out() -> None:
    command = read(env={"SEED_PROFILE": ""})["services"]["filing-migrate"]["command"]
    assert shlex.split(command) == ["migrate", "--seed"]


@pytest.mark.parametrize("process", PROCESSES)
def test_the_environment_is_complete_and_has_nothing_unknown(process: str, secrets: Path) -> None:
    service, package = SERVICES[process], package_of(process)
    env = as_here(service, service["environment"], secrets)
    loaded = load(package, IMAGE | env)
    assert unknown(package, set(env)) == set()
    assert str(loaded.files_dir) in mounts(service)
    tokens = ServiceTokens(package, loaded.service_key_file, loaded.service_public_keys_dir)
    assert tokens.make("registry")


def test_what_is_missing_or_unknown_is_seen(secrets: Path) -> None:
    env = as_here(SERVICES["filing"], SERVICES["filing"]["environment"], secrets)
    del env["REGISTRY_URL"]
    with pytest.raises(SettingsError, match="REGISTRY_URL is missing"):
        load("filing", IMAGE | env)
    assert unknown("filing", {"REGISTRY_URL", "REGISTRY_ADDRESS"}) == {"REGISTRY_ADDRESS"}


def test_the_sandbox_knows_the_secrets_that_the_services_use(secrets: Path) -> None:
    sandbox = SERVICES["sandbox"]
    found = read_settings({**IMAGE, **as_here(sandbox, sandbox["environment"], secrets)})
    notification = as_here(SERVICES["notification"], SERVICES["notification"]["environment"], secrets)
    ours = load("notification", IMAGE | notification)
    assert (found.sms_secret, found.callback_token) == (ours.sms_secret, ours.wechat_callback_token)
    assert found.apps["official"].appid == ours.wechat_official_appid


def test_identity_finds_its_signing_key(secrets: Path) -> None:
    env = as_here(SERVICES["identity"], SERVICES["identity"]["environment"], secrets)
    assert TokenSigner(load("identity", IMAGE | env).token_keys_dir).jwks()


def test_the_gateway_reads_what_it_is_given() -> None:
    given = set(SERVICES["gateway"]["environment"])
    assert given
    assert given <= gateway_reads()


def test_addresses_lead_to_containers_that_listen_there() -> None:
    ports = {**dict.fromkeys(PACKAGES, port(IMAGE["HTTP_BIND"])), "sandbox": port(IMAGE["SANDBOX_BIND"])}
    ports["gateway"] = port(environment(DOCKER / "gateway.Dockerfile")["LISTEN"])
    said = 0
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name != "PUBLIC_URL" and (match := re.fullmatch(r"http://([a-z]+):(\d+)(/.*)?", str(value))):
                assert int(match[2]) == ports[match[1]], f"{name}={value}"
                said += 1
    assert said > 20
    gateway = environment(DOCKER / "gateway.Dockerfile")
    assert {gateway[f"{name.upper()}_UPSTREAM"] for name in PACKAGES} == {f"{name}:{ports[name]}" for name in PACKAGES}


def port(bind: str) -> int:
    return int(bind.rpartition(":")[2])


@pytest.mark.parametrize("process", [name for name in SERVICES if not name.endswith("-migrate")])
def test_its_health_is_asked_where_it_answers(process: str) -> None:
    words = SERVICES[process]["healthcheck"]["test"]
    expected = {
        **{name: ["/readyz", str(port(IMAGE["HTTP_BIND"]))] for name in PACKAGES},
        **{f"{name}-work": ["/readyz", str(port(IMAGE["WORK_BIND"]))] for name in PACKAGES},
        "sandbox": ["/", str(port(IMAGE["SANDBOX_BIND"]))],
        "gateway": ["http://127.0.0.1:8080/healthz"],
        "postgres": ["-d", "postgres"],
        "rabbitmq": ["check_port_connectivity"],
    }
    assert words[-len(expected[process]) :] == expected[process]


@pytest.mark.parametrize("process", SERVICES)
def test_it_has_no_rights_that_it_does_not_need(process: str) -> None:
    service = SERVICES[process]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert "privileged" not in service
    assert "cap_add" not in service
    if "build" not in service:  # our images say it in the Dockerfile
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
        assert re.search(r":\d+\.\d+", service["image"]), "a tag that says the version"


def test_only_the_gateway_and_the_stand_in_are_reached_from_outside() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"gateway": ["127.0.0.1:8080:8080"], "sandbox": ["127.0.0.1:8090:8090"]}
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    speak = {f"{name}{suffix}" for name in ("identity", "notification") for suffix in ("", "-work")}
    assert outside == {"gateway", "sandbox"} | speak
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("process", SERVICES)
def test_what_is_mounted_or_built_exists(process: str, secrets: Path) -> None:
    service = SERVICES[process]
    for target, source in mounts(service).items():
        if source.startswith("."):
            assert on_this_machine(service, target, secrets).exists(), source
        else:
            assert source in COMPOSE["volumes"]
    if build := service.get("build"):
        assert (ROOT / build["dockerfile"]).is_file()
        if "args" in build:
            assert (ROOT / build["args"]["SOURCE"] / "src" / build["args"]["MODULE"].split(".")[0]).is_dir()


@pytest.mark.parametrize("process", SERVICES)
def test_forgotten_secrets_are_told_and_not_made_up(process: str) -> None:
    """A mount in short form would create an empty folder of root, and then the script would fail."""
    for volume in SERVICES[process].get("volumes", []):
        if SECRETS in str(volume):
            assert volume["bind"] == {"create_host_path": False}
            assert volume["read_only"] is True


@pytest.mark.parametrize("process", PROCESSES)
def test_a_service_is_given_only_its_own_secrets(process: str) -> None:
    given = {source.removeprefix(SECRETS + "/") for source in mounts(SERVICES[process]).values() if SECRETS in source}
    own = {package_of(process), "service-public-keys"}
    assert given == own | ({"token-keys"} if package_of(process) == "identity" else set())


def test_a_stop_waits_longer_than_the_services_do() -> None:
    for process in (name for name in PROCESSES if not name.endswith("-migrate")):
        assert (
            SERVICES[process]["stop_grace_period"] == "30s"
        )  # gunicorn's graceful_timeout and the worker's joins take 20 s


def test_defaults_may_nest() -> None:
    assert fill("${A:-http://h:${B:-1}}", {}) == "http://h:1"
    assert fill("${A:-http://h:${B:-1}}", {"B": "2"}) == "http://h:2"
    assert fill("x ${A---p}", {}) == "x --p"
    assert fill("x ${A---p}", {"A": ""}) == "x "
