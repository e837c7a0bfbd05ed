"""The facts that filing owns, and its replicas of others' facts."""

from sqlalchemy import Text, cast, select

from chassis.facts import Copy, Fact
from filing.models import DayChange, Filing, Institution, Org

FACTS = {
    "filing": Fact(
        select(Filing.instrument_id.label("key"), Filing.id.label("filing_id"), Filing.state.label("filing_state"),
               Filing.holder_id)
        .where(Filing.latest),
        copied_by=("registry", "booking"),
    )
}  # fmt: skip
COPIES = {
    "organization": Copy(
        "identity", "organization",
        select(Org.id.label("key"), Org.name, Org.division_code, Org.credit_code, Org.contact_name, Org.phone),
        needed={"status": ("approved",)},
    ),
    "institution": Copy(
        "identity", "institution",
        select(Institution.id.label("key"), Institution.name, Institution.tier, Institution.division_code,
               Institution.active),
    ),
    # a filing goes with its instrument: of one that was deleted there is none
    "filed_instrument": Copy(
        "registry", "filed_instrument",
        select(Filing.instrument_id.label("key"), Filing.id.label("filing_id")).where(Filing.latest),
    ),
    "holiday": Copy(
        "identity", "holiday", select(cast(DayChange.date, Text).label("key"), DayChange.kind, DayChange.name),
    ),
}  # fmt: skip
