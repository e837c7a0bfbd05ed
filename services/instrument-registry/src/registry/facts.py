"""The facts that the registry owns, and its replicas of others' facts."""

from sqlalchemy import select

from chassis.facts import Copy, Fact
from registry.models import Division, Institution, Instrument, Kind, Org

FACTS = {
    "kind": Fact(
        select(Kind.code.label("key"), Kind.name, Kind.mode, Kind.period_months, Kind.term_months),
        copied_by=("booking",),
    ),
    "instrument": Fact(
        select(
            Instrument.id.label("key"), Instrument.org_id, Instrument.name, Instrument.model, Instrument.serial_no,
            Instrument.own_no, Instrument.manufacturer, Instrument.kind_code, Instrument.purpose,
            Instrument.division_code, Instrument.install_address, Instrument.venue, Instrument.status,
            Instrument.filing_state, Instrument.approved_on, Instrument.result, Instrument.valid_until,
            Instrument.rotate_on, Instrument.unverified_since,
        ),
        copied_by=("booking",),
    ),
    "filed_instrument": Fact(
        select(Instrument.id.label("key"), Instrument.filing_id).where(Instrument.filing_id.is_not(None)),
        copied_by=("filing",),
    ),
}  # fmt: skip
COPIES = {
    "organization": Copy(
        "identity", "organization",
        select(Org.id.label("key"), Org.name, Org.division_code, Org.credit_code, Org.contact_name, Org.phone),
        needed={"status": ("approved",)},
    ),
    "institution": Copy(
        "identity", "institution",
        select(Institution.id.label("key"), Institution.name, Institution.tier, Institution.division_code),
    ),
    "division": Copy(
        "identity", "division",
        select(Division.code.label("key"), Division.name, Division.level, Division.is_leaf, Division.valid_from,
               Division.valid_to),
    ),
    "filing": Copy(
        "filing", "filing",
        select(Instrument.id.label("key"), Instrument.filing_id, Instrument.filing_state)
        .where(Instrument.filing_id.is_not(None)),
    ),
    "open_booking": Copy(
        "booking", "open_booking",
        select(Instrument.id.label("key"), Instrument.open_booking_id).where(Instrument.open_booking_id.is_not(None)),
    ),
}  # fmt: skip
