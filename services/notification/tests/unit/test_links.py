"""Every message links to a page. contracts/message-links.json lists all links, and the portal's tests open each of them."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from notification.domain import texts
from notification.domain.plain import cut
from notification.domain.texts import Text
from sandbox import templates_of

CONTRACTS = Path(__file__).parents[4] / "contracts"
KNOWN = {one["link"]: one["for"] for one in json.loads((CONTRACTS / "message-links.json").read_text("utf-8"))}
TODAY = "2026-11-23"


def data(event_type: str) -> dict[str, Any]:
    """Returns the data of an event's example."""
    body: dict[str, Any] = json.loads((CONTRACTS / "events" / f"{event_type}.v1.example.json").read_text("utf-8"))
    return dict(body["data"])


def many(event_type: str) -> dict[str, Any]:
    of_one = data(event_type)
    return of_one | {"items": of_one["items"] * 2}


def every_message() -> list[tuple[str, Text]]:
    """Yields (recipient, message)."""
    filings = [
        kind
        for kind in texts.WORDS
        if kind.startswith("filing.") and kind not in ("filing.submitted", "filing.amended", "filing.withdrawn")
    ]
    bookings = [kind for kind in texts.WORDS if kind.startswith("booking.")]
    reminder = data("instrument.reminder_due")
    late = reminder | {"items": [reminder["items"][0] | {"due_on": "2026-11-20"}]}
    security = data("account.security") | {"at": "2026-11-23T03:00:00+00:00"}
    return [
        ("", texts.registration(False, data("organization.rejected"))),
        ("applicant", texts.registration(True, data("organization.approved"))),
        *(("applicant", texts.filing(kind, found(kind), "广州")) for kind in filings for found in (data, many)),
        *(("filing_clerk", texts.filing(kind, data(kind), "广州", staff=True)) for kind in TOLD_TO_CLERKS),
        *((who, texts.booking(kind, data(kind), "广州")) for kind in bookings for who in ("applicant", "institution")),
        ("applicant", texts.certificates(data("certificate.issued"), "广州")),
        ("applicant", texts.superseded(data("certificate.superseded"), "广州")),
        ("applicant", texts.reminder(reminder, TODAY)),
        ("applicant", texts.reminder(late, TODAY)),
        *(("admin", texts.security(security | {"what": what})) for what in texts.SECURITY_WORDS),
    ]


TOLD_TO_CLERKS = ("filing.submitted", "filing.amended", "filing.dispatched", "filing.forwarded", "filing.declined")


def test_every_link_is_known_for_whom_it_is_sent_to() -> None:
    for who, message in every_message():
        link = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", ":id", message.link)
        assert link in KNOWN, message
        assert not who or who in KNOWN[link], message


def test_no_link_is_known_that_none_has() -> None:
    used = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", ":id", message.link) for _, message in every_message()}
    assert used == set(KNOWN)


def test_ids_of_links_are_those_of_the_event() -> None:
    booking_id = str(uuid4())
    assert texts.booking("booking.confirmed", data("booking.confirmed") | {"booking_id": booking_id}, "广州").link == (
        f"/bookings/{booking_id}"
    )


def test_every_card_is_one_that_wechat_takes() -> None:
    for _, message in every_message():
        if message.fields:
            templates_of.check(message.template, {name: cut(value, 20) for name, value in message.fields.items()})
