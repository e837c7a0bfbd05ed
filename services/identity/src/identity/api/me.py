"""The own account: profile, password, WeChat."""

from typing import Any

from chassis import clock, context
from chassis.auth import SIGNED_IN, allow
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.web import Blueprint, current_user, db, if_match, own_transactions, reader, with_etag
from identity import actions, queries, sign_in
from identity.api.schemas import AccountView, PasswordChange, ProfileChanges, WechatBinding, WechatView
from identity.api.sessions import is_portal
from identity.api.views import account_view
from identity.api.wechat_login import check_came_back
from identity.counted import counted
from identity.domain.errors import CodeWrong
from identity.models import Holder
from identity.parts import parts

blp = Blueprint("me", "me", url_prefix="/api/identity", description="The own account")


@blp.route("/me", methods=["GET"])
@allow(*SIGNED_IN, pending=True)
@blp.response(200, AccountView)
def me() -> Any:
    """Who is signed in."""
    return _answer(queries.holder(reader(), current_user()))


@blp.route("/me", methods=["PATCH"])
@allow(*SIGNED_IN, pending=True)
@own_transactions
@blp.arguments(ProfileChanges)
@blp.response(200, AccountView)
def change_me(body: dict[str, Any]) -> Any:
    """Change the name, or the phone with a code sent to the new one."""
    user, version = current_user(), if_match()
    account = counted(
        runtime().database, CodeWrong, lambda db: actions.change_profile(db, user, version, body, clock.now())
    )
    return _answer(account.holder())


@blp.route("/me/password", methods=["POST"])
@allow(*SIGNED_IN, pending=True)
@own_transactions
@blp.arguments(PasswordChange)
@blp.response(204)
def change_password(body: dict[str, Any]) -> Any:
    """Change the password; every other session ends. Wrong old ones count like failed sign-ins."""
    user, now, database = current_user(), clock.now(), runtime().database
    with database.transaction() as session:
        account = queries.account_of(session, user)
    sign_in.check_own_password(
        sign_in.Door(database, parts(), context.current().address, now), account, body["old_password"]
    )
    with database.transaction() as session:
        actions.change_password(session, parts().hasher, user, body["new_password"], now)
    return ""


@blp.route("/me/wechat", methods=["GET"])
@allow(*SIGNED_IN, pending=True)
@blp.response(200, WechatView)
def wechat() -> Any:
    """Whether WeChat is bound, and in which of our apps."""
    return _wechat_view()


@blp.route("/me/wechat", methods=["POST"])
@allow(*SIGNED_IN, pending=True)
@blp.arguments(WechatBinding)
@blp.response(200, WechatView)
def bind_wechat(body: dict[str, Any]) -> Any:
    """Bind the WeChat person who scanned the code."""
    check_came_back(body, is_portal())
    person = sign_in.person_of_website_code(parts(), body["wechat_code"])
    actions.bind(db(), queries.account_of(db(), current_user()), person, clock.now())
    return _wechat_view()


@blp.route("/me/wechat", methods=["DELETE"])
@allow(*SIGNED_IN, pending=True)
@blp.response(204)
def unbind_wechat() -> Any:
    """Unbind WeChat."""
    actions.unbind(db(), queries.account_of(db(), current_user()), clock.now())
    return ""


def _answer(account: Holder) -> Any:
    return with_etag(json_response(account_view(account)), account.version)


def _wechat_view() -> dict[str, Any]:
    known = queries.wechat_of(db(), current_user().account_id)
    names = {
        parts().website.appid: "website",
        parts().official.appid: "official",
        parts().miniprogram.appid: "miniprogram",
    }
    return {
        "bound": bool(known),
        "apps": sorted(names.get(person.appid, "?") for person in known),
        "following": any(person.following for person in known if person.appid == parts().official.appid),
    }
