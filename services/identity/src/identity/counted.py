"""Refusals that must be remembered: a wrong code is counted in the transaction that refuses it, so it commits."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from chassis.db import Database
from chassis.errors import ServiceError

Result = TypeVar("Result")


def counted(database: Database, refusal: type[ServiceError], work: Callable[[Session], Result]) -> Result:
    """Do `work` in a transaction of its own, committed also when it raises `refusal`, which is raised again after."""
    refused: ServiceError | None = None
    with database.transaction() as db:
        try:
            return work(db)
        except refusal as error:
            refused = error
    raise refused
