"""For notification only: 绑定账号 in the official account, by user name and password."""

from typing import Any

from chassis import audit, clock
from chassis.auth import allow_service
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.web import Blueprint, audit_subject, db, own_transactions, secret_answer
from chassis.wechat import Person
from identity import actions, queries, sign_in
from identity.actions import guard
from identity.api.schemas import AccountVerified, AccountVerifyRequest, FollowerAsked, FollowerKnown
from identity.domain.errors import AccountDisabled
from identity.parts import parts

blp = Blueprint("internal", "internal", url_prefix="/internal", description="Between services")


@blp.route("/accounts/verify", methods=["POST"])
@allow_service("notification")
@own_transactions
@secret_answer
@blp.arguments(AccountVerifyRequest)
@blp.response(200, AccountVerified)
def verify(body: dict[str, Any]) -> Any:
    """Check a password that was typed on the official account's page, with the care of a sign-in, and bind the follower
    who typed it. `address`: from where it was typed."""
    now, database = clock.now(), runtime().database
    audit_subject(body["username"], address=body["address"])
    login = {name: value for name, value in body.items() if name not in ("address", "openid", "unionid")}
    who = sign_in.identify(sign_in.Door(database, parts(), body["address"], now), login)
    with database.transaction() as session:
        account = queries.account_by_id(session, who.account_id)
        if account.status == "disabled":
            raise AccountDisabled
        actions.bind(session, account, Person(parts().official.appid, body["openid"], body.get("unionid")), now)
        guard.succeeded(session, account.id, who.login, "wechat_binding", body["address"], now)
        audit.record(session, "wechat_bound_by_password", account.id, {"address": body["address"]})
        return json_response({"account_id": account.id, "username": account.username, "name": account.name})


@blp.route("/wechat/followers", methods=["POST"])
@allow_service("notification")
@blp.arguments(FollowerAsked)
@blp.response(200, FollowerKnown)
def follower(body: dict[str, Any]) -> Any:
    """绑定账号: somebody who follows asks whose WeChat it is. Whoever is bound on the website is now reached here too."""
    account = actions.bind_follower(db(), Person(parts().official.appid, body["openid"], body.get("unionid")))
    return {"name": account.name if account else None}
