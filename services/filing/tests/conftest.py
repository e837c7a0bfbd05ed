"""Fixtures of filing's tests: the service with a registry that claims from a list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from chassis import testing
from chassis.actor import Actor
from chassis.calls import Refused
from chassis.errors import ServiceError
from chassis.ids import new_id
from chassis.runtime import Runtime, Service
from chassis.testing import Caller
from chassis.testing.snapshots import Snapshots
from filing.app import SERVICE

pytest_plugins = ["chassis.testing.plugin"]


@dataclass
class FakeClaims:
    """Registry, as far as filing sees it: gives the instruments of `ledger`, page by page."""

    ledger: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    page_size: int = 500
    claims: dict[UUID, list[UUID]] = field(default_factory=dict)
    between: Callable[[int], None] | None = None  # what a test does before the page of a number
    amended: dict[str, dict[str, Any]] = field(default_factory=dict)  # amendment -> its answer
    refusal: ServiceError | None = None  # of an amendment
    meanwhile: Callable[[], None] | None = None  # what a test does while one is made
    dies: str = ""  # the process, before or after the registry made it

    def claim(
        self, submission_id: UUID, org_id: UUID, actor: dict[str, Any], selection: dict[str, Any], area: str
    ) -> dict[str, Any]:
        ids = [UUID(str(i)) for i in selection["ids"]] if "ids" in selection else list(self.ledger)
        if selection.get("expect", len(ids)) != len(ids):
            raise Refused(409, {"code": "selection_changed", "detail": f"符合条件的数量已变为 {len(ids)}"})
        failed = [self._refusal(i, "not_found") for i in ids if i not in self.ledger]
        known = [i for i in ids if i in self.ledger]
        failed += [self._refusal(i, "out_of_area") for i in known if not self._lies_in(i, area)]
        self.claims.setdefault(submission_id, sorted(i for i in known if self._lies_in(i, area)))
        return {"claimed": len(self.claims[submission_id]), "failed": failed}

    def _lies_in(self, instrument_id: UUID, area: str) -> bool:
        return str(self.ledger[instrument_id]["division_code"]).startswith(area)

    def _refusal(self, instrument_id: UUID, code: str) -> dict[str, Any]:
        return {"id": str(instrument_id), "code": code, "detail": code}

    def items(self, submission_id: UUID, after: UUID | None) -> Iterator[list[dict[str, Any]]]:
        ids = [i for i in self.claims[submission_id] if after is None or i > after]
        for start in range(0, len(ids), self.page_size):
            if self.between is not None:
                self.between(start // self.page_size)
            page = ids[start : start + self.page_size]
            yield [{"instrument_id": str(i), "version": 1, "snapshot": self.ledger[i]} for i in page]

    def release(
        self, submission_id: UUID, instrument_ids: Sequence[UUID] | None = None, after: UUID | None = None
    ) -> None:
        def freed(one: UUID) -> bool:
            return (instrument_ids is None or one in instrument_ids) and (after is None or one > after)

        self.claims[submission_id] = [one for one in self.claims[submission_id] if not freed(one)]

    def amend(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.meanwhile is not None:
            self.meanwhile()
        if self.refusal is not None:
            raise self.refusal
        if self.dies == "before":
            raise SystemError("the process died")
        if body["amendment_id"] not in self.amended:
            self.amended[body["amendment_id"]] = self._amend(UUID(body["instrument_id"]), body)
        if self.dies == "after":
            raise SystemError("the process died")
        return self.amended[body["amendment_id"]]

    def _amend(self, instrument_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
        before = self.ledger[instrument_id]
        changes = [
            {"field": key, "before": before[key], "after": value}
            for key, value in body["changes"].items()
            if before[key] != value
        ]
        self.ledger[instrument_id] = before | body["changes"]
        version = body["version"] + bool(changes)
        return {"version": version, "snapshot": self.ledger[instrument_id], "changes": changes}


def make_snapshot(**changes: Any) -> dict[str, Any]:
    return {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": "A1", "own_no": "", "manufacturer": "示例衡器",
        "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
        "venue": None, "declared_valid_until": None, "declared_verified_on": None, "units": [""],
    } | changes  # fmt: skip


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def extra_settings() -> dict[str, Any]:
    return {"registry_url": "http://127.0.0.1:1"}


@pytest.fixture
def snapshot() -> Callable[..., dict[str, Any]]:
    """`snapshot(serial_no=…)`: an instrument as registry describes it."""
    return make_snapshot


@pytest.fixture
def claims(runtime: Runtime) -> FakeClaims:
    fake = FakeClaims()
    runtime.parts["claims"] = fake
    return fake


@pytest.fixture
def seeded(runtime: Runtime, snapshots: Snapshots) -> Runtime:
    snapshots.put("reference", lambda: testing.tell_reference(runtime))
    return runtime


Submit = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def submit(seeded: Runtime, claims: FakeClaims, signed_in: Callable[[Actor | None], Caller]) -> Submit:
    """`submit(applicant, 3, division_code=…)`: three new instruments, filed with Guangzhou; their filings."""

    def run(actor: Actor, count: int = 1, **changes: Any) -> list[dict[str, Any]]:
        ids = [new_id() for _ in range(count)]
        claims.ledger |= {i: make_snapshot(serial_no=f"A{n}", **changes) for n, i in enumerate(ids)}
        body = {
            "selection": {"ids": [str(i) for i in ids]}, "institution_id": str(testing.GUANGZHOU),
            "accept_responsibility": True, "authorize_province": True,
        }  # fmt: skip
        answer = signed_in(actor).post("/api/filing/filings", body)
        assert answer.status_code == 200, answer.json
        found = signed_in(actor).get("/api/filing/filings?page_size=100&sort=number").json["items"]
        return [f for f in found if f["submission_id"] == answer.json["submission_id"]]

    return run
