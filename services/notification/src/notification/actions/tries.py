"""Limits guesses of booking numbers: after a few wrong numbers, a follower may try one more only now and then.

A try is counted before the question is asked, so that parallel tries count too. It is returned if the number was right.
"""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

FREE = 5  # wrong numbers
THEN_ONE_IN = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(hours=1)

_TAKE = text(
    "INSERT INTO number_try AS t (openid, tries, last_at) VALUES (:openid, 1, :now)"
    " ON CONFLICT (openid) DO UPDATE SET last_at = excluded.last_at,"
    " tries = CASE WHEN t.last_at < :forgotten THEN 1 ELSE t.tries + 1 END"
    " WHERE t.tries < :free OR t.last_at <= :waited RETURNING tries"
)
_GIVE_BACK = text("UPDATE number_try SET tries = tries - 1 WHERE openid = :openid AND tries > 0")
_OLD = text("DELETE FROM number_try WHERE last_at < :forgotten")


def take(db: Session, openid: str, now: datetime) -> bool:
    """Says whether the follower may try one more number now, and counts the try."""
    limits = {"free": FREE, "waited": now - THEN_ONE_IN, "forgotten": now - FORGOTTEN_AFTER}
    return db.execute(_TAKE, {"openid": openid, "now": now} | limits).first() is not None


def give_back(db: Session, openid: str) -> None:
    db.execute(_GIVE_BACK, {"openid": openid})


def forget_old(db: Session, now: datetime) -> None:
    db.execute(_OLD, {"forgotten": now - FORGOTTEN_AFTER})
