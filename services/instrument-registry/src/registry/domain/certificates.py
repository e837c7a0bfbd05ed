"""What a certificate is worth on a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

STATUS_LABELS = {"in_force": "有效", "expired": "已过有效期", "superseded": "已被新证书替代", "void": "已作废"}
CHANGE_LABELS = {"open": "待确认", "confirmed": "已确认", "declined": "不同意"}
UNIT_GONE = "所检的枪已拆除或更换"
KIND_LABELS = {"certificate": "检定证书", "failure_notice": "检定结果通知书"}


def status_on(row: Mapping[str, Any], today: date) -> str:
    """in_force, expired, superseded or void: expired is a matter of the day, never stored."""
    end = row["valid_until"]
    return "expired" if row["status"] == "in_force" and end is not None and end < today else str(row["status"])
