"""Request and answer shapes of identity."""

from typing import Any

from marshmallow import fields, validate

from chassis.paging import PageArgs
from chassis.pdf import Printed
from chassis.schema import Phone, Schema, Text, between, check_storable, contained, one_of
from identity.domain.passwords import MAX_LENGTH
from identity.domain.roles import KINDS, STAFF

STATUSES = ("pending", "approved", "rejected", "disabled")


class Password(fields.String):
    """As it was typed, not trimmed. What a new one must be is in `domain.passwords`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=[validate.Length(max=MAX_LENGTH), check_storable], load_only=True, **kwargs)


class OrgFields(Schema):
    name = Printed(required=True, min=1, max=100)
    credit_code = Text(required=True, min=1, max=18)
    address = Text(required=True, min=1, max=200)
    division_code = Text(required=True, pattern="[0-9]{6}", max=6)
    contact_name = Text(required=True, min=1, max=50)


class RegistrationRequest(Schema):
    user_type = Text(load_default="applicant", max=30)
    identity = Text(load_default="enterprise", max=30)
    username = Text(required=True, min=3, max=50, pattern=r"[^\s@/\\]+")
    password = Password(required=True)
    phone = Phone(required=True)
    sms_code = Text(required=True, max=6, min=1)
    org = fields.Nested(OrgFields, required=True)
    license_file_id = fields.UUID(required=True)
    authorization_file_id = fields.UUID(required=True)


class OrgChanges(OrgFields):
    name = Printed(min=1, max=100)
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


class ReviewerView(Schema):
    name = fields.String(required=True)
    contact = fields.String(allow_none=True, metadata={"description": "telephone, where it is known"})


class RegistrationView(Schema):
    org_id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    status = fields.String(required=True)
    reason_code = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    org = fields.Nested(OrgView, required=True)
    files = fields.List(fields.Nested(FileView, allow_none=True), required=True)
    submitted_at = fields.DateTime(required=True)
    decided_at = fields.DateTime(allow_none=True, metadata={"description": "of one's own"})
    reviewer = fields.Nested(
        ReviewerView, allow_none=True, metadata={"description": "of one's own: the institution that decides it"}
    )
    version = fields.Integer()


class _RegistrationArgs(PageArgs):
    status = Text(max=20, validate=one_of(*STATUSES))
    division_code = Text(max=9)
    q = Text(max=100)


RegistrationArgs: Any = type(
    "RegistrationArgs",
    (_RegistrationArgs,),
    contained("name", "credit_code", "contact_name", "phone") | between("submitted"),
)


REASON_CODES = (
    "name_differs", "address_differs", "license_unreadable", "letter_unsigned", "letter_unsealed", "wrong_institution",
    "other",
)  # fmt: skip


class Rejection(Schema):
    reason_code = Text(
        max=30, load_default="other", validate=one_of(*REASON_CODES),
        metadata={"description": "what is wrong: name or address other than on the licence, licence unreadable, letter"
                                 " without signature or seal, another institution's, other"},
    )  # fmt: skip
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
    password = Password()
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
    name = Printed(min=1, max=50)
    phone = Phone()
    sms_code = Text(max=6)


class PasswordChange(Schema):
    old_password = Password(required=True)
    new_password = Password(required=True)


class PasswordReset(Schema):
    phone = Phone(required=True)
    sms_code = Text(required=True, min=1, max=6)
    password = Password(required=True)


class WechatBinding(Schema):
    wechat_code = Text(required=True, min=1, max=200)
    state = Text(max=200)


class WechatLogin(Schema):
    url = fields.String(required=True, metadata={"description": "WeChat's QR page"})
    appid = fields.String(required=True)
    scope = fields.String(required=True)
    redirect_uri = fields.String(required=True)
    state = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class WechatView(Schema):
    bound = fields.Boolean(required=True)
    apps = fields.List(fields.String(), required=True)
    following = fields.Boolean(
        required=True, metadata={"description": "whether the official account is followed: else it reaches nobody"}
    )


class SubUserRequest(Schema):
    phone = Phone(required=True)
    name = Text(required=True, min=1, max=50)


class SubUserChanges(Schema):
    name = Text(min=1, max=50)
    status = Text(max=10, validate=one_of("active", "disabled"))


class SubUserView(Schema):
    id = fields.UUID(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String()
    status = fields.String()
    created_at = fields.DateTime()
    version = fields.Integer()


class _StaffArgs(PageArgs):
    kind = Text(max=20, validate=one_of(*KINDS))
    role = Text(max=30, validate=one_of(*STAFF))
    status = Text(max=10, validate=one_of("active", "disabled"))
    institution_id = fields.UUID()
    bureau_id = fields.UUID()
    q = Text(max=100)


StaffArgs: Any = type(
    "StaffArgs", (_StaffArgs,), contained("name", "username", "phone", "home_name") | between("created")
)


class StaffView(Schema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(allow_none=True)
    roles = fields.List(fields.String(), required=True)
    status = fields.String(required=True)
    institution_id = fields.UUID(allow_none=True)
    bureau_id = fields.UUID(allow_none=True)
    home_name = fields.String(allow_none=True, metadata={"description": "of the institution or bureau"})
    created_at = fields.DateTime()
    version = fields.Integer()


class StaffChanges(Schema):
    name = Printed(min=1, max=50)
    roles = fields.List(Text(max=30), validate=validate.Length(min=1, max=20))
    status = Text(max=10, validate=one_of("active", "disabled"))


class InvitationRequest(Schema):
    kind = Text(max=20, load_default="institution", validate=one_of(*KINDS))
    name = Printed(required=True, min=1, max=50)
    phone = Phone(required=True)
    roles = fields.List(Text(max=30), required=True, validate=validate.Length(min=1, max=20))
    institution_id = fields.UUID(metadata={"description": "of staff; one's own where an institution invites"})
    bureau_id = fields.UUID(metadata={"description": "of a supervisor"})


class _InvitationArgs(PageArgs):
    state = Text(max=10, validate=one_of("open", "accepted", "withdrawn", "expired"))
    role = Text(max=30, validate=one_of(*STAFF))


InvitationArgs: Any = type(
    "InvitationArgs", (_InvitationArgs,), contained("name", "phone", "home_name") | between("expires")
)


class InvitationView(Schema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    institution_id = fields.UUID(allow_none=True)
    bureau_id = fields.UUID(allow_none=True)
    home_name = fields.String(allow_none=True)
    roles = fields.List(fields.String(), required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True)
    state = fields.String(required=True)
    created_at = fields.DateTime()
    expires_at = fields.DateTime()
    account_id = fields.UUID(allow_none=True)


class InvitationSent(Schema):
    id = fields.UUID(required=True)
    expires_at = fields.DateTime(required=True)
    sent = fields.Boolean(required=True, metadata={"description": "false: the SMS could not be sent; send it again"})


class InvitationToken(Schema):
    token = Text(required=True, min=1, max=200)


class InvitationShown(Schema):
    """What whoever holds the link sees before accepting."""

    kind = fields.String(required=True)
    home_name = fields.String(allow_none=True)
    roles = fields.List(fields.String(), required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "its last four digits"})
    expires_at = fields.DateTime(required=True)


class InvitationAnswer(Schema):
    token = Text(required=True, min=1, max=200)
    username = Text(required=True, min=3, max=50, pattern=r"[^\s@/\\]+")
    password = Password(required=True)


class AccountMade(Schema):
    account_id = fields.UUID(required=True)
    username = fields.String(required=True)


class AccountVerifyRequest(Schema):
    username = Text(required=True, min=1, max=50)
    password = Password(required=True)
    captcha_id = fields.UUID()
    captcha_answer = Text(max=10)
    address = Text(required=True, max=100)
    openid = Text(required=True, min=1, max=100)
    unionid = Text(max=100, allow_none=True)


class AccountVerified(Schema):
    account_id = fields.UUID(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)


class FollowerAsked(Schema):
    openid = Text(required=True, min=1, max=100)
    unionid = Text(max=100, allow_none=True)


class FollowerKnown(Schema):
    name = fields.String(
        required=True, allow_none=True, metadata={"description": "of the account that is bound, if any"}
    )
