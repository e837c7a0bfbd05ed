"""The states of a filing, as far as the registry needs them. Filing owns them."""

from chassis.rules import Table

_TABLE = Table("filing-states")
_STATES = _TABLE.by("states", "state")
NONE = "none"  # of an instrument that was never filed
FILING_LABELS = {NONE: _TABLE.value("none", dict)["zh"], **_TABLE.words("states", "state")}
OPEN_FILING = tuple(state for state, row in _STATES.items() if row["open"])
UNFILED = (NONE, *(state for state, row in _STATES.items() if row["unfiled"]))
