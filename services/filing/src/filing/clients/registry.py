"""Registry's claims: the instruments of a submission, locked for 15 minutes, with their snapshots.

Idempotent on the submission's id, served page by page in the order of ids.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol
from uuid import UUID

from chassis.calls import ServiceClient

PAGE = 500


class Claims(Protocol):
    def claim(
        self, submission_id: UUID, org_id: UUID, actor: dict[str, Any], selection: dict[str, Any], area: str
    ) -> dict[str, Any]:
        """{"claimed": n, "failed": [{id, code, detail}]}. Raises: Refused, Unavailable."""

    def items(self, submission_id: UUID, after: UUID | None) -> Iterator[list[dict[str, Any]]]:
        """Pages of {"instrument_id", "version", "snapshot"}, after an instrument's id."""

    def release(
        self, submission_id: UUID, instrument_ids: Sequence[UUID] | None = None, after: UUID | None = None
    ) -> None:
        """Free the named instruments, or those after an id: they are not filed. Raises: Unavailable."""

    def amend(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change an instrument under its filing; once for each amendment_id. {"version", "snapshot", "changes"}.
        Raises: Refused, Unavailable."""


class RegistryClaims:
    """Registry over HTTP."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def claim(
        self, submission_id: UUID, org_id: UUID, actor: dict[str, Any], selection: dict[str, Any], area: str
    ) -> dict[str, Any]:
        body = {
            "submission_id": str(submission_id), "org_id": str(org_id), "actor": actor, "selection": selection,
            "area": area,
        }  # fmt: skip
        answer: dict[str, Any] = self._client.post("/internal/claims", body, idempotent=True)
        return answer

    def items(self, submission_id: UUID, after: UUID | None) -> Iterator[list[dict[str, Any]]]:
        cursor = str(after) if after else ""
        while True:
            page = self._client.get(f"/internal/claims/{submission_id}/items", cursor=cursor, page_size=PAGE)
            if page["items"]:
                yield page["items"]
            if not page["next_cursor"]:
                return
            cursor = page["next_cursor"]

    def release(
        self, submission_id: UUID, instrument_ids: Sequence[UUID] | None = None, after: UUID | None = None
    ) -> None:
        ids = None if instrument_ids is None else list(map(str, instrument_ids))
        body = {"instrument_ids": ids, "after": None if after is None else str(after)}
        self._client.post(f"/internal/claims/{submission_id}/release", body, idempotent=True)

    def amend(self, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.post("/internal/amendments", body, idempotent=True)
        return answer
