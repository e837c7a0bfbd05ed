"""The ledger as supervisors and institutions take it away: whose each instrument is, how it stands, since when it is
overdue, and who verifies it. An applicant's export has the layout of the import instead."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, case, select, type_coerce
from sqlalchemy.orm import Session

from registry.domain.fields import PURPOSES
from registry.domain.filing_states import FILING_LABELS
from registry.domain.views import DUE_DAYS, LABELS
from registry.models import STATUS_LABELS, Division, Institution, Instrument, Kind
from registry.queries import owners
from registry.view_sql import TODAY, view_column

I = Instrument  # noqa: E741
RESULTS = {"pass": "合格", "fail": "不合格"}


class Column(NamedTuple):
    header: str
    shown: Any
    names: str = ""  # of a reference: what the value is looked up in
    labels: Mapping[str, str] | None = None


_OVERDUE_DAYS = case(
    (I.phase == "verified", type_coerce(TODAY - I.phase_day, Integer)),
    (I.phase == "unverified", type_coerce(TODAY - I.phase_day, Integer) - DUE_DAYS),
)
LEDGER: dict[str, Column] = {
    "org_name": Column("使用单位", owners.SHOWN["org_name"]),
    "org_credit_code": Column("统一社会信用代码", owners.SHOWN["org_credit_code"]),
    "org_contact_name": Column("单位联系人", owners.CONTACT["org_contact_name"]),
    "org_phone": Column("单位联系电话", owners.CONTACT["org_phone"]),
    "code": Column("器具码", I.code),
    "name": Column("仪器名称", I.name),
    "model": Column("型号规格", I.model),
    "serial_no": Column("出厂编号", I.serial_no),
    "own_no": Column("自编号", I.own_no),
    "manufacturer": Column("制造单位", I.manufacturer),
    "kind_code": Column("种别代码", I.kind_code),
    "kind_name": Column("种别名称", I.kind_code, names="kind"),
    "purpose": Column("用途", I.purpose, labels=dict(PURPOSES)),
    "division_code": Column("使用区域代码", I.division_code),
    "division_name": Column("使用区域", I.division_code, names="division"),
    "install_address": Column("安装使用地点", I.install_address),
    "keeper": Column("保管人", I.keeper),
    "phone": Column("联系电话", I.phone),
    "view": Column("检定状态", view_column(), labels=LABELS),
    "status": Column("使用状态", I.status, labels=STATUS_LABELS),
    "filing_state": Column("备案状态", I.filing_state, labels=FILING_LABELS),
    "approved_on": Column("备案通过日期", I.approved_on),
    "result": Column("最近检定结果", I.result, labels=RESULTS),
    "valid_until": Column("有效期至", I.valid_until),
    "rotate_on": Column("到期轮换日期", I.rotate_on),
    "days_overdue": Column("超期天数", _OVERDUE_DAYS),
    "institution": Column("检定机构", I.institution_id, names="institution"),
}


def chosen(columns: Sequence[str]) -> list[Column]:
    return [column for key, column in LEDGER.items() if not columns or key in columns]


def writers(db: Session, columns: Sequence[Column]) -> list[tuple[Any, Callable[[Any], str]]]:
    """Of each column what is read, and how it is written."""
    reference: dict[str, Mapping[Any, str]] = {
        "kind": {key: name for key, name in db.execute(select(Kind.code, Kind.name))},
        "division": {key: name for key, name in db.execute(select(Division.code, Division.name))},
        "institution": {key: name for key, name in db.execute(select(Institution.id, Institution.name))},
    }
    return [(column.shown, _writer(column, reference)) for column in columns]


def _writer(column: Column, reference: Mapping[str, Mapping[Any, str]]) -> Callable[[Any], str]:
    if column.shown is _OVERDUE_DAYS:
        return lambda days: str(days) if days is not None and days > 0 else ""
    labels: Mapping[Any, str] | None = reference[column.names] if column.names else column.labels
    if labels is not None:
        return lambda value: labels.get(value, "")
    return lambda value: "" if value is None else str(value)
