"""The network policies close everything and open exactly the connections in the services' settings."""

import dataclasses
from collections.abc import Iterator

import pytest
from manifests import COMPONENT, NAME, Object, build, named, of_kind, pods, selects
from service_apps import PACKAGES, service

Way = tuple[str, str, int]  # from, to (names of pods), port
DATABASE, BROKER = "postgres", "rabbitmq"


def peers(overlay: list[Object]) -> dict[str, dict[str, str]]:
    """Returns name -> labels of every pod, including those of the operators (with labels from their documentation)."""
    ours = {name: pod["metadata"]["labels"] for name, pod in pods(overlay)}
    return ours | {
        DATABASE: {"cnpg.io/cluster": named(overlay, "Cluster", "postgres")["metadata"]["name"]},
        BROKER: {NAME: "rabbitmq", COMPONENT: "rabbitmq"},
    }


def ways(overlay: list[Object], direction: str) -> set[Way]:
    """Returns all connections between pods that the policies of one direction (ingress, egress) open."""
    return set(_ways(overlay, direction, peers(overlay)))


def _ways(overlay: list[Object], direction: str, known: dict[str, dict[str, str]]) -> Iterator[Way]:
    other = {"ingress": "from", "egress": "to"}[direction]
    for policy in of_kind(overlay, "NetworkPolicy"):
        mine = [name for name, labels in known.items() if selects(policy["spec"]["podSelector"], labels)]
        for rule in policy["spec"].get(direction, []):
            for peer in rule.get(other, []):
                if "podSelector" not in peer or "namespaceSelector" in peer:
                    continue
                for name, labels in known.items():
                    if selects(peer["podSelector"], labels):
                        for port in rule["ports"]:
                            for me in mine:
                                yield (name, me, port["port"]) if direction == "ingress" else (me, name, port["port"])


def expected(overlay: list[Object]) -> set[Way]:
    """Returns the connections in the services' settings: *_URL of other services, and the database and bus for all."""
    found: set[Way] = set()
    for name, labels in peers(overlay).items():
        package = labels.get(NAME)
        if package in PACKAGES:
            found |= {(name, DATABASE, 5432), (name, BROKER, 5672)}
            fields = {field.name for field in dataclasses.fields(service(package).settings)}
            found |= {
                (name, f"{other}-serve", 8000) for other in PACKAGES if f"{other}_url" in fields and other != package
            }
            if "sms_url" in fields and "sandbox" in peers(overlay):
                found.add((name, "sandbox", 8090))
    found |= {("gateway", f"{package}-serve", 8000) for package in PACKAGES}
    if "sandbox" in peers(overlay):
        found.add(("sandbox", "gateway", 8080))
    return found


def among_themselves(found: set[Way]) -> set[Way]:
    """Leaves out connections between instances of the database and between those of the broker."""
    return {way for way in found if way[0] != way[1]}


def test_everything_is_closed_first(overlay: list[Object]) -> None:
    closed = named(overlay, "NetworkPolicy", "closed")["spec"]
    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_open_are_exactly_the_ways_that_settings_name(overlay: list[Object], direction: str) -> None:
    assert among_themselves(ways(overlay, direction)) == expected(overlay)


def test_only_those_who_speak_to_wechat_reach_the_outside() -> None:
    overlay = build("deploy/kubernetes/overlays/production")
    reach = set()
    for policy in of_kind(overlay, "NetworkPolicy"):
        for rule in policy["spec"].get("egress", []):
            if any("ipBlock" in peer for peer in rule.get("to", [])) or "to" not in rule:
                reach |= {
                    name for name, labels in peers(overlay).items() if selects(policy["spec"]["podSelector"], labels)
                }
    expected_services = {
        p for p in PACKAGES if any(f.name == "sms_url" for f in dataclasses.fields(service(p).settings))
    }
    assert {peers(overlay)[name].get(NAME, DATABASE) for name in reach} == expected_services | {DATABASE, BROKER}


def test_from_other_namespaces_come_only_the_ingress_the_operators_and_monitoring(overlay: list[Object]) -> None:
    found = set()
    for policy in of_kind(overlay, "NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []):
            for peer in rule["from"]:
                if "namespaceSelector" in peer:
                    space = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                    found |= {(space, policy["metadata"]["name"], port["port"]) for port in rule["ports"]}
    assert found == {
        ("ingress-nginx", "gateway", 8080),
        ("monitoring", "monitoring", 8000), ("monitoring", "monitoring", 9000),
        ("monitoring", "postgres", 9187), ("monitoring", "rabbitmq", 15692),
        ("cnpg-system", "postgres", 8000), ("cnpg-system", "postgres", 5432),
        ("rabbitmq-system", "rabbitmq", 15672),
    }  # fmt: skip
