"""Reads of identity. Each takes `db` and what bounds it; what the caller may not see does not exist."""

from identity.queries.accounts import (
    HOLDER,
    LOGIN,
    account_by_id,
    account_by_login,
    account_by_phone,
    account_by_wechat,
    account_of,
    account_to_sign_in,
    accounts_of,
    holder,
    owner_of,
    sessions,
    sign_ins,
    sub_user,
    sub_users,
    wechat_of,
)
from identity.queries.people import (
    bureaus,
    invitation,
    invitation_by_token,
    invitations,
    member,
    staff,
)
from identity.queries.reference import (
    bureau_to_change,
    division,
    divisions,
    institution,
    institution_to_change,
    institutions,
    is_leaf,
    sheet_rows,
)
from identity.queries.registrations import (
    file_for,
    own_registration,
    registration_to_decide,
    registrations,
    reviewer_of,
)

__all__ = [
    "HOLDER", "LOGIN", "account_by_id", "account_by_login", "account_by_phone", "account_by_wechat", "account_of", "account_to_sign_in", "accounts_of",
    "bureau_to_change", "bureaus", "division", "divisions", "file_for", "holder", "institution", "institution_to_change",
    "institutions", "invitation", "invitation_by_token", "invitations", "is_leaf", "member", "own_registration",
    "owner_of", "registration_to_decide", "registrations", "reviewer_of", "sessions", "sheet_rows", "sign_ins", "staff", "sub_user",
    "sub_users", "wechat_of",
]  # fmt: skip
