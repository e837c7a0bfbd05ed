"""The two overlays, as kubectl builds them, are valid, complete and closed, and agree with the images and services."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from given_settings import load, unknown
from images import DOCKER, environment, gateway_reads
from manifests import (
    COMPONENT,
    NAME,
    OURS,
    ROOT,
    Object,
    build,
    containers,
    mounted_secrets,
    named,
    of_kind,
    pods,
    port_named,
    selects,
)  # fmt: skip
from manifests import environment as given
from service_apps import PACKAGES

from chassis.auth import ServiceTokens
from chassis.settings import ServiceSettings
from chassis.worker import PARTS
from sandbox.settings import read_settings

IMAGE = environment(DOCKER / "service.Dockerfile")
# Objects for the operators of PostgreSQL and RabbitMQ. No package contains their schemas, so tests check apiVersion and the
# important fields.
CUSTOM = {
    "Cluster": "postgresql.cnpg.io/v1",
    "Database": "postgresql.cnpg.io/v1",
    "RabbitmqCluster": "rabbitmq.com/v1beta1",
    "Policy": "rabbitmq.com/v1beta1",
    "User": "rabbitmq.com/v1beta1",
    "Permission": "rabbitmq.com/v1beta1",
}
MADE_BY_HAND = {*PACKAGES, "service-public-keys", "token-keys", "sandbox"}  # made by deploy/kubernetes/secrets.sh


def validate(one: Object) -> None:
    kubernetes_validate.validate(one, "1.33", strict=True)


def test_every_object_is_valid(overlay: list[Object]) -> None:
    for one in overlay:
        if one["kind"] in CUSTOM:
            assert one["apiVersion"] == CUSTOM[one["kind"]]
        else:
            validate(one)
    [namespace] = of_kind(overlay, "Namespace")
    assert {one["metadata"].get("namespace") for one in overlay if one is not namespace} == {
        namespace["metadata"]["name"]
    }


def test_an_unknown_field_is_seen(overlay: list[Object]) -> None:
    pod = named(overlay, "Deployment", "filing-serve")["spec"]["template"]["spec"]
    with pytest.raises(kubernetes_validate.ValidationError):
        validate({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {**pod, "imagePull": "Always"}})


def test_each_part_of_each_service_runs() -> None:
    for name, expected in (("demo", {"work"}), ("production", set(PARTS))):
        overlay = build(f"deploy/kubernetes/overlays/{name}")
        found = {one["metadata"]["name"] for one in of_kind(overlay, "Deployment")} - {"gateway", "sandbox"}
        assert found == {f"{package}-{part}" for package in PACKAGES for part in {"serve", *expected}}
        for package in PACKAGES:
            for part in expected:
                args = container_of(overlay, f"{package}-{part}")["args"]
                assert args == (["work"] if part == "work" else ["work", "--only", part])
            job = named(overlay, "Job", f"{package}-migrate")["spec"]["template"]["spec"]["containers"][0]
            assert job["args"] == ["migrate", "--seed"] + (["--profile=demo"] if name == "demo" else [])


def container_of(overlay: list[Object], deployment: str) -> Object:
    container: Object = named(overlay, "Deployment", deployment)["spec"]["template"]["spec"]["containers"][0]
    return container


def of_services(overlay: list[Object]) -> list[tuple[str, Object, Object]]:
    """Yields (package, pod, container) of every container with a service's image."""
    return [
        (pod["metadata"]["labels"][NAME], pod, container)
        for _, pod in pods(overlay)
        if pod["metadata"]["labels"][NAME] in PACKAGES
        for container in containers(pod)
    ]


def as_here(env: dict[str, str], mounted: dict[str, str], secrets: Path) -> dict[str, str]:
    """Returns `env` with paths into mounted Secrets replaced by the folders from which the Secrets are made."""
    found = dict(env)
    for name, value in env.items():
        if value.startswith("/run/") and name.endswith(("_FILE", "_DIR")):
            mount = next((one for one in mounted if value == one or value.startswith(one + "/")), None)
            found[name] = str(secrets / mounted[mount] / value[len(mount) :].lstrip("/")) if mount else value
    return found


def test_the_environment_is_complete_and_has_nothing_unknown(overlay: list[Object], secrets: Path) -> None:
    for package, pod, container in of_services(overlay):
        env, mounted = given(overlay, container), mounted_secrets(pod, container)
        assert unknown(package, set(env)) == set(), package
        loaded = load(package, IMAGE | as_here(env, mounted, secrets))
        assert loaded.database_url.startswith(f"postgresql://{package}:")
        own = {package} if container["name"] == "migrated" else {package, "service-public-keys"}
        keys = {"token-keys"} if package == "identity" and container["name"] == "service" else set()
        assert set(mounted.values()) == own | keys
        if container["name"] == "service":
            assert ServiceTokens(package, loaded.service_key_file, loaded.service_public_keys_dir).make("registry")
            assert str(loaded.files_dir) in {mount["mountPath"] for mount in container["volumeMounts"]}


def test_the_stand_in_is_in_the_demo_alone_and_has_what_it_needs(secrets: Path) -> None:
    demo = build("deploy/kubernetes/overlays/demo")
    pod = named(demo, "Deployment", "sandbox")["spec"]["template"]
    container = pod["spec"]["containers"][0]
    env = as_here(given(demo, container), mounted_secrets(pod, container), secrets)
    assert read_settings({**IMAGE, **env}).apps.keys() == {"website", "official", "miniprogram"}
    for one in build("deploy/kubernetes/overlays/production"):
        assert "sandbox" not in str(one), one["metadata"]["name"]


def test_secrets_are_named_and_never_held(overlay: list[Object]) -> None:
    assert of_kind(overlay, "Secret") == []
    used = {name for _, pod in pods(overlay) for one in containers(pod) for name in mounted_secrets(pod, one).values()}
    assert used <= MADE_BY_HAND
    script = (ROOT / "deploy/kubernetes/secrets.sh").read_text()
    assert all(name in script for name in used)


def test_ports_agree_from_the_image_to_the_probe_and_the_service(overlay: list[Object]) -> None:
    http, health = (int(IMAGE[name].rpartition(":")[2]) for name in ("HTTP_BIND", "WORK_BIND"))
    for name, pod in pods(overlay):
        component = pod["metadata"]["labels"][COMPONENT]
        if component in ("gateway", "sandbox", "migrate"):
            continue
        container = pod["spec"]["containers"][0]
        expected = http if component == "serve" else health
        for probe, path in (("startup", "/healthz"), ("readiness", "/readyz"), ("liveness", "/healthz")):
            get = container[f"{probe}Probe"]["httpGet"]
            assert (port_named(container, get["port"]), get["path"]) == (expected, path), name
    for service in of_kind(overlay, "Service"):
        behind = [
            pod
            for _, pod in pods(overlay)
            if selects({"matchLabels": service["spec"]["selector"]}, pod["metadata"]["labels"])
        ]
        assert len(behind) == 1, service["metadata"]["name"]
        port = service["spec"]["ports"][0]
        assert port_named(behind[0]["spec"]["containers"][0], port["targetPort"]) == port["port"]


def test_the_gateway_reads_what_it_is_given(overlay: list[Object]) -> None:
    given_names = set(given(overlay, container_of(overlay, "gateway")))
    assert {f"{package.upper()}_UPSTREAM" for package in PACKAGES} <= given_names <= gateway_reads()


def test_addresses_lead_to_services_that_exist(overlay: list[Object]) -> None:
    known = {f"{one['metadata']['name']}:{one['spec']['ports'][0]['port']}" for one in of_kind(overlay, "Service")}
    said = set()
    for _, pod in pods(overlay):
        for container in containers(pod):
            for name, value in given(overlay, container).items():
                if name.endswith("_UPSTREAM") or (
                    name.endswith("_URL")
                    and value.startswith("http://")
                    and name not in ("PUBLIC_URL", "WECHAT_OPEN_URL")
                ):
                    said.add(value.removeprefix("http://").partition("/")[0])
    assert said <= known
    assert {f"{package}-serve:8000" for package in PACKAGES} <= said
    backend = of_kind(overlay, "Ingress")[0]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "gateway", "port": {"name": "http"}}


def test_our_pods_keep_the_restricted_profile(overlay: list[Object]) -> None:
    for name, pod in pods(overlay):
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]
            assert container["resources"]["requests"]["cpu"]
            assert "hostPath" not in str(spec["volumes"])


def test_the_user_is_the_one_of_the_image(overlay: list[Object]) -> None:
    for package, pod, _ in of_services(overlay):
        assert pod["spec"]["securityContext"]["runAsUser"] == 10001, package
    assert "USER 10001:10001" in (DOCKER / "service.Dockerfile").read_text()
    assert "USER 101:101" in (DOCKER / "gateway.Dockerfile").read_text()
    assert named(overlay, "Deployment", "gateway")["spec"]["template"]["spec"]["securityContext"]["runAsUser"] == 101


def test_what_can_be_written_is_a_volume(overlay: list[Object]) -> None:
    for package, pod, container in of_services(overlay):
        mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert mounts["tmp"] == "/tmp"
        volumes = {one["name"]: one for one in pod["spec"]["volumes"]}
        if package in ("identity", "registry"):  # these keep files, shared by all their pods
            claim = volumes["files"]["persistentVolumeClaim"]["claimName"]
            assert named(overlay, "PersistentVolumeClaim", claim)
        else:
            assert "emptyDir" in volumes["files"]


def test_everything_long_running_waits_for_the_schema(overlay: list[Object]) -> None:
    for name, pod in pods(overlay):
        labels = pod["metadata"]["labels"]
        if labels[NAME] in PACKAGES and labels[COMPONENT] != "migrate":
            waits = pod["spec"]["initContainers"][0]
            assert waits["command"][1] == "/opt/qj/migrated.py", name
            assert waits["image"] == pod["spec"]["containers"][0]["image"]


def test_the_scalers_and_budgets_find_what_they_are_for() -> None:
    overlay = build("deploy/kubernetes/overlays/production")
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in of_kind(overlay, "HorizontalPodAutoscaler")}
    assert scaled == {
        "gateway",
        *(f"{package}-{part}" for package in PACKAGES for part in ("serve", "consume", "jobs")),
    }
    for one in of_kind(overlay, "Deployment"):
        assert ("replicas" in one["spec"]) == (one["metadata"]["name"] not in scaled), one["metadata"]["name"]
    for budget in of_kind(overlay, "PodDisruptionBudget"):
        found = [name for name, pod in pods(overlay) if selects(budget["spec"]["selector"], pod["metadata"]["labels"])]
        assert found == [budget["metadata"]["name"]]


def test_the_databases_and_roles_are_those_of_the_services(overlay: list[Object]) -> None:
    cluster = of_kind(overlay, "Cluster")[0]
    roles = {role["name"]: role for role in cluster["spec"]["managed"]["roles"]}
    databases = {one["spec"]["name"]: one["spec"] for one in of_kind(overlay, "Database")}
    assert set(roles) == set(databases) == set(PACKAGES)
    for name, database in databases.items():
        assert database["owner"] == name
        assert (database["localeCollate"], database["encoding"]) == ("C.UTF-8", "UTF8")
        assert roles[name]["passwordSecret"] == {"name": f"database-{name}"}
        assert not {"superuser", "createdb", "createrole"} & set(roles[name])
    assert cluster["spec"]["postgresql"]["pg_hba"] == [
        "hostssl sameuser all all scram-sha-256",
        "host all all all reject",
    ]


def test_the_database_has_a_connection_for_every_pod_at_its_most() -> None:
    overlay = build("deploy/kubernetes/overlays/production")
    most = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["maxReplicas"]
        for one in of_kind(overlay, "HorizontalPodAutoscaler")
    }
    needed = 0
    for one in of_kind(overlay, "Deployment"):
        name = one["metadata"]["name"]
        if name != "gateway":
            threads = (
                ServiceSettings.__dataclass_fields__["web_threads"].default if name.endswith("-serve") else 5
            )  # chassis.cli
            pool = threads + 2 + name.endswith("-relay")  # plus 2 overflow (chassis.db); the relay holds one more
            needed += pool * most.get(name, one["spec"].get("replicas", 0))
    parameters = of_kind(overlay, "Cluster")[0]["spec"]["postgresql"]["parameters"]
    assert 300 < needed < int(parameters["max_connections"])


def test_the_broker_never_drops(overlay: list[Object]) -> None:
    policy = of_kind(overlay, "Policy")[0]["spec"]
    assert policy["definition"] == {"delivery-limit": -1}
    assert policy["pattern"] == "^qj\\."
    for one in of_kind(overlay, "Policy", "User", "Permission"):
        assert one["spec"]["rabbitmqClusterReference"] == {
            "name": of_kind(overlay, "RabbitmqCluster")[0]["metadata"]["name"]
        }


def test_every_image_has_a_version(overlay: list[Object]) -> None:
    for _, pod in pods(overlay):
        for container in containers(pod):
            tag = container["image"].rpartition(":")[2]
            assert tag not in ("", "latest")
            assert "/" not in tag


def test_the_settings_of_all_name_no_field_twice() -> None:
    """If a name were in both ConfigMaps, their order would decide."""
    for package in PACKAGES:
        overlay = build("deploy/kubernetes/overlays/production")
        container = container_of(overlay, f"{package}-serve")
        both: list[Any] = [
            set(named(overlay, "ConfigMap", one["configMapRef"]["name"]).get("data") or {})
            for one in container["envFrom"]
        ]
        assert not both[0] & both[1]
    assert all(OURS in pod["metadata"]["labels"] for _, pod in pods(overlay))
