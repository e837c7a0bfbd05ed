"""Tables that triggers keep, in the transaction of each change: counts and searches. No code writes their rows."""

from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Date, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.db import NAMING

METADATA = MetaData(naming_convention=NAMING)

NOBODY = UUID(int=0)  # in place of the institution of an instrument that has none
ALL_KINDS, ALL_INSTITUTIONS = "", UUID(int=(1 << 128) - 1)  # in an entry that sums up all of them

# How many instruments are in a state, as sums of changes; kept by triggers in the transaction of each change, for
# everyone who has a list of them: the organisation, and each institution that took part.
INSTRUMENT_COUNT = Table(
    "instrument_count",
    METADATA,
    Column("viewer_id", Uuid, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("status", "filing_state", "phase")),
    Column("phase_day", Date),
    Column("n", BigInteger, nullable=False),
    Column("merged", Boolean, nullable=False),
)


# Who had a part in the filing or verification of an instrument; kept by triggers, without row-level security: see
# migration 0015.
INSTRUMENT_PART = Table(
    "instrument_part",
    METADATA,
    Column("institution_id", Uuid, nullable=False),
    Column("instrument_id", Uuid, nullable=False),
)
# What instruments are searched by, and by whom; kept by triggers, and without row-level security: see migrations 0008
# and 0016.
INSTRUMENT_SEARCH = Table(
    "instrument_search",
    METADATA,
    Column("instrument_id", Uuid, primary_key=True),
    Column("viewers", ARRAY(Uuid), nullable=False),
    Column("words", Text, nullable=False),
)
# The same of certificates: see migrations 0011 and 0017.
CERTIFICATE_SEARCH = Table(
    "certificate_search",
    METADATA,
    Column("certificate_id", Uuid, primary_key=True),
    Column("viewers", ARRAY(Uuid), nullable=False),
    Column("words", Text, nullable=False),
)

# What supervision asks, of instruments in a state and of verifications in a month; kept by triggers likewise, for each
# area that somebody looks at: see registry.queries.areas.
SUPERVISION_COUNT = Table(
    "supervision_count",
    METADATA,
    Column("area", Text, nullable=False),
    Column("leaf", Boolean, nullable=False),
    Column("kind_code", Text, nullable=False),
    Column("institution_id", Uuid, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("status", "filing_state", "phase")),
    Column("phase_day", Date),
    Column("n", BigInteger, nullable=False),
    Column("merged", Boolean, nullable=False),
)
VERIFICATION_FIGURES = ("verified", "passed", "first", "first_passed", "due", "on_time", "days", "filed")
VERIFICATION_COUNT = Table(
    "verification_count",
    METADATA,
    Column("area", Text, nullable=False),
    Column("leaf", Boolean, nullable=False),
    Column("kind_code", Text, nullable=False),
    Column("institution_id", Uuid, nullable=False),
    Column("month", Date, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in VERIFICATION_FIGURES),
    Column("merged", Boolean, nullable=False),
)
