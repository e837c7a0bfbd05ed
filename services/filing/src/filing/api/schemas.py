"""Request and answer shapes of filing."""

from marshmallow import fields

from chassis.bulk import FailureView
from chassis.lists import args_schema, filter_schema
from chassis.schema import Flag, Passed, Schema, Text, one_of
from chassis.selections import selection_schema
from filing.queries.filings import FILINGS

FilingFilter = filter_schema(FILINGS)
FilingArgs = args_schema(FILINGS)
FilingSelection = selection_schema(FilingFilter, "Filing")


class SubmitRequest(Schema):
    selection = Passed(required=True, metadata={"description": "a selection over instruments, as registry's list"})
    institution_id = fields.UUID(required=True)
    accept_responsibility = Flag(required=True)
    authorize_province = Flag(load_default=False)


class SubmissionView(Schema):
    submission_id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True, metadata={"description": "null where nothing was filed"})
    submitted_at = fields.DateTime(required=True)
    done = fields.Integer(required=True)
    failed = fields.List(fields.Nested(FailureView), required=True)


class FilingView(Schema):
    id = fields.UUID(required=True)
    number = fields.String(required=True)
    submission_id = fields.UUID(required=True)
    instrument_id = fields.UUID(required=True)
    instrument = fields.Dict(required=True, metadata={"description": "the instrument as it was submitted"})
    org_id = fields.UUID(required=True)
    org_name = fields.String(allow_none=True)
    org_credit_code = fields.String(allow_none=True)
    kind_code = fields.String(required=True)
    division_code = fields.String(required=True)
    state = fields.String(required=True)
    institution_id = fields.UUID(required=True)
    holder_id = fields.UUID(allow_none=True)
    previous_id = fields.UUID(allow_none=True)
    authorize_province = fields.Boolean()
    reason_code = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    submitted_at = fields.DateTime(required=True)
    decided_at = fields.DateTime(allow_none=True)
    due_on = fields.Date(required=True)
    version = fields.Integer(required=True)


class StepView(Schema):
    at = fields.DateTime(required=True)
    actor = fields.Dict(required=True)
    move = fields.String(required=True)
    from_state = fields.String(allow_none=True)
    to_state = fields.String(required=True)
    institution_id = fields.UUID(required=True)
    reason_code = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    changes = fields.List(
        fields.Dict(), required=True, metadata={"description": "of an amendment: field, before and after"}
    )


class FilingDetail(FilingView):
    org_contact_name = fields.String(allow_none=True)
    org_phone = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(StepView), required=True)


class AmendRequest(Schema):
    changes = Passed(
        required=True, metadata={"description": "of the instrument, as in PATCH of registry's instruments"}
    )
    reason = Text(max=500, load_default=None, allow_none=True)


class Move(Schema):
    selection = fields.Nested(FilingSelection, required=True)
    versions = fields.Dict(
        keys=fields.UUID(), values=fields.Integer(), load_default={},
        metadata={"description": "of filings, as they were read; if one was amended since, nothing is done"},
    )  # fmt: skip
    reason = Text(max=500, load_default=None, allow_none=True)


class ReasonedMove(Move):
    reason = Text(required=True, min=1, max=500)


class ReturnMove(ReasonedMove):
    reason_code = Text(load_default="other", max=30, validate=one_of("incomplete", "not_in_catalog", "other"))


class DispatchMove(Move):
    institution_id = fields.UUID(required=True)


class OverviewArgs(Schema):
    mine = fields.Boolean(load_default=False)


class Overview(Schema):
    total = fields.Integer(required=True)
    submitted = fields.Integer()
    awaiting_confirmation = fields.Integer()
    pending_reassignment = fields.Integer()
    approved = fields.Integer()
    returned = fields.Integer()
    revoked = fields.Integer()
    withdrawn = fields.Integer()
    lapsed = fields.Integer()
    closed = fields.Integer()


class SubmissionState(Schema):
    id = fields.UUID(required=True)
    state = fields.String(required=True)
