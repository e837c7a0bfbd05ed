"""Ids: UUIDv7, so that the order of ids is the order of making."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
