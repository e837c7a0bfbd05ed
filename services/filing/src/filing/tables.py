"""Tables that triggers keep, in the transaction of each change (migration 0007). No code writes their rows."""

from sqlalchemy import BigInteger, Boolean, Column, Computed, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.db import NAMING, TIMESTAMP

METADATA = MetaData(naming_convention=NAMING)

# The filings in which an institution had a part, with what its lists are ordered by; without row-level security, like the
# search: it gives ids only, and what is shown comes from `filing`, which is secured.
FILING_PART = Table(
    "filing_part",
    METADATA,
    Column("institution_id", Uuid, nullable=False),
    Column("filing_id", Uuid, nullable=False),
    Column("place", LargeBinary, Computed("uuid_send(filing_id)", persisted=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("submitted_at", TIMESTAMP, nullable=False),
    Column("decided_at", TIMESTAMP),
)
# What filings are searched by, and who sees them.
FILING_SEARCH = Table(
    "filing_search",
    METADATA,
    Column("filing_id", Uuid, primary_key=True),
    Column("viewers", ARRAY(Uuid), nullable=False),
    Column("words", Text, nullable=False),
)
# How many of the latest filings are in a state, as sums of changes, for everyone who has a list of them: the organisation,
# each institution that took part, and each area. held: by this institution; turn: it is this institution's.
FILING_COUNT = Table(
    "filing_count",
    METADATA,
    Column("viewer_id", Uuid, nullable=False),
    Column("area", Text, nullable=False),  # of an area; "-" of an organisation or institution
    Column("state", Text, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("turn", Boolean, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("merged", Boolean, nullable=False),
)
