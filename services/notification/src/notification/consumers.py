"""Consumers: they keep the contacts, and notify people of events."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis import inbox, revocations
from chassis.clock import business_date
from notification import queries
from notification.actions.messages import tell_account, tell_applicant, tell_staff
from notification.domain import texts
from notification.models import Contact, Place, WechatContact

Body = dict[str, Any]


def on_account(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    if inbox.newer(db, "account", [(data["account_id"], body["sequence"])]):
        home = UUID(data["org_id"]) if data["org_id"] else None
        db.merge(
            Contact(
                account_id=UUID(data["account_id"]), home_id=home, kind=data["kind"], name=data["name"],
                phone=data["phone"], roles=data["roles"], status=data["status"],
            )
        )  # fmt: skip


def on_account_disabled(db: Session, body: Body, now: datetime) -> None:
    revocations.on_account_disabled(db, body, now)
    account_id = body["data"]["account_id"]
    contact = db.get(Contact, UUID(account_id))
    if inbox.newer(db, "account", [(account_id, body["sequence"])]) and contact is not None:
        contact.status = "disabled"


def on_bound(db: Session, body: Body, _now: datetime) -> None:
    """Replaces the openids of an account. Only openids of the official account can receive messages."""
    data = body["data"]
    if not inbox.newer(db, "wechat", [(data["account_id"], body["sequence"])]):
        return
    db.execute(delete(WechatContact).where(WechatContact.account_id == data["account_id"]))
    if body["type"] == "account.wechat_bound":
        for known in data["openids"]:
            db.merge(WechatContact(account_id=UUID(data["account_id"]), appid=known["appid"], openid=known["openid"]))


def on_registration(db: Session, body: Body, now: datetime) -> None:
    data = body["data"]
    _keep_place(db, body, data["org_id"], data["name"])
    text = texts.registration(body["type"] == "organization.approved", data)
    tell_applicant(db, data["org_id"], body["id"], text, now)


def on_organization(db: Session, body: Body, _now: datetime) -> None:
    _keep_place(db, body, body["data"]["org_id"], body["data"]["name"])


def on_institution(db: Session, body: Body, _now: datetime) -> None:
    _keep_place(db, body, body["data"]["institution_id"], body["data"]["name"])


def on_filing(db: Session, body: Body, now: datetime) -> None:
    data, kind = body["data"], body["type"]
    institution = queries.name_of(db, data["holder_id"] or data["institution_id"])
    if kind in ("filing.submitted", "filing.amended", "filing.dispatched", "filing.forwarded", "filing.declined"):
        text = texts.filing(kind, data, institution, staff=True)
        tell_staff(db, data["institution_id"], "filing_clerk", body["id"], text, now, _actor(data))
    if kind not in ("filing.submitted", "filing.amended", "filing.withdrawn"):  # the applicant did these
        tell_applicant(db, data["org_id"], body["id"], texts.filing(kind, data, institution), now, _actor(data))


def on_booking(db: Session, body: Body, now: datetime) -> None:
    data = body["data"]
    text = texts.booking(body["type"], data, queries.name_of(db, data["institution_id"]))
    if body["type"] == "booking.sent_back":  # internal: the applicant is notified when the results are checked
        tell_staff(db, data["institution_id"], "verifier", body["id"], text, now, _actor(data))
        return
    if body["type"] in ("booking.submitted", "booking.cancelled"):
        tell_staff(db, data["institution_id"], "booking_clerk", body["id"], text, now, _actor(data))
    if body["type"] != "booking.submitted":
        tell_applicant(db, data["org_id"], body["id"], text, now, _actor(data))


def on_certificates(db: Session, body: Body, now: datetime) -> None:
    data = body["data"]
    words = texts.superseded if body["type"] == "certificate.superseded" else texts.certificates
    text = words(data, queries.name_of(db, data["institution_id"]))
    tell_applicant(db, data["org_id"], body["id"], text, now)


def on_reminder(db: Session, body: Body, now: datetime) -> None:
    text = texts.reminder(body["data"], str(business_date(now)))
    tell_applicant(db, body["data"]["org_id"], body["id"], text, now)


def on_security(db: Session, body: Body, now: datetime) -> None:
    data = body["data"]
    tell_account(db, data["account_id"], body["id"], texts.security(data), data["phones"], now)


def _actor(data: Body) -> str | None:
    """Returns the account that acted; it is not notified."""
    return str(data["actor"]["account_id"]) if data.get("actor") else None


def _keep_place(db: Session, body: Body, place_id: str, name: str) -> None:
    if inbox.newer(db, "place", [(place_id, body["sequence"])]):
        db.merge(Place(id=UUID(place_id), name=name))


def _all(
    prefix: str, effect: Callable[[Session, Body, datetime], None]
) -> dict[str, Callable[[Session, Body, datetime], None]]:
    return {kind: effect for kind in texts.WORDS if kind.startswith(prefix)}


EFFECTS: dict[str, Callable[[Session, Body, datetime], None]] = {
    "account.changed": on_account,
    "account.disabled": on_account_disabled,
    "account.security": on_security,
    "account.wechat_bound": on_bound,
    "account.wechat_unbound": on_bound,
    "organization.approved": on_registration,
    "organization.rejected": on_registration,
    "organization.changed": on_organization,
    "institution.changed": on_institution,
    **_all("filing.", on_filing),
    **_all("booking.", on_booking),
    "certificate.issued": on_certificates,
    "certificate.superseded": on_certificates,
    "instrument.reminder_due": on_reminder,
}
