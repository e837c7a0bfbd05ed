"""Rows to the shapes that the API promises."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.domain.certificates import status_on


def certificate_view(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    s, r = row["snapshot"], row["result"]
    return {
        "number": row["number"], "instrument_id": row["instrument_id"], "unit": row["unit"], "kind": row["kind"],
        "verified_on": row["verified_on"], "valid_until": row["valid_until"], "rotate_on": row["rotate_on"],
        "verifier": r["verifier_name"], "checker": r["checker_name"], "institution": s["institution_name"],
        "instrument": {k: s[k] for k in ("name", "model", "serial_no", "own_no", "kind_code", "kind_name", "org_name")},
        "supersedes": row["supersedes"], "ended_at": row["ended_at"], "ended_reason": row["ended_reason"],
        "public_code": row["public_code"], "status": status_on(row, today), "issued_at": row["issued_at"],
    }  # fmt: skip


def waiting_certificate(row: Any, language: str) -> dict[str, Any]:
    s = row.snapshot
    return {
        "number": row.number, "instrument_id": row.instrument_id, "institution": s["institution_name"],
        "instrument": {k: s[k] for k in ("name", "model", "serial_no", "own_no", "org_name")},
        "verified_on": row.verified_on, "issued_at": row.issued_at,
        "problem": row.print_error["en" if language == "en" else "zh"],
    }  # fmt: skip


def public_certificate(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What the page behind the QR code shows; persons are masked."""
    s, r = row["snapshot"], row["result"]
    return {
        "number": row["number"], "kind": row["kind"], "status": status_on(row, today),
        "result": r["conclusion"], "instrument_name": s["name"], "model": s["model"], "serial_no": s["serial_no"],
        "manufacturer": s["manufacturer"], "org_name": s["org_name"], "institution": s["institution_name"],
        "verifier": mask_name(r["verifier_name"]), "checker": mask_name(r["checker_name"]),
        "verified_on": row["verified_on"], "valid_until": row["valid_until"], "rotate_on": row["rotate_on"],
    }  # fmt: skip


def mask_name(name: str) -> str:
    """李检定 -> 李**"""
    return name[:1] + "*" * (len(name) - 1)


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """Dates within `details` are kept as text, since they are stored as JSON."""
    details = body.get("details")
    if details:
        day = details.get("first_verified_on")
        body["details"] = details | ({"first_verified_on": day.isoformat()} if day else {})
    return body
