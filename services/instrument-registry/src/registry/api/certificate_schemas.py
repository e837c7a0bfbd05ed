"""Request and answer shapes of certificates."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.paging import PageArgs
from chassis.problems import Message
from chassis.schema import Schema, Text, one_of
from registry.domain.certificates import ChangeState

_NUMBERS_OR_FILTER = Message(
    "selection_invalid", "numbers、filter 须有且只有一个。", "Exactly one of numbers and filter."
)


class CertificateFilter(Schema):
    """What a list or an archive of certificates may be narrowed by."""

    q = Text(max=100, metadata={"description": "a part of the number, of the instrument's name or serial number"})
    number = Text(max=50)
    name = Text(max=100)
    serial_no = Text(max=100)
    kind_code = Text(max=20)
    institution_id = fields.UUID()
    unit = Text(max=20)
    verifier = Text(max=100)
    checker = Text(max=100)
    instrument_id = fields.UUID()
    booking_id = fields.UUID()
    kind = Text(max=20, validate=one_of("certificate", "failure_notice"))
    status = Text(max=20, validate=one_of("in_force", "expired", "superseded", "void"))
    start = fields.Date(data_key="from", metadata={"description": "verified on that day or later"})
    end = fields.Date(data_key="to")
    verified_on_from = fields.Date()
    verified_on_to = fields.Date()
    valid_until_from = fields.Date()
    valid_until_to = fields.Date()


class CertificateArgs(PageArgs, CertificateFilter):
    """The query of the list of certificates."""


class ReasonRequest(Schema):
    reason = Text(required=True, min=1, max=500)


class CorrectedInstrument(Schema):
    name = Text(max=100, min=1)
    model = Text(max=100, min=1)
    serial_no = Text(max=100, min=1)
    own_no = Text(max=100)
    manufacturer = Text(max=100, min=1)
    accuracy_class = Text(max=100)
    measuring_range = Text(max=100)


class CorrectionRequest(ReasonRequest):
    """What is wrong on a certificate, as it ought to be; the conclusion is voided and verified again instead."""

    instrument = fields.Nested(CorrectedInstrument, load_default=dict)
    verified_on = fields.Date()
    valid_until = fields.Date()
    procedure = Text(max=200, min=1)
    standard = Text(max=500, allow_none=True)
    fail_items = Text(max=500, allow_none=True)
    remarks = Text(max=500, allow_none=True)


class CertificateChangeArgs(PageArgs):
    state = Text(max=10, validate=one_of(*ChangeState))
    to_confirm = fields.Boolean(metadata={"description": "open, and proposed by somebody else than the caller"})
    number = Text(max=50)


class CertificateChangeView(Schema):
    id = fields.UUID(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    changes = fields.Dict(required=True, metadata={"description": "of a correction: field -> as it ought to be"})
    reason = fields.String(required=True)
    state = fields.String(required=True)
    proposed_by = fields.Dict(required=True)
    proposed_at = fields.DateTime(required=True)
    decided_by = fields.Dict(allow_none=True)
    decided_at = fields.DateTime(allow_none=True)
    decided_reason = fields.String(allow_none=True)
    new_number = fields.String(allow_none=True, metadata={"description": "of the certificate that a correction made"})


class ArchiveRequest(Schema):
    numbers = fields.List(Text(max=50), validate=validate.Length(min=1, max=1000))
    filter = fields.Nested(CertificateFilter, metadata={"description": "as in the list; the newest 1,000 at most"})

    @validates_schema
    def _exactly_one(self, data: Any, **_: Any) -> None:
        if ("numbers" in data) == ("filter" in data):
            raise ValidationError(_NUMBERS_OR_FILTER)


def _unit_gone() -> fields.Boolean:
    said = "the nozzle that it speaks of was removed or changed since: it certifies nothing that is there"
    return fields.Boolean(required=True, metadata={"description": said})


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
    procedure = fields.String(allow_none=True)
    standard = fields.String(allow_none=True)
    fail_items = fields.String(allow_none=True)
    remarks = fields.String(allow_none=True)
    supersedes = fields.String(allow_none=True, metadata={"description": "the number of the one that it corrects"})
    superseded_by = fields.String(allow_none=True, metadata={"description": "the number of the one that corrects it"})
    ended_at = fields.DateTime(allow_none=True, metadata={"description": "corrected or voided"})
    ended_reason = fields.String(allow_none=True)
    public_code = fields.String(required=True)
    status = fields.String(required=True)
    unit_gone = _unit_gone()
    issued_at = fields.DateTime(required=True)


class WaitingCertificate(Schema):
    number = fields.String(required=True)
    instrument_id = fields.UUID(required=True)
    instrument = fields.Dict(required=True)
    institution = fields.String(required=True)
    verified_on = fields.Date(required=True)
    issued_at = fields.DateTime(required=True)
    problem = fields.String(required=True, metadata={"description": "what keeps it from being printed"})


class WaitingCertificates(Schema):
    items = fields.List(fields.Nested(WaitingCertificate), required=True)


class PublicCertificate(Schema):
    number = fields.String(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True)
    unit_gone = _unit_gone()
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
