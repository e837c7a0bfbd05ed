"""Rows to the shapes that the API promises."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chassis.clock import business_date
from registry.domain.certificates import status_on
from registry.domain.units import is_of_present_unit

_INSTRUMENT = (
    "name", "model", "serial_no", "own_no", "manufacturer", "accuracy_class", "measuring_range", "kind_code", "kind_name",
    "org_name",
)  # fmt: skip
_RESULT = ("procedure", "standard", "fail_items", "remarks")


def certificate_view(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    s, r = row["snapshot"], row["result"]
    return {
        "number": row["number"], "instrument_id": row["instrument_id"], "unit": row["unit"], "kind": row["kind"],
        "verified_on": row["verified_on"], "valid_until": row["valid_until"], "rotate_on": row["rotate_on"],
        "verifier": r["verifier_name"], "checker": r["checker_name"], "institution": s["institution_name"],
        "instrument": {k: s.get(k) for k in _INSTRUMENT}, **{k: r.get(k) for k in _RESULT},
        "supersedes": row["supersedes"], "superseded_by": row["superseded_by"], "ended_at": row["ended_at"], "ended_reason": row["ended_reason"],
        "public_code": row["public_code"], "status": status_on(row, today), "issued_at": row["issued_at"],
        "unit_gone": unit_is_gone(row),
    }  # fmt: skip


def unit_is_gone(row: Mapping[str, Any]) -> bool:
    """Whether the nozzle that it speaks of was removed or changed since: it certifies nothing that is there."""
    present = row.get("present")
    if row["status"] != "in_force" or not present:
        return False
    if row["unit"] not in {str(nozzle["nozzle_no"]) for nozzle in present["nozzles"] or []}:
        return True
    changed = present["changed"].get(row["unit"])
    at = datetime.fromisoformat(changed) if changed else None
    on = business_date(at) if at else None
    return not is_of_present_unit(row["verified_on"], row["issued_at"], at, on)


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
        "number": row["number"], "kind": row["kind"], "status": status_on(row, today), "unit_gone": unit_is_gone(row),
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
