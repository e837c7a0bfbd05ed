"""The actions of identity: one function per intention. None commits."""

from identity.actions.accounts import (
    change_password,
    change_profile,
    create_sub_user,
    disable_account,
    remove_sub_user,
    reset_password,
)
from identity.actions.registrations import approve, correct, register, reject, withdraw
from identity.actions.sessions import end_session, open_session, refresh
from identity.actions.sms_codes import forget_code, new_code
from identity.actions.wechat import bind, bind_follower, unbind, unfollow

__all__ = [
    "approve",
    "bind",
    "bind_follower",
    "change_password",
    "change_profile",
    "correct",
    "create_sub_user",
    "disable_account",
    "end_session",
    "forget_code",
    "new_code",
    "open_session",
    "refresh",
    "register",
    "reject",
    "remove_sub_user",
    "reset_password",
    "unbind",
    "unfollow",
    "withdraw",
]  # fmt: skip
