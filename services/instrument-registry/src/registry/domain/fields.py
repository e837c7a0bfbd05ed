"""The fields of an instrument, once: form, import, export, template and history all read this table."""

from dataclasses import dataclass, replace

from chassis.rules import Table

PURPOSES = (("safety", "安全防护"), ("medical", "医疗卫生"), ("trade", "贸易结算"), ("environment", "环境监测"))
ORIGINS = (("domestic", "国产"), ("imported", "进口"))
VENUES = (("deliver", "送检"), ("onsite", "现场"))


@dataclass(frozen=True)
class Field:
    """key: as in the API. header: as in the workbook. kind: text, code, date, option, phone or quantity.
    options: (value, Chinese name), numbered from 1 in the workbook."""

    key: str
    header: str
    kind: str = "text"
    max: int = 100
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()


FIELDS = (
    Field("name", "仪器名称", required=True),
    Field("model", "型号规格", required=True),
    Field("serial_no", "出厂编号", required=True),
    Field("own_no", "自编号"),
    Field("manufacturer", "制造单位", required=True),
    Field("kind_code", "种别代码", "code", 20, required=True),
    Field("purpose", "用途", "option", required=True, options=PURPOSES),
    Field("division_code", "使用区域代码", "code", 9, required=True),
    Field("install_address", "安装使用地点", max=200, required=True),
    Field("accuracy_class", "准确度等级"),
    Field("measuring_range", "测量范围"),
    Field("resolution", "分度值"),
    Field("made_on", "出厂日期", "date"),
    Field("in_use_on", "投用日期", "date"),
    Field("origin", "产地", "option", options=ORIGINS),
    Field("venue", "检定方式", "option", options=VENUES),
    Field("department", "使用部门"),
    Field("keeper", "保管人"),
    Field("phone", "联系电话", "phone", 20),
    Field("type_approval_no", "型式批准证书编号"),
    Field("last_cert_no", "上次检定证书编号"),
    Field("last_verified_on", "上次检定日期", "date"),
    Field("declared_valid_until", "有效期至", "date"),
    Field("remark", "备注", max=500),
)
BY_KEY = {field.key: field for field in FIELDS}
BY_HEADER = {field.header: field for field in FIELDS}
_TABLE = Table("instrument-fields")
_RULES = _TABLE.by("fields", "field")
if set(_RULES) != set(BY_KEY):
    raise _TABLE.wrong("its fields are not those of registry.domain.fields")
OWN = frozenset(key for key, rule in _RULES.items() if rule["own"])  # a copy does not have them
WHILE_OPEN = frozenset(key for key, rule in _RULES.items() if rule["open"])  # may be changed while a filing is open
AFTER_APPROVAL = frozenset(key for key, rule in _RULES.items() if rule["approved"])
IDENTITY = ("name", "model", "serial_no", "own_no")
# headers that a workbook also has: one that only export fills, one that must be empty or 1
KIND_NAME_HEADER = "种别名称"
QUANTITY = Field("quantity", "数量", "quantity")
QUANTITY_HEADER = QUANTITY.header
HEADERS = (
    "仪器名称", "型号规格", "出厂编号", "自编号", "制造单位", "种别代码", KIND_NAME_HEADER, "用途", "使用区域代码", "安装使用地点",
    "准确度等级", "测量范围", "分度值", "出厂日期", "投用日期", "产地", "检定方式", "使用部门", "保管人", "联系电话",
    "型式批准证书编号", "上次检定证书编号", "上次检定日期", "有效期至", QUANTITY_HEADER, "备注",
)  # fmt: skip
# what an export may be narrowed to, by the names of the API
EXPORT_COLUMNS = tuple(
    (
        BY_HEADER[header].key
        if header in BY_HEADER
        else {KIND_NAME_HEADER: "kind_name", QUANTITY_HEADER: "quantity"}[header]
    )
    for header in HEADERS
)
# what the workbook of errors has besides: why a row is wrong, and (hidden) which row of which import it was
REASON_HEADER = "错误原因"
ROW_KEY = Field("row_key", "行标识")
NOZZLE_FIELDS = (
    Field("nozzle_no", "枪号", max=20, required=True),
    Field("old_nozzle_no", "更换前枪编号", max=20),
    Field("fuel_grade", "油品", max=30),
    Field("flow_range", "流量范围", max=50),
    Field("min_quantity", "最小被测量", max=50),
    Field("board_no", "主板编号", max=50),
    Field("replaced_on", "更换日期", "date"),
)


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of import, in the order of its template."""

    title: str
    fields: tuple[Field, ...]
    headers: tuple[str, ...]


_WHICH = tuple(BY_KEY[key] for key in IDENTITY)
_ADDRESS = (*_WHICH, replace(BY_KEY["division_code"], required=False), BY_KEY["install_address"])
LAYOUTS = {
    "instruments": Layout("仪器导入", (*FIELDS, QUANTITY), HEADERS),
    "addresses": Layout("更新地址", _ADDRESS, tuple(field.header for field in _ADDRESS)),
    "nozzles": Layout(
        "更换加油枪", (*_WHICH, *NOZZLE_FIELDS), tuple(field.header for field in (*_WHICH, *NOZZLE_FIELDS))
    ),
}
