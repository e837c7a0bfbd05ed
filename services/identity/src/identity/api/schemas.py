"""Request and answer shapes of identity."""

from marshmallow import fields, validate

from chassis.paging import PageArgs
from chassis.schema import Phone, Schema, Text, one_of

STATUSES = ("pending", "approved", "rejected", "disabled")


class OrgFields(Schema):
    name = Text(required=True, min=1, max=100)
    credit_code = Text(required=True, min=1, max=18)
    address = Text(required=True, min=1, max=200)
    division_code = Text(required=True, pattern="[0-9]{6}", max=6)
    contact_name = Text(required=True, min=1, max=50)


class RegistrationRequest(Schema):
    user_type = Text(load_default="applicant", max=30)
    identity = Text(load_default="enterprise", max=30)
    username = Text(required=True, min=3, max=50, pattern=r"[^\s@/\\]+")
    password = fields.String(required=True, validate=validate.Length(max=128), load_only=True)
    phone = Phone(required=True)
    sms_code = Text(required=True, max=6, min=1)
    org = fields.Nested(OrgFields, required=True)
    license_file_id = fields.UUID(required=True)
    authorization_file_id = fields.UUID(required=True)


class OrgChanges(OrgFields):
    name = Text(min=1, max=100)
    credit_code = Text(min=1, max=18)
    address = Text(min=1, max=200)
    division_code = Text(pattern="[0-9]{6}", max=6)
    contact_name = Text(min=1, max=50)


class LetterRequest(Schema):
    """What the letter is filled from; everything may be left to the pen."""

    name = Text(max=200)
    credit_code = Text(max=18)
    address = Text(max=300)
    contact_name = Text(max=50)
    phone = Text(max=11)
    username = Text(max=50)
    division_code = Text(max=9, metadata={"description": "of the organisation; says whom the letter is addressed to"})


class RegistrationChanges(Schema):
    org = fields.Nested(OrgChanges)
    license_file_id = fields.UUID()
    authorization_file_id = fields.UUID()


class RegistrationCreated(Schema):
    account_id = fields.UUID(required=True)
    org_id = fields.UUID(required=True)
    status = fields.String(required=True)


class OrgView(OrgFields):
    phone = fields.String()


class FileView(Schema):
    file_id = fields.UUID(required=True)
    purpose = fields.String()
    name = fields.String()


class RegistrationView(Schema):
    org_id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    status = fields.String(required=True)
    reason = fields.String(allow_none=True)
    org = fields.Nested(OrgView, required=True)
    files = fields.List(fields.Nested(FileView, allow_none=True), required=True)
    submitted_at = fields.DateTime(required=True)
    version = fields.Integer()


class RegistrationArgs(PageArgs):
    status = Text(max=20, validate=one_of(*STATUSES))
    q = Text(max=100)


class Reason(Schema):
    reason = Text(required=True, min=1, max=500)


class SmsRequest(Schema):
    phone = Phone(required=True)
    purpose = Text(required=True, max=30, validate=one_of("registration", "sign_in", "password_reset", "phone_change"))
    captcha_id = fields.UUID()
    captcha_answer = Text(max=10)


class CaptchaView(Schema):
    captcha_id = fields.UUID(required=True)
    image = fields.String(required=True, metadata={"description": "a PNG as data: URL"})


class FileQuery(Schema):
    purpose = Text(required=True, max=30, validate=one_of("license", "authorization"))


class FileCreated(Schema):
    file_id = fields.UUID(required=True)


class SignInRequest(Schema):
    username = Text(max=50)
    password = fields.String(validate=validate.Length(max=128), load_only=True)
    phone = Phone()
    sms_code = Text(max=6)
    wechat_code = Text(max=200)
    state = Text(max=200)
    miniprogram_code = Text(max=200)
    phone_code = Text(max=200)
    captcha_id = fields.UUID()
    captcha_answer = Text(max=10)


class AccountView(Schema):
    id = fields.UUID(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    org_id = fields.UUID(allow_none=True)
    institution_id = fields.UUID(allow_none=True)
    tier = fields.String(allow_none=True)
    division_code = fields.String(allow_none=True)
    roles = fields.List(fields.String(), required=True)
    status = fields.String(required=True)
    reason = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    version = fields.Integer()


class SignedIn(Schema):
    access_token = fields.String(required=True)
    refresh_token = fields.String()
    expires_in = fields.Integer(required=True)
    account = fields.Nested(AccountView, required=True)


class RefreshRequest(Schema):
    refresh_token = Text(max=200)


class SessionView(Schema):
    id = fields.UUID(required=True)
    client = fields.String()
    address = fields.String()
    created_at = fields.DateTime()
    used_at = fields.DateTime()
    expires_at = fields.DateTime()
    current = fields.Boolean()


class SessionsView(Schema):
    items = fields.List(fields.Nested(SessionView), required=True)


class SignInView(Schema):
    id = fields.Integer(required=True)
    at = fields.DateTime()
    address = fields.String()
    way = fields.String()
    success = fields.Boolean()


class ProfileChanges(Schema):
    name = Text(min=1, max=50)
    phone = Phone()
    sms_code = Text(max=6)


class PasswordChange(Schema):
    old_password = fields.String(required=True, validate=validate.Length(max=128), load_only=True)
    new_password = fields.String(required=True, validate=validate.Length(max=128), load_only=True)


class PasswordReset(Schema):
    phone = Phone(required=True)
    sms_code = Text(required=True, min=1, max=6)
    password = fields.String(required=True, validate=validate.Length(max=128), load_only=True)


class WechatBinding(Schema):
    wechat_code = Text(required=True, min=1, max=200)
    state = Text(max=200)


class WechatView(Schema):
    bound = fields.Boolean(required=True)
    apps = fields.List(fields.String(), required=True)


class SubUserRequest(Schema):
    phone = Phone(required=True)
    name = Text(required=True, min=1, max=50)


class SubUserChanges(Schema):
    name = Text(min=1, max=50)


class SubUserView(Schema):
    id = fields.UUID(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String()
    status = fields.String()
    created_at = fields.DateTime()
    version = fields.Integer()


class DivisionView(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    parent_code = fields.String(allow_none=True)
    is_leaf = fields.Boolean(required=True)
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)


class DivisionsView(Schema):
    items = fields.List(fields.Nested(DivisionView), required=True)


class InstitutionArgs(Schema):
    division_code = Text(max=9, pattern="[0-9]{6}([0-9]{3})?")
    tier = Text(max=10, validate=one_of("province", "city", "county"))
    kind_code = Text(max=20)


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
