"""Request and answer shapes of the reference data."""

from marshmallow import fields, validate

from chassis.pdf import Printed
from chassis.schema import Flag, Schema, Text, one_of

LEVELS = ("province", "city", "county", "town")
TIERS = ("province", "city", "county")
MODES = ("deliver", "onsite", "any")
DIVISION = "[0-9]{6}([0-9]{3})?"


class DivisionArgs(Schema):
    on = fields.Date(metadata={"description": "as of this day; today by default"})
    all = fields.Boolean(load_default=False, metadata={"description": "also what was and what will be"})


class DivisionChanges(Schema):
    name = Text(min=1, max=50)
    level = Text(max=10, validate=one_of(*LEVELS))
    parent_code = Text(max=9, pattern=DIVISION, allow_none=True)
    is_leaf = Flag()
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)


class DivisionFields(DivisionChanges):
    code = Text(required=True, max=9, pattern=DIVISION)
    name = Text(required=True, min=1, max=50)
    level = Text(required=True, max=10, validate=one_of(*LEVELS))
    parent_code = Text(max=9, pattern=DIVISION, allow_none=True, load_default=None)
    is_leaf = Flag(required=True)
    valid_from = fields.Date(allow_none=True, load_default=None)
    valid_to = fields.Date(allow_none=True, load_default=None)


class DivisionView(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    parent_code = fields.String(allow_none=True)
    is_leaf = fields.Boolean(required=True)
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    version = fields.Integer()


class DivisionsView(Schema):
    items = fields.List(fields.Nested(DivisionView), required=True)


class InstitutionArgs(Schema):
    division_code = Text(max=9, pattern=DIVISION)
    tier = Text(max=10, validate=one_of(*TIERS))
    kind_code = Text(max=20)


class InstitutionChanges(Schema):
    name = Printed(min=1, max=100)
    alias = Text(max=100)
    tier = Text(max=10, validate=one_of(*TIERS))
    division_code = Text(max=6, pattern="[0-9]{6}")
    parent_id = fields.UUID(allow_none=True)
    contact = Text(max=500, allow_none=True)
    active = Flag()


class InstitutionFields(InstitutionChanges):
    name = Printed(required=True, min=1, max=100)
    tier = Text(required=True, max=10, validate=one_of(*TIERS))
    division_code = Text(required=True, max=6, pattern="[0-9]{6}")


class InstitutionRow(InstitutionFields):
    id = fields.UUID()


class InstitutionView(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    alias = fields.String()
    tier = fields.String(required=True)
    division_code = fields.String(required=True)
    parent_id = fields.UUID(allow_none=True)
    contact = fields.String(allow_none=True)
    demo = fields.Boolean()
    verified = fields.String(metadata={"description": "yes, partial or no: how well the name is attested"})


class InstitutionsView(Schema):
    items = fields.List(fields.Nested(InstitutionView), required=True)


class CapabilityFields(Schema):
    kind_code = Text(required=True, min=1, max=20, metadata={"description": "* is every kind"})
    mode = Text(required=True, max=10, validate=one_of(*MODES))
    valid_from = fields.Date(allow_none=True, load_default=None)
    valid_to = fields.Date(allow_none=True, load_default=None)


class CapabilityRow(CapabilityFields):
    institution_id = fields.UUID(required=True)


class CapabilityList(Schema):
    items = fields.List(fields.Nested(CapabilityFields), required=True, validate=validate.Length(max=2000))


class InstitutionDetail(InstitutionView):
    active = fields.Boolean()
    version = fields.Integer()
    capabilities = fields.List(fields.Nested(CapabilityFields), required=True)


class BureauChanges(Schema):
    name = Text(min=1, max=100)
    division_code = Text(max=6, pattern="[0-9]{6}")
    active = Flag()


class BureauFields(BureauChanges):
    name = Text(required=True, min=1, max=100)
    division_code = Text(required=True, max=6, pattern="[0-9]{6}")


class BureauRow(BureauFields):
    id = fields.UUID()


class BureauView(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    division_code = fields.String(required=True)
    active = fields.Boolean()
    version = fields.Integer()


class BureausView(Schema):
    items = fields.List(fields.Nested(BureauView), required=True)


class DiffLine(Schema):
    row = fields.Integer(allow_none=True)
    key = fields.String(required=True)
    field = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)
    removed = fields.Boolean()


class SheetDiff(Schema):
    dry_run = fields.Boolean(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    changes = fields.List(fields.Nested(DiffLine), required=True)
