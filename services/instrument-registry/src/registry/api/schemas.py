"""Request and answer shapes of the registry. Those of an instrument are made from `domain.fields`."""

from typing import Any

from marshmallow import fields, validate

from chassis.jobs import JobView
from chassis.listing import ListingArgs
from chassis.paging import PageArgs
from chassis.schema import Schema, Text, one_of
from chassis.selections import selection_schema
from registry.domain.fields import FIELDS, LAYOUTS, Field
from registry.view_sql import LIST_VIEWS


def _input(field: Field, partial: bool) -> Any:
    required = field.required and not partial
    if field.kind == "date":
        return fields.Date(allow_none=True)
    if field.options:
        values = [value for value, _ in field.options]
        return Text(max=20, required=required, allow_none=not field.required, validate=one_of(*values))
    return Text(max=field.max, required=required, min=1 if field.required else 0)


class Nozzle(Schema):
    nozzle_no = Text(required=True, min=1, max=20)
    fuel_grade = Text(max=30)
    flow_range = Text(max=50)
    min_quantity = Text(max=50)
    board_no = Text(max=50)


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


class InstrumentFilter(Schema):
    """What a list, a selection or an export may be narrowed by."""

    view = Text(max=20, validate=one_of(*LIST_VIEWS))
    q = Text(max=100)
    kind_code = Text(max=20)
    purpose = Text(max=20)
    division_code = Text(max=9)
    status = Text(max=20)
    filing_state = Text(max=30)
    institution_id = fields.UUID()
    result = Text(max=10)
    origin = Text(max=20)
    venue = Text(max=20)
    department = Text(max=100)
    keeper = Text(max=100)
    name = Text(max=100)
    model = Text(max=100)
    manufacturer = Text(max=100)
    serial_no = Text(max=100)
    own_no = Text(max=100)
    import_id = fields.UUID()
    org_id = fields.UUID()
    valid_until_from = fields.Date()
    valid_until_to = fields.Date()
    approved_on_from = fields.Date()
    approved_on_to = fields.Date()


class InstrumentArgs(ListingArgs, InstrumentFilter):
    """The query of the list of instruments."""


InstrumentSelection = selection_schema(InstrumentFilter, "Instrument")


class Selected(Schema):
    selection = fields.Nested(InstrumentSelection, required=True)


class SelectedWithReason(Selected):
    reason = Text(max=500)


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


class CertificateArgs(PageArgs):
    q = Text(max=100)
    instrument_id = fields.UUID()
    booking_id = fields.UUID()
    kind = Text(max=20, validate=one_of("certificate", "failure_notice"))
    status = Text(max=20, validate=one_of("in_force", "superseded", "void"))
    start = fields.Date(data_key="from")
    end = fields.Date(data_key="to")


class CertificateView(Schema):
    number = fields.String(required=True)
    instrument_id = fields.UUID(required=True)
    unit = fields.String(required=True)
    kind = fields.String(required=True)
    verified_on = fields.Date(required=True)
    valid_until = fields.Date(allow_none=True)
    rotate_on = fields.Date(allow_none=True)
    verifier = fields.String(required=True)
    checker = fields.String(required=True)
    institution = fields.String(required=True)
    instrument = fields.Dict(required=True)
    public_code = fields.String(required=True)
    status = fields.String(required=True)
    issued_at = fields.DateTime(required=True)


class PublicCertificate(Schema):
    number = fields.String(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True)
    result = fields.String(required=True)
    instrument_name = fields.String(required=True)
    model = fields.String(required=True)
    serial_no = fields.String(required=True)
    manufacturer = fields.String(required=True)
    org_name = fields.String(required=True)
    institution = fields.String(required=True)
    verifier = fields.String(required=True)
    checker = fields.String(required=True)
    verified_on = fields.Date(required=True)
    valid_until = fields.Date(allow_none=True)
    rotate_on = fields.Date(allow_none=True)


class PublicArgs(Schema):
    number = Text(max=50, metadata={"description": "the certificate's number, when it was typed instead of scanned"})


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


class SupervisionArgs(Schema):
    division_code = Text(max=9, pattern="[0-9]{6}([0-9]{3})?")
    kind_code = Text(max=20)
    institution_id = fields.UUID()


class ClaimRequest(Schema):
    submission_id = fields.UUID(required=True)
    org_id = fields.UUID(required=True)
    actor = fields.Dict(required=True)
    selection = fields.Nested(InstrumentSelection, required=True)


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
