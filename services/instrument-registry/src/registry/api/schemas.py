"""Request and answer shapes of the registry. Those of an instrument are made from `domain.fields`."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.jobs import JobView
from chassis.lists.fast import ListingArgs
from chassis.problems import Message
from chassis.schema import BLANK, Schema, Text, one_of
from chassis.selections import selection_schema
from registry.actions.ledger import LEDGER
from registry.domain.fields import BY_KEY, EXPORT_COLUMNS, FIELDS, IDENTITY, LAYOUTS, Field
from registry.domain.typed import CELL_ERRORS, typed, typed_code, typed_phone
from registry.queries import CONTAINED, FILTERS, RANGES_OF, owners
from registry.view_sql import LIST_VIEWS

_TYPED = {"phone": typed_phone, "code": typed_code}
_CONTROL = Message("invalid_character", "含有不能保存的字符。", "Contains a character that cannot be stored.")
_CELL_ERROR = Message("cell_error", "是电子表格的错误值，请填写实际的值。", "Is the error value of a spreadsheet.")
_PHONE = Message(
    "phone_invalid", "联系电话应为 11 位手机号或带区号的座机号。", "A mobile number, or one with its area code."
)


class Typed(Text):
    """Text as the import stores it too."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._kind = kind

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = _TYPED.get(self._kind, typed)(super()._deserialize(value, attr, data, **kwargs))
        if text is None:
            raise ValidationError(_PHONE if self._kind == "phone" else _CONTROL)
        if text in CELL_ERRORS:
            raise ValidationError(_CELL_ERROR)
        if not text and self._min:
            raise ValidationError(BLANK)
        return text


def _input(field: Field, partial: bool) -> Any:
    required = field.required and not partial
    if field.kind == "date":
        return fields.Date(allow_none=True)
    if field.options:
        values = [value for value, _ in field.options]
        return Text(max=20, required=required, allow_none=not field.required, validate=one_of(*values))
    return Typed(field.kind, max=field.max, required=required, min=1 if field.required else 0)


class Nozzle(Schema):
    nozzle_no = Text(required=True, min=1, max=20)
    fuel_grade = Text(max=30)
    flow_range = Text(max=50)
    min_quantity = Text(max=50)
    board_no = Text(max=50)
    replaced_on = Text(max=10, pattern=r"\d{4}-\d{2}-\d{2}", allow_none=True)


class Details(Schema):
    """Fields of the kind: nozzles of a fuel dispenser; size and numbers of the three meters."""

    nozzles = fields.List(fields.Nested(Nozzle), validate=validate.Length(max=32))
    size = Text(max=30)
    q3 = Text(max=30)
    g_size = Text(max=30)
    medium = Text(max=30)
    current = Text(max=30)
    phases = Text(max=30)
    account_no = Text(max=50)
    account_name = Text(max=50)
    first_verified_on = fields.Date(allow_none=True)
    first_batch_no = Text(max=50)


InstrumentRequest: Any = type(
    "InstrumentRequest", (Schema,), {f.key: _input(f, False) for f in FIELDS} | {"details": fields.Nested(Details)}
)
InstrumentChanges: Any = type(
    "InstrumentChanges", (Schema,), {f.key: _input(f, True) for f in FIELDS} | {"details": fields.Nested(Details)}
)
InstrumentEdit: Any = type(
    "InstrumentEdit", (InstrumentChanges,), {"reason": Text(max=500, metadata={"description": "for the history"})}
)
AlikeChanges: Any = type("AlikeChanges", (Schema,), {f.key: _input(f, True) for f in FIELDS if f.key not in IDENTITY})
_OF_A_COPY = ("serial_no", "own_no", "division_code", "install_address", "made_on", "in_use_on", "department", "keeper",
              "phone", "remark")  # fmt: skip
CopyItem: Any = type("CopyItem", (Schema,), {key: _input(BY_KEY[key], key != "serial_no") for key in _OF_A_COPY})


class CopyRequest(Schema):
    items = fields.List(fields.Nested(CopyItem), required=True, validate=validate.Length(min=1, max=200))


class CopyFailure(Schema):
    index = fields.Integer(required=True, metadata={"description": "of the item, from 0"})
    code = fields.String(required=True)
    detail = fields.String(required=True)


class CopiesView(Schema):
    created = fields.List(fields.UUID(), required=True)
    failed = fields.List(fields.Nested(CopyFailure), required=True)


class InstrumentView(Schema):
    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"description": "器具码, lifelong and public"})
    org_id = fields.UUID(required=True)
    name = fields.String(required=True)
    model = fields.String(required=True)
    serial_no = fields.String(required=True)
    own_no = fields.String(required=True)
    manufacturer = fields.String(required=True)
    kind_code = fields.String(required=True)
    purpose = fields.String(required=True)
    division_code = fields.String(required=True)
    install_address = fields.String(required=True)
    accuracy_class = fields.String()
    measuring_range = fields.String()
    resolution = fields.String()
    made_on = fields.Date(allow_none=True)
    in_use_on = fields.Date(allow_none=True)
    origin = fields.String(allow_none=True)
    venue = fields.String(allow_none=True)
    department = fields.String()
    keeper = fields.String()
    phone = fields.String()
    type_approval_no = fields.String()
    last_cert_no = fields.String()
    last_verified_on = fields.Date(allow_none=True)
    declared_valid_until = fields.Date(allow_none=True)
    remark = fields.String()
    details = fields.Dict()
    status = fields.String(required=True)
    view = fields.String(required=True)
    filing_state = fields.String(required=True)
    institution_id = fields.UUID(allow_none=True)
    approved_on = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    rotate_on = fields.Date(allow_none=True)
    result = fields.String(allow_none=True)
    result_source = fields.String(allow_none=True)
    open_booking_id = fields.UUID(allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    org_name = fields.String(allow_none=True)
    org_credit_code = fields.String(allow_none=True)
    org_contact_name = fields.String(allow_none=True, metadata={"description": "of one instrument, not in the list"})
    org_phone = fields.String(allow_none=True, metadata={"description": "of one instrument, not in the list"})


class _CommonFilter(Schema):
    view = Text(max=20, validate=one_of(*LIST_VIEWS))
    q = Text(
        max=100,
        metadata={
            "description": "a part of name, model, serial number, own number, address or maker; for others than the applicant also of"
            " the organisation's name or credit code"
        },
    )


_IDS = {"institution_id", "import_id", "org_id", "open_booking_id"}
InstrumentFilter: Any = type(
    "InstrumentFilter",
    (_CommonFilter,),
    {name: fields.UUID() if name in _IDS else Text(max=100) for name in FILTERS}
    | {name: fields.Date() for name in RANGES_OF}
    | {name: Text(max=100, min=1) for name in (*CONTAINED, owners.FILTER)}
    | {"__doc__": "What a list, a selection or an export may be narrowed by."},
)


InstrumentArgs: Any = type(
    "InstrumentArgs", (ListingArgs, InstrumentFilter), {"__doc__": "The query of the list of instruments."}
)


InstrumentSelection = selection_schema(InstrumentFilter, "Instrument")


class Selected(Schema):
    selection = fields.Nested(InstrumentSelection, required=True)


class SelectedWithReason(Selected):
    reason = Text(max=500)


class EditSelected(SelectedWithReason):
    changes = fields.Nested(AlikeChanges, required=True, metadata={"description": "all but what identifies one"})


IMPORT_MODES = ("all_or_nothing", "valid_rows")


class WriteRequest(Schema):
    mode = Text(load_default="valid_rows", max=20, validate=one_of(*IMPORT_MODES))


class DeletableView(Schema):
    count = fields.Integer(required=True)


class HistoryView(Schema):
    id = fields.Integer()
    at = fields.DateTime(required=True)
    actor = fields.Dict(required=True)
    kind = fields.String(required=True)
    reference = fields.String(allow_none=True)
    changes = fields.List(fields.Dict(), required=True)
    reason = fields.String(allow_none=True)


class AttachmentView(Schema):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    size = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)


class AttachmentsView(Schema):
    items = fields.List(fields.Nested(AttachmentView), required=True)


class KindView(Schema):
    code = fields.String(required=True)
    category = fields.String(required=True)
    name = fields.String(required=True)
    supervision = fields.String(required=True)
    mode = fields.String(allow_none=True)
    period_months = fields.Integer(allow_none=True)
    term_months = fields.Integer(allow_none=True)
    purposes = fields.List(fields.String())
    scope_note = fields.String()
    details_schema = fields.String(allow_none=True)
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    successor = fields.String(allow_none=True)
    demo = fields.Boolean()
    verified = fields.Dict(metadata={"description": "how well each value is attested; see contracts/reference"})
    version = fields.String()


class CatalogView(Schema):
    items = fields.List(fields.Nested(KindView), required=True)


class HeaderProposal(Schema):
    index = fields.Integer(required=True, metadata={"description": "column, from 1"})
    header = fields.String(required=True)
    proposal = fields.String(allow_none=True, required=True, metadata={"description": "the header it might be"})
    score = fields.Float(required=True)


class ImportView(JobView):
    valid = fields.Integer(required=True)
    invalid = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    title = fields.String()
    mode = fields.String()
    dry_run = fields.Boolean()
    headers = fields.List(
        fields.Nested(HeaderProposal), allow_none=True,
        metadata={"description": "columns whose header is not understood; send the file again with `mapping`"},
    )  # fmt: skip


class ImportErrorView(Schema):
    seq = fields.Integer(required=True)
    row = fields.Integer(required=True)
    column = fields.String(required=True)
    field = fields.String(required=True)
    code = fields.String(required=True)
    value = fields.String(required=True)
    message = fields.String(required=True)
    expected = fields.String(required=True)
    suggestion = fields.String(allow_none=True)


class ImportErrorGroupView(Schema):
    """Errors of one cause."""

    column = fields.String(required=True)
    field = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    expected = fields.String(required=True)
    suggestion = fields.String(allow_none=True)
    count = fields.Integer(required=True)
    rows = fields.List(fields.Integer(), required=True, metadata={"description": "the first five"})


class TemplateArgs(Schema):
    kind = Text(max=20, load_default="instruments", validate=one_of(*LAYOUTS))


class ExportRequest(Schema):
    filter = fields.Nested(InstrumentFilter, load_default=dict)
    columns = fields.List(
        Text(max=30, validate=one_of(*dict.fromkeys((*EXPORT_COLUMNS, *LEDGER)))),
        load_default=list,
        validate=validate.Length(max=len(EXPORT_COLUMNS) + len(LEDGER)),
        metadata={"description": "only these, in the order of the layout; all where none is named"},
    )


class PublicInstrument(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    model = fields.String(required=True)
    serial_no = fields.String(required=True)
    manufacturer = fields.String(required=True)
    status = fields.String(required=True)
    view = fields.String(required=True)
    valid_until = fields.Date(allow_none=True)
    rotate_on = fields.Date(allow_none=True)
    result = fields.String(allow_none=True)


class Overview(Schema):
    total = fields.Integer(required=True, metadata={"description": "without scrapped"})
    filed = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    due = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    invalid = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    normal = fields.Integer(required=True)
    no_expiry = fields.Integer(required=True)
    rotation = fields.Integer(required=True)
    scrapped = fields.Integer(required=True)
    suspended = fields.Integer(required=True)
    unfiled = fields.Integer(required=True)


class SupervisionView(Overview):
    """The counts are those of today. The figures are those of the month, or of all time till today."""

    verified = fields.Integer(required=True, metadata={"description": "instruments, all their units together"})
    passed = fields.Integer(required=True)
    first_verified = fields.Integer(required=True, metadata={"description": "first verifications of their round"})
    first_passed = fields.Integer(required=True)
    first_pass_rate = fields.Float(required=True, allow_none=True, metadata={"description": "一次检定合格率"})
    due_in_period = fields.Integer(
        required=True, metadata={"description": "verifications that were due then, and instruments that still are"}
    )
    verified_on_time = fields.Integer(required=True)
    on_time_rate = fields.Float(required=True, allow_none=True, metadata={"description": "受检率"})
    days_to_certificate = fields.Float(
        required=True, allow_none=True, metadata={"description": "from the filing to the first certificate, on average"}
    )


class SupervisionGroup(SupervisionView):
    key = fields.String(required=True, metadata={"description": "code of the division or kind, id of the institution"})


class SupervisionGroups(Schema):
    items = fields.List(fields.Nested(SupervisionGroup), required=True)


class SupervisionArgs(Schema):
    division_code = Text(max=9, pattern="[0-9]{6}([0-9]{3})?")
    kind_code = Text(max=20)
    institution_id = fields.UUID()
    month = Text(max=7, pattern="20[0-9]{2}-(0[1-9]|1[0-2])", metadata={"description": "2026-11"})


class BreakdownArgs(SupervisionArgs):
    by = Text(max=20, required=True, validate=one_of("division", "kind", "institution"))


class ClaimRequest(Schema):
    submission_id = fields.UUID(required=True)
    org_id = fields.UUID(required=True)
    actor = fields.Dict(required=True)
    selection = fields.Nested(InstrumentSelection, required=True)
    area = Text(max=9, load_default="", metadata={"description": "prefix of the institution's divisions"})


class ReleaseRequest(Schema):
    instrument_ids = fields.List(fields.UUID(), load_default=None, allow_none=True)
    after = fields.UUID(load_default=None, allow_none=True)


class ClaimFailure(Schema):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)


class ClaimView(Schema):
    claimed = fields.Integer(required=True)
    failed = fields.List(fields.Nested(ClaimFailure), required=True)


class ClaimPageArgs(Schema):
    cursor = Text(max=36, load_default="", pattern="|[0-9a-fA-F-]{36}")
    page_size = fields.Integer(load_default=500, validate=validate.Range(min=1, max=1000))


class ClaimItem(Schema):
    instrument_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    snapshot = fields.Dict(required=True)


class ClaimPage(Schema):
    items = fields.List(fields.Nested(ClaimItem), required=True)
    next_cursor = fields.UUID(allow_none=True)


class AmendmentRequest(Schema):
    amendment_id = fields.UUID(required=True)
    filing_id = fields.UUID(required=True)
    submission_id = fields.UUID(required=True, metadata={"description": "whose claim it may still be"})
    instrument_id = fields.UUID(required=True)
    area = Text(max=9, load_default="", metadata={"description": "prefix of the institution's divisions"})
    actor = fields.Dict(required=True)
    version = fields.Integer(required=True, metadata={"description": "of the instrument, as the applicant read it"})
    changes = fields.Nested(InstrumentChanges, required=True)
    reason = Text(max=500, load_default=None, allow_none=True)


class AmendmentView(Schema):
    version = fields.Integer(required=True)
    snapshot = fields.Dict(required=True)
    changes = fields.List(fields.Dict(), required=True)
