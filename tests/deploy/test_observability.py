"""Scrape targets, rules and dashboards: every named metric exists in the code, and every target runs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_file import mounts, read
from images import DOCKER, environment
from manifests import COMPONENT, OURS, build, pods, port_named, selects
from service_apps import PACKAGES, ROOT

FOLDER = ROOT / "deploy" / "observability"
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "prometheus/rules.yml").read_text())["groups"][0]["rules"]
BOARDS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("grafana/dashboards/*.json"))}
SUFFIXES = ("_bucket", "_count", "_sum")


def in_the_code() -> set[str]:
    """Returns the metrics defined in the code: those given to prometheus_client, and the columns of the backlog query."""
    found: set[str] = set()
    for path in (ROOT / "services").glob("*/src/**/*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r'(?:Histogram|Counter|Gauge|MetricFamily)\(\s*"(qj_[a-z_]+)"', text))
        if path.name == "metrics.py":
            found |= {f"qj_{name}" for name in re.findall(r"\bAS ([a-z_]+)", text)}
    return found


KNOWN = in_the_code()


def expressions() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for name, board in BOARDS.items():
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", target["expr"]


def named_in(expression: str) -> set[str]:
    names = set(re.findall(r"\bqj_[a-z_]+", re.sub(r'"[^"]*"', "", expression)))
    return {next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), name) for name in names}


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_every_metric_exists(where: str, expression: str) -> None:
    assert named_in(expression) or "up{" in expression, where
    assert named_in(expression) <= KNOWN


def test_the_names_are_read_from_the_code() -> None:
    assert {"qj_request_seconds", "qj_outbox_age_seconds", "qj_inbox_dead", "qj_worker_beat_seconds"} <= in_the_code()
    assert named_in('rate(qj_made_up_bucket{le="qj_x"}[5m])') == {"qj_made_up"}


def test_every_metric_is_looked_at_somewhere() -> None:
    shown = {name for _, expression in expressions() for name in named_in(expression)}
    assert KNOWN - shown == set()


def test_labels_in_expressions_are_those_that_scrapes_and_metrics_have() -> None:
    ours = {
        "service",
        "process",
        "job",
        "status",
        "part",
        "state",
        "le",
        "type",
        "outcome",
        "kind",
        "copy",
        "method",
        "route",
    }
    for where, expression in expressions():
        used = set(re.findall(r"[{,]\s*([a-z_]+)\s*=", expression))
        for group in re.findall(r"by \(([^)]*)\)", expression):
            used |= {label.strip() for label in group.split(",")}
        assert used <= ours, where


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_it_means_in_both_languages_and_what_to_do(rule: dict[str, Any]) -> None:
    notes = rule["annotations"]
    assert re.search(r"[\u4e00-\u9fff]", notes["summary_zh"])
    assert not re.search(r"[\u4e00-\u9fff]", notes["summary"])
    path, _, anchor = notes["runbook"].partition("#")
    assert f"\n### {anchor}\n" in (ROOT / path).read_text("utf-8").lower()
    assert rule["labels"]["severity"] in ("warning", "critical")


def test_prometheus_asks_every_process_where_it_listens() -> None:
    config = yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text())
    image, services = environment(DOCKER / "service.Dockerfile"), read()["services"]
    found = {}
    for job in config["scrape_configs"]:
        for static in job["static_configs"]:
            for target in static["targets"]:
                found[target] = static.get("labels", {}).get("service")
                assert target.partition(":")[0] in services
    serve, work = (image[name].rpartition(":")[2] for name in ("HTTP_BIND", "WORK_BIND"))
    ours = {f"{name}:{serve}": name for name in PACKAGES} | {f"{name}-work:{work}": name for name in PACKAGES}
    assert found == {**ours, "rabbitmq:15692": None}
    assert config["rule_files"] == ["rules.yml"]


@pytest.mark.parametrize("overlay", ["demo", "production"])
def test_the_monitors_choose_every_pod_once_by_a_port_that_it_has(overlay: str) -> None:
    monitors = list(yaml.safe_load_all((FOLDER / "kubernetes/monitors.yaml").read_text()))
    for name, pod in pods(build(f"deploy/kubernetes/overlays/{overlay}")):
        labels = pod["metadata"]["labels"]
        chosen = [one["spec"] for one in monitors if selects(one["spec"]["selector"], labels)]
        expected = 0 if labels[COMPONENT] in ("gateway", "sandbox", "migrate") else 1
        assert len(chosen) == expected, name
        for spec in chosen:
            assert port_named(pod["spec"]["containers"][0], spec["podMetricsEndpoints"][0]["port"]) in (8000, 9000)
        assert OURS in labels


def test_the_rules_become_a_rule_of_the_operator() -> None:
    head, rules = (FOLDER / name for name in ("kubernetes/rules-head.yaml", "prometheus/rules.yml"))
    indented = "".join(f"  {line}\n" for line in rules.read_text("utf-8").splitlines())  # sed 's/^/  /'
    made = yaml.safe_load(head.read_text("utf-8") + indented)
    assert (made["kind"], made["spec"]["groups"][0]["rules"]) == ("PrometheusRule", RULES)


def test_the_overlay_traces_every_process_and_mounts_what_exists(secrets: Path) -> None:
    overlay = read("deploy/observability/compose.yml")["services"]
    port = yaml.safe_load((FOLDER / "collector.yml").read_text())["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    traced = {name for name, one in overlay.items() if one.get("environment", {}).get("OTLP_ENDPOINT")}
    assert traced == {f"{package}{suffix}" for package in PACKAGES for suffix in ("", "-work")}
    for name in traced:
        assert overlay[name]["environment"]["OTLP_ENDPOINT"] == f"http://otel-collector:{port.rpartition(':')[2]}"
    for one in overlay.values():
        for source in mounts(one).values():
            if source.startswith("./deploy/docker/secrets/"):
                assert (secrets / source.removeprefix("./deploy/docker/secrets/")).exists()
            elif source.startswith("."):
                assert (ROOT / source).exists(), source


@pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
def test_a_dashboard_can_be_drawn(board: dict[str, Any]) -> None:
    sources = yaml.safe_load((FOLDER / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 8
    for panel in board["panels"]:
        assert panel["datasource"]["uid"] == sources[0]["uid"]
        assert re.search(r"[A-Za-z]", panel["title"])
    assert {panel["gridPos"]["x"] for panel in board["panels"]} == {0, 12}
