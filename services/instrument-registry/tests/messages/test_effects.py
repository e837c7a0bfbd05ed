"""Every example of contracts/events that the registry consumes is taken."""

import json

import pytest

from chassis.runtime import Runtime
from chassis.testing import deliver
from registry.consumers import EFFECTS


@pytest.mark.parametrize("event_type", sorted(set(EFFECTS) - {"booking.completed"}))
def test_every_example_is_taken(runtime: Runtime, event_type: str) -> None:
    deliver(runtime, json.loads((runtime.contracts.folder / f"{event_type}.v1.example.json").read_text("utf-8")))


def test_the_example_of_a_completed_booking_is_taken_once_its_parties_are_known(runtime: Runtime) -> None:
    for event_type in ("organization.approved", "institution.changed", "booking.completed"):
        deliver(runtime, json.loads((runtime.contracts.folder / f"{event_type}.v1.example.json").read_text("utf-8")))
