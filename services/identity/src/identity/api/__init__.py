"""The HTTP door of identity: one file per resource."""

from identity.api import (
    files,
    holidays,
    internal,
    invitations,
    keys,
    list_choices,
    me,
    reference,
    reference_sheets,
    registrations,
    sessions,
    staff,
    sub_users,
    wechat_login,
)

BLUEPRINTS = (
    keys.blp, files.blp, registrations.blp, sessions.blp, wechat_login.blp, me.blp, list_choices.blp,
    sub_users.blp, staff.blp, invitations.blp, reference.blp, reference_sheets.blp,
    holidays.blp, internal.blp,
)  # fmt: skip
