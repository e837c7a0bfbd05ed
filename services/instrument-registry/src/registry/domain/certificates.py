"""The status of a certificate on a day."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from chassis.rules import States, Table

STATUS_LABELS = {"in_force": "有效", "expired": "已过有效期", "superseded": "已被新证书替代", "void": "已作废"}
UNIT_GONE = "所检的枪已拆除或更换"
KIND_LABELS = {"certificate": "检定证书", "failure_notice": "检定结果通知书"}


class ChangeState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


CHANGE = States(Table("certificate-change-states"), ChangeState)


def status_on(row: Mapping[str, Any], today: date) -> str:
    """in_force, expired, superseded or void: expired is a matter of the day, never stored."""
    end = row["valid_until"]
    return "expired" if row["status"] == "in_force" and end is not None and end < today else str(row["status"])
