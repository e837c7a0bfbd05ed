"""The facts that booking owns, and its replicas of others' facts."""

from sqlalchemy import Text, cast, select

from booking.domain.states import OPEN, OPEN_ITEM
from booking.models import FACTS as DESCRIBED
from booking.models import Booking, BookingItem, DayChange, Institution, Instrument, Kind, Org, Staff
from chassis.facts import Copy, Fact

FACTS = {
    "open_booking": Fact(
        select(BookingItem.instrument_id.label("key"), BookingItem.booking_id.label("open_booking_id"))
        .join(Booking, Booking.id == BookingItem.booking_id)
        .where(Booking.state.in_(OPEN), BookingItem.state.in_(OPEN_ITEM)),
        copied_by=("registry",),
    )
}
COPIES = {
    "organization": Copy(
        "identity", "organization", select(Org.id.label("key"), Org.name, Org.division_code, Org.phone_last4),
        needed={"status": ("approved",)},
    ),
    "institution": Copy(
        "identity", "institution",
        select(Institution.id.label("key"), Institution.name, Institution.tier, Institution.division_code,
               Institution.active),
    ),
    "staff": Copy(
        "identity", "account",
        select(Staff.account_id.label("key"), Staff.institution_id.label("home_id"), Staff.username, Staff.name,
               Staff.roles, Staff.active),
        needed={"kind": ("institution",)},
    ),
    "holiday": Copy(
        "identity", "holiday", select(cast(DayChange.date, Text).label("key"), DayChange.kind, DayChange.name),
    ),
    "kind": Copy(
        "registry", "kind",
        select(Kind.code.label("key"), Kind.name, Kind.mode, Kind.period_months, Kind.term_months),
    ),
    "instrument": Copy(
        "registry", "instrument",
        select(Instrument.instrument_id.label("key"), Instrument.org_id, Instrument.status, Instrument.approved_on,
               Instrument.result, Instrument.valid_until, Instrument.rotate_on, Instrument.unverified_since,
               *(getattr(Instrument, name) for name in DESCRIBED))
        .where(Instrument.filing_state == "approved"),
        needed={"filing_state": ("approved",)},
    ),
    "filing": Copy(
        "filing", "filing",
        select(Instrument.instrument_id.label("key"), Instrument.filing_state,
               Instrument.institution_id.label("holder_id"))
        .where(Instrument.filing_state == "approved"),
        needed={"filing_state": ("approved",)},
    ),
}  # fmt: skip
