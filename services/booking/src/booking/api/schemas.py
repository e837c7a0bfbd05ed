"""Request and answer shapes of booking."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from booking.domain.calendar import MODES, PERIODS
from booking.queries.bookable import BOOKABLES
from booking.queries.bookings import BOOKINGS
from chassis.lists import args_schema, filter_schema
from chassis.problems import Message
from chassis.schema import Flag, Schema, Text, one_of, storable
from chassis.selections import selection_schema

MAX_INSTRUMENTS = 500  # of one booking
MAX_RESULTS = 5000  # of one request
_CONTACT = Message(
    "contact_invalid", "联系人应为文字，或含 name、phone 的对象。", "Text, or an object of name and phone."
)


_PHONE = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")


_NAME_AND_PHONE = Message(
    "contact_invalid", "请填写联系人姓名和有效的联系电话。", "Give a name and a valid phone number."
)


class ContactPerson(fields.Field[Any]):
    """Whom to ask: a text, or an object of name and phone, kept as it was given."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        parts = list(value.values()) if isinstance(value, dict) and set(value) <= {"name", "phone"} else [value]
        if not parts or not all(isinstance(p, str) and len(p) <= 100 and storable(p) for p in parts):
            raise ValidationError(_CONTACT)
        if isinstance(value, dict) and not (
            str(value.get("name") or "").strip() and _PHONE.fullmatch(str(value.get("phone") or "").strip())
        ):
            raise ValidationError(_NAME_AND_PHONE)
        return value


def instrument_ids(**kwargs: Any) -> fields.List[Any]:
    return fields.List(fields.UUID(), validate=validate.Length(min=1, max=MAX_INSTRUMENTS), **kwargs)


BookableArgs = args_schema(BOOKABLES)


class InstrumentFacts(Schema):
    name = fields.String(required=True)
    model = fields.String(required=True)
    serial_no = fields.String(required=True)
    own_no = fields.String(required=True)
    manufacturer = fields.String()
    kind_code = fields.String(required=True)
    purpose = fields.String()
    division_code = fields.String()
    install_address = fields.String()
    venue = fields.String(allow_none=True)
    units = fields.List(fields.String())


class BookableView(InstrumentFacts):
    instrument_id = fields.UUID(required=True)
    org_id = fields.UUID()
    institution_id = fields.UUID(allow_none=True)
    institution_name = fields.String(allow_none=True)
    kind_name = fields.String(allow_none=True)
    approved_on = fields.Date(allow_none=True)
    result = fields.String(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    view = fields.String(required=True)
    open_booking_id = fields.UUID(allow_none=True)


class PendingView(BookableView):
    bookable = fields.Boolean(required=True)
    added_at = fields.DateTime(required=True)


class InstrumentIds(Schema):
    instrument_ids = instrument_ids(required=True)


class SlotArgs(Schema):
    institution_id = fields.UUID(required=True)
    mode = Text(required=True, max=10, validate=one_of(*MODES))
    since = fields.Date(data_key="from")
    until = fields.Date(data_key="to")


class SlotView(Schema):
    date = fields.Date(required=True)
    period = fields.String(required=True)
    capacity = fields.Integer(required=True)
    free = fields.Integer(required=True)


class Slots(Schema):
    items = fields.List(fields.Nested(SlotView), required=True)


class CalendarArgs(Schema):
    mode = Text(load_default="deliver", max=10, validate=one_of(*MODES))
    since = fields.Date(data_key="from")
    until = fields.Date(data_key="to")


class Capacity(Schema):
    am = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=10_000))
    pm = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=10_000))


class CalendarRequest(Schema):
    mode = Text(required=True, max=10, validate=one_of(*MODES))
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True, data_key="to")
    capacity = fields.Nested(Capacity)
    closed = Flag()
    keep_booked = Flag(metadata={"description": "what is booked stays, nothing new is taken"})


class CalendarReset(Schema):
    mode = Text(required=True, max=10, validate=one_of(*MODES))
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True, data_key="to")
    keep_booked = Flag()


class CalendarDayView(Schema):
    date = fields.Date(required=True)
    mode = fields.String(required=True)
    working_day = fields.Boolean(required=True)
    holiday = fields.String(allow_none=True)
    closed = fields.Boolean(required=True)
    changed = fields.Boolean(required=True, metadata={"description": "set by the institution, not the default"})
    capacity = fields.Nested(Capacity, required=True)
    taken = fields.Nested(Capacity, required=True)


class CalendarView(Schema):
    items = fields.List(fields.Nested(CalendarDayView), required=True)
    not_published = fields.List(
        fields.Integer(), required=True,
        metadata={"description": "years of which only the statutory days are known: bridges and make-up days may follow"},
    )  # fmt: skip


class BookingRequest(Schema):
    instrument_ids = instrument_ids(required=True)
    institution_id = fields.UUID(required=True)
    mode = Text(required=True, max=10, validate=one_of(*MODES))
    date = fields.Date(required=True)
    period = Text(required=True, max=2, validate=one_of(*PERIODS))
    address = Text(max=200, allow_none=True)
    contact = ContactPerson(allow_none=True)

    @validates_schema
    def _where_and_whom(self, data: Any, **_: Any) -> None:
        """Who comes to the instruments has to know where, and whom to ask."""
        if data.get("mode") != "onsite":
            return
        errors: dict[str, list[str]] = {}
        if not (data.get("address") or "").strip():
            errors["address"] = [Message("required", "现场检定须填写检定地点。", "On-site verification needs a place.")]
        contact = data.get("contact")
        if contact is None or (isinstance(contact, str) and not _PHONE.search(contact)):
            errors["contact"] = [_NAME_AND_PHONE]
        if errors:
            raise ValidationError(errors)


BookingFilter = filter_schema(BOOKINGS)
BookingArgs = args_schema(BOOKINGS)
BookingSelection = selection_schema(BookingFilter, "Booking")


class Selected(Schema):
    selection = fields.Nested(BookingSelection, required=True)


class ResultView(Schema):
    unit = fields.String(required=True)
    conclusion = fields.String(required=True)
    verified_on = fields.Date(required=True)
    procedure = fields.String(required=True)
    verifier = fields.String(required=True)
    verifier_name = fields.String(required=True)
    checker = fields.String(required=True)
    checker_name = fields.String(required=True)
    standard = fields.String(allow_none=True)
    fail_items = fields.String(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    remarks = fields.String(allow_none=True)
    entered_by_name = fields.String(required=True, metadata={"description": "whose account entered it"})
    entered_at = fields.DateTime(required=True)
    signed_at = fields.DateTime(allow_none=True, metadata={"description": "by the verifier; null: waits for it"})
    sent_back = fields.String(allow_none=True, metadata={"description": "why the checker gave it back"})


class ItemView(Schema):
    instrument_id = fields.UUID(required=True)
    state = fields.String(required=True)
    conclusion = fields.String(allow_none=True)
    certificate_number = fields.String(allow_none=True)
    received_on = fields.Date(allow_none=True)
    reason = fields.String(allow_none=True)
    instrument = fields.Nested(InstrumentFacts, required=True)
    results = fields.List(fields.Nested(ResultView))


class BookingView(Schema):
    id = fields.UUID(required=True)
    number = fields.String(required=True)
    org_id = fields.UUID(required=True)
    org_name = fields.String(allow_none=True)
    institution_id = fields.UUID(required=True)
    institution_name = fields.String(allow_none=True)
    mode = fields.String(required=True)
    date = fields.Date(required=True)
    period = fields.String(required=True)
    state = fields.String(required=True)
    address = fields.String(allow_none=True)
    contact = fields.Raw(allow_none=True)
    reason = fields.String(allow_none=True)
    proposed_date = fields.Date(allow_none=True)
    proposed_period = fields.String(allow_none=True)
    proposed_by = fields.String(allow_none=True)
    created_at = fields.DateTime(required=True)
    ready_to_check = fields.Boolean(metadata={"description": "every result is there and signed by its verifier"})
    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(ItemView), required=True)


class StepView(Schema):
    at = fields.DateTime(required=True)
    actor = fields.Dict(required=True)
    move = fields.String(required=True)
    from_state = fields.String(allow_none=True)
    to_state = fields.String(required=True)
    reason = fields.String(allow_none=True)
    detail = fields.Dict(required=True)


class BookingDetail(BookingView):
    steps = fields.List(fields.Nested(StepView), required=True)


class Reason(Schema):
    reason = Text(required=True, min=1, max=500)


class MaybeReason(Schema):
    reason = Text(max=500, allow_none=True)


class SelectedWithReason(Reason, Selected):
    pass


class SelectedMaybeReason(MaybeReason, Selected):
    pass


class ReceiveRequest(MaybeReason):
    instrument_ids = instrument_ids()


class ReturnRequest(Reason):
    instrument_ids = instrument_ids(required=True)


class SendBackRequest(Reason):
    instrument_ids = instrument_ids()


class RescheduleRequest(Schema):
    date = fields.Date(required=True)
    period = Text(required=True, max=2, validate=one_of(*PERIODS))


class SelectedReschedule(RescheduleRequest, Selected):
    pass


class ResultRequest(Schema):
    instrument_id = fields.UUID(required=True)
    unit = Text(max=50, allow_none=True)
    conclusion = Text(required=True, max=4, validate=one_of("pass", "fail"))
    verified_on = fields.Date(required=True)
    procedure = Text(required=True, min=1, max=200)
    verifier = Text(required=True, min=1, max=100)
    checker = Text(required=True, min=1, max=100)
    standard = Text(max=500, allow_none=True)
    fail_items = Text(max=1000, allow_none=True)
    valid_until = fields.Date(allow_none=True)
    remarks = Text(max=1000, allow_none=True)


class StaffPerson(Schema):
    username = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class StaffList(Schema):
    items = fields.List(fields.Nested(StaffPerson), required=True)


class PublicArgs(Schema):
    phone_last4 = Text(max=4, pattern="[0-9]{4}")


class PublicView(Schema):
    number = fields.String(required=True)
    state = fields.String(required=True)
    mode = fields.String()
    date = fields.Date()
    period = fields.String()
    institution_name = fields.String(allow_none=True)
    items = fields.Integer()


class LatestBooking(Schema):
    number = fields.String(required=True)
    state = fields.String(required=True)
    date = fields.Date(required=True)
    period = fields.String(required=True)
    institution_name = fields.String(required=True, allow_none=True)


class LatestBookings(Schema):
    items = fields.List(fields.Nested(LatestBooking), required=True)


class Overview(Schema):
    total = fields.Integer(required=True)
    pending = fields.Integer()
    confirmed = fields.Integer()
    rejected = fields.Integer()
    cancelled = fields.Integer()
    received = fields.Integer()
    in_progress = fields.Integer()
    completed = fields.Integer()
    returned = fields.Integer()
    no_show = fields.Integer()
