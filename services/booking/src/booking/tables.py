"""Tables that triggers keep, in the transaction of each change (migration 0008). No code writes their rows."""

from sqlalchemy import BigInteger, Boolean, Column, Computed, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.db import NAMING

METADATA = MetaData(naming_convention=NAMING)

# The bookings whose instruments are used in an area; without row-level security, like the searches: it gives ids only, and
# what is shown comes from `booking`, which is secured.
BOOKING_AREA = Table(
    "booking_area",
    METADATA,
    Column("area", Text, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("place", LargeBinary, Computed("uuid_send(booking_id)", persisted=True), nullable=False),
    Column("state", Text, nullable=False),
)


def _search(name: str, key: str) -> Table:
    return Table(
        name,
        METADATA,
        Column(key, Uuid, primary_key=True),
        Column("viewers", ARRAY(Uuid), nullable=False),
        Column("words", Text, nullable=False),
    )


# What bookings, and instruments, are searched by, and who sees them.
BOOKING_SEARCH = _search("booking_search", "booking_id")
INSTRUMENT_SEARCH = _search("instrument_search", "instrument_id")
# How many bookings are in a state, as sums of changes, for the organisation, the institution and each area.
BOOKING_COUNT = Table(
    "booking_count",
    METADATA,
    Column("viewer_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("merged", Boolean, nullable=False),
)
