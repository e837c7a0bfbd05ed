"""The four digits that the open query asks for: after a few wrong ones only now and then one more of the same booking.

A guess is counted before it is judged, so that many at once count too, and forgotten where it was right.
"""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

FREE = 5  # wrong guesses of one booking
THEN_ONE_IN = timedelta(minutes=10)

_TAKE = text(
    "UPDATE booking SET wrong_digits_at = :now,"
    " wrong_digits = CASE WHEN wrong_digits_at < :forgotten THEN 1 ELSE wrong_digits + 1 END"
    " WHERE number = :number AND (wrong_digits < :free OR wrong_digits_at <= :waited) RETURNING wrong_digits"
)
_FORGET = text("UPDATE booking SET wrong_digits = 0 WHERE number = :number")
FORGOTTEN_AFTER = timedelta(hours=24)


def take(db: Session, number: str, now: datetime) -> bool:
    """Whether one more guess may be made now."""
    limits = {"free": FREE, "waited": now - THEN_ONE_IN, "forgotten": now - FORGOTTEN_AFTER}
    return db.execute(_TAKE, {"number": number, "now": now} | limits).first() is not None


def forget(db: Session, number: str) -> None:
    db.execute(_FORGET, {"number": number})
