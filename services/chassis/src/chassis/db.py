"""The database: one engine a process, one transaction a door, and the scope that row-level security reads.

Every door opens its transaction with a Scope; PostgreSQL's policies compare rows with it, so that a forgotten
WHERE shows nothing instead of everything (the second wall; the first is the WHERE of each query).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    Text,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session, sessionmaker

from chassis.actor import Actor

NAMING = {
    "pk": "%(table_name)s_pkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
}


TIMESTAMP = DateTime(timezone=True)


# For each service's own `class Base(DeclarativeBase)`: constraints have names so that migrations can speak of them.
TYPES: dict[Any, Any] = {
    datetime: TIMESTAMP,
    str: Text(),
    int: BigInteger(),
    list[str]: ARRAY(Text),
    list[UUID]: ARRAY(Uuid),
    dict[str, Any]: JSONB,
    list[dict[str, Any]]: JSONB,
}


@dataclass(frozen=True)
class Scope:
    """The rows that a transaction may see: all, or those of one organisation, institution or area."""

    everything: bool = False
    org_id: str = ""
    institution_id: str = ""
    area: str = ""  # prefix of division codes

    @classmethod
    def of(cls, actor: Actor) -> "Scope":
        if actor.kind in ("admin", "system"):
            return ALL
        if actor.kind == "applicant":
            return cls(org_id=str(actor.org_id))
        if actor.kind == "institution":
            return cls(institution_id=str(actor.org_id), area=actor.area)
        return cls(area=actor.area or "none")

    def settings(self) -> dict[str, str]:
        """As the values of the session's settings that the policies read."""
        return {
            "everything": "on" if self.everything else "off",
            "org_id": self.org_id,
            "institution_id": self.institution_id,
            "area": self.area,
        }


ALL = Scope(everything=True)

SET_SCOPE = (
    "SELECT set_config('qj.everything', %(everything)s, true), set_config('qj.org', %(org_id)s, true),"
    " set_config('qj.institution', %(institution_id)s, true), set_config('qj.area', %(area)s, true)"
)


class Database:
    """Engine and sessions of one process. Make it after a fork, never before."""

    def __init__(self, url: str, pool_size: int = 8, application: str = "") -> None:
        self.url = url
        self.engine: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=2,
            pool_timeout=10,
            pool_recycle=1800,
            pool_pre_ping=False,
            connect_args={
                "connect_timeout": 5,
                "application_name": application,
                "options": "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=120000",
            },
        )
        event.listen(self.engine, "handle_error", _invalidate_when_gone)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    def session(self, scope: Scope) -> Session:
        session = self._sessions()
        session.info["scope"] = scope
        return session

    @contextmanager
    def transaction(self, scope: Scope = ALL) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        session = self.session(scope)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def dispose(self) -> None:
        self.engine.dispose()


@event.listens_for(Session, "after_begin")
def _set_scope(session: Session, _transaction: Any, connection: Any) -> None:
    scope: Scope | None = session.info.get("scope")
    if scope is not None:
        connection.exec_driver_sql(SET_SCOPE, scope.settings())  # nothing to compile: every transaction pays for it


def _invalidate_when_gone(context: Any) -> None:
    """A server that restarted leaves dead connections in the pool: drop them all at the first sign."""
    if context.is_disconnect:
        context.invalidate_pool_on_disconnect = True


def sqlalchemy_url(url: str) -> str:
    """postgresql:// as people write it, to the dialect that names the driver."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
