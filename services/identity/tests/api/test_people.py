"""Sub-users, staff, supervisors and administrators: invited, given roles, disabled and enabled."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from callers import DEMO, PASSWORD, bearer, sign_in, sms_code, version_of
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import BUREAU, GUANGZHOU, SHENZHEN, Caller, admin, recorded, staff
from chassis.testing.outside import Outside

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
PHONE = "13777770001"
INVITATIONS, STAFF = "/api/identity/invitations", "/api/identity/staff"


def invitation(**changes: Any) -> dict[str, Any]:
    return {"name": "林检定", "phone": PHONE, "roles": ["verifier"]} | changes


def link(world: Outside, phone: str = PHONE) -> str:
    """The secret of the newest link that was sent."""
    found = re.search(r"/invitation#(\S+)", world.sms(phone)[0]["text"])
    assert found
    return found[1]


@pytest.fixture
def head(signed_in: SignIn) -> Caller:
    """The administrator of Guangzhou's institution."""
    return signed_in(staff(roles=("institution_admin",)))


# -- invitations -----------------------------------------------------------------------------------------------


def test_an_invited_person_chooses_name_and_password_and_works(
    head: Caller, stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    made = head.post(INVITATIONS, invitation())
    assert (made.status_code, made.json["sent"]) == (201, True)
    token = link(world)
    assert token not in made.text, "the link is told to the phone alone"
    shown = stranger.post(f"{INVITATIONS}/lookup", {"token": token}).json
    assert (shown["home_name"], shown["roles"], shown["phone"]) == ("广州计量检测技术研究院", ["verifier"], PHONE[-4:])
    accepted = stranger.post(f"{INVITATIONS}/accept", {"token": token, "username": "lin", "password": PASSWORD})
    assert accepted.status_code == 201, accepted.json
    account = sign_in(stranger, "lin", PASSWORD).json["account"]
    assert (account["kind"], account["institution_id"], account["roles"]) == (
        "institution",
        str(GUANGZHOU),
        ["verifier"],
    )
    assert recorded(runtime, "account.changed")[-1]["data"]["username"] == "lin"
    again = stranger.post(f"{INVITATIONS}/accept", {"token": token, "username": "lin2", "password": PASSWORD})
    assert (again.status_code, again.json["code"]) == (409, "invitation_ended")
    assert [i["state"] for i in head.get(INVITATIONS).json["items"]] == ["accepted"]


@pytest.mark.parametrize("ending", ["withdrawn", "expired", "sent again"])
def test_a_link_that_is_void_opens_nothing(
    head: Caller, stranger: Caller, world: Outside, runtime: Runtime, ending: str
) -> None:
    made = head.post(INVITATIONS, invitation()).json
    token = link(world)
    if ending == "withdrawn":
        assert head.delete(f"{INVITATIONS}/{made['id']}").status_code == 204
    elif ending == "sent again":
        assert head.post(f"{INVITATIONS}/{made['id']}/send").json["sent"]
        fresh = stranger.post(f"{INVITATIONS}/lookup", {"token": link(world)})
        assert fresh.status_code == 200
    else:
        with runtime.database.transaction() as db:
            db.execute(text("UPDATE invitation SET expires_at = now() - interval '1 second'"))
        assert head.get(f"{INVITATIONS}?state=expired").json["total"] == 1
    refused = stranger.post(f"{INVITATIONS}/accept", {"token": token, "username": "lin", "password": PASSWORD})
    assert refused.status_code == (404 if ending == "sent again" else 409)
    assert sign_in(stranger, "lin", PASSWORD).status_code == 401


def test_an_invitation_is_kept_when_the_sms_cannot_be_sent(head: Caller, world: Outside) -> None:
    world.fault(path="/messages", status=503)
    made = head.post(INVITATIONS, invitation())
    assert (made.status_code, made.json["sent"]) == (201, False)
    assert head.post(f"{INVITATIONS}/{made.json['id']}/send").json["sent"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"roles": ["owner"]}, 422, "role_unknown"),
        ({"roles": ["admin"]}, 422, "role_unknown"),
        ({"roles": []}, 422, "wrong_length"),
        ({"kind": "admin", "roles": ["admin"]}, 403, "forbidden"),
        ({"kind": "supervisor", "roles": ["supervisor"], "bureau_id": str(BUREAU)}, 403, "forbidden"),
        ({"institution_id": str(SHENZHEN)}, 404, "not_found"),
        ({"phone": "13800000001"}, 409, "phone_taken"),
    ],
)
def test_an_institution_invites_into_itself_alone(head: Caller, changes: Any, status: int, code: str) -> None:
    refused = head.post(INVITATIONS, invitation(**changes))
    assert refused.status_code == status, refused.json
    assert code in (refused.json["code"], *(e["code"] for e in refused.json["errors"]))


def test_the_administrator_invites_supervisors_and_administrators(
    signed_in: SignIn, stranger: Caller, world: Outside
) -> None:
    chief = signed_in(admin())
    asked = invitation(kind="supervisor", roles=["supervisor"], bureau_id=str(BUREAU))
    assert chief.post(INVITATIONS, asked).status_code == 201
    stranger.post(f"{INVITATIONS}/accept", {"token": link(world), "username": "jian", "password": PASSWORD})
    account = sign_in(stranger, "jian", PASSWORD).json["account"]
    assert (account["kind"], account["division_code"]) == ("supervisor", "440100")
    assert chief.post(INVITATIONS, invitation(kind="admin", roles=["admin"], phone="13777770002")).status_code == 201
    stranger.post(
        f"{INVITATIONS}/accept", {"token": link(world, "13777770002"), "username": "chief2", "password": PASSWORD}
    )
    session = sign_in(stranger, "chief2", PASSWORD)
    assert stranger.get("/api/identity/bureaus", headers=bearer(session)).status_code == 200


def test_a_weak_password_or_another_ones_phone_as_name_is_refused_and_the_link_stays_good(
    head: Caller, stranger: Caller, world: Outside
) -> None:
    head.post(INVITATIONS, invitation())
    token = link(world)
    wrong = {"token": token, "username": "13888888888", "password": "password1"}
    codes = {e["code"] for e in stranger.post(f"{INVITATIONS}/accept", wrong).json["errors"]}
    assert codes == {"username_is_phone", "password_common"}
    taken = stranger.post(f"{INVITATIONS}/accept", wrong | {"username": "applicant", "password": PASSWORD})
    assert taken.json["code"] == "username_taken"
    good = stranger.post(f"{INVITATIONS}/accept", wrong | {"username": "lin", "password": PASSWORD})
    assert good.status_code == 201


# -- staff -----------------------------------------------------------------------------------------------------


def test_an_institution_sees_its_own_staff_and_the_administrator_everybody(head: Caller, signed_in: SignIn) -> None:
    own = {row["username"] for row in head.get(f"{STAFF}?page_size=100").json["items"]}
    assert own == {"city-clerk", "city-admin", "city-verifier", "city-checker"}
    everybody = signed_in(admin()).get(f"{STAFF}?page_size=100").json["items"]
    assert {"city-clerk", "supervisor", "admin", "county-clerk"} <= {row["username"] for row in everybody}
    assert not {"applicant", "applicant2"} & {row["username"] for row in everybody}
    verifiers = signed_in(admin()).get(f"{STAFF}?role=verifier&q=李").json["items"]
    assert [row["username"] for row in verifiers] == ["city-verifier"]


def test_staff_and_invitations_are_filtered_and_sorted_by_their_columns(head: Caller, signed_in: SignIn) -> None:
    office = signed_in(admin())
    for name in ("name", "username", "phone", "home_name", "status", "created_at"):
        assert office.get(f"{STAFF}?sort=-{name}").json["items"], name
    for query in (
        "name_contains=李",
        "username_contains=CITY-VER",
        "username_contains=verifier&home_name_contains=广州",
    ):
        assert [row["username"] for row in head.get(f"{STAFF}?{query}").json["items"]] == ["city-verifier"], query
    for query in ("username_contains=_", "home_name_contains=没有", "created_to=0001-01-01", "phone_contains=%25"):
        assert head.get(f"{STAFF}?{query}").json["items"] == [], query
    for name, phone in (("林检定", "13911112222"), ("赵核验", "13911113333")):
        body = {
            "kind": "institution",
            "name": name,
            "phone": phone,
            "roles": ["verifier" if name < "赵" else "checker"],
        }
        assert head.post(INVITATIONS, body).status_code == 201
    for name in ("name", "phone", "home_name", "state", "created_at", "expires_at"):
        assert len(head.get(f"{INVITATIONS}?sort={name}").json["items"]) == 2, name
    for query in ("name_contains=林", "phone_contains=2222", "role=verifier", "state=open&sort=phone&page_size=1"):
        assert [row["name"] for row in head.get(f"{INVITATIONS}?{query}").json["items"]] == ["林检定"], query
    assert head.get(f"{INVITATIONS}?expires_from=soon").status_code == 422


def test_new_roles_count_at_once_and_the_old_token_no_more(head: Caller, stranger: Caller, runtime: Runtime) -> None:
    clerk = sign_in(stranger, "city-clerk")
    assert stranger.get("/api/identity/registrations", headers=bearer(clerk)).status_code == 200
    path = f"{STAFF}/{clerk.json['account']['id']}"
    changed = head.patch(path, {"roles": ["front_desk"]}, version=version_of(head, path))
    assert (changed.status_code, changed.json["roles"]) == (200, ["front_desk"])
    runtime.revoked.forget()
    assert stranger.get("/api/identity/registrations", headers=bearer(clerk)).status_code == 401
    anew = sign_in(stranger, "city-clerk")
    assert stranger.get("/api/identity/registrations", headers=bearer(anew)).status_code == 403


def test_who_is_disabled_is_out_at_once_and_comes_back_when_enabled(
    head: Caller, stranger: Caller, runtime: Runtime
) -> None:
    session = sign_in(stranger, "city-verifier")
    path = f"{STAFF}/{session.json['account']['id']}"
    stale = version_of(head, path)
    assert head.patch(path, {"status": "disabled"}, version=stale).json["status"] == "disabled"
    runtime.revoked.forget()
    assert stranger.get("/api/identity/me", headers=bearer(session)).status_code == 401
    refresh = stranger.post("/api/identity/sessions/refresh", {"refresh_token": session.json["refresh_token"]})
    assert refresh.status_code == 401
    refused = sign_in(stranger, "city-verifier")
    assert (refused.status_code, refused.json["code"]) == (403, "account_disabled")
    told = [e["type"] for e in recorded(runtime) if e["subject"] == session.json["account"]["id"]]
    assert "account.disabled" in told
    assert recorded(runtime, "account.changed")[-1]["data"]["status"] == "disabled"
    assert head.patch(path, {"status": "active"}, version=stale).status_code == 412
    head.patch(path, {"status": "active"}, version=version_of(head, path))
    back = sign_in(stranger, "city-verifier")
    runtime.revoked.forget()
    assert stranger.get("/api/identity/me", headers=bearer(back)).status_code == 200


def test_nobody_takes_the_own_roles_away(stranger: Caller, runtime: Runtime) -> None:
    session = sign_in(stranger, "city-admin")
    path, headers = f"{STAFF}/{session.json['account']['id']}", bearer(session)
    for changes in ({"status": "disabled"}, {"roles": ["verifier"]}):
        version = version_of(stranger, path, headers=headers)
        refused = stranger.patch(path, changes, version=version, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (409, "own_account")
    renamed = stranger.patch(
        path, {"name": "孙主任"}, version=version_of(stranger, path, headers=headers), headers=headers
    )
    assert renamed.json["name"] == "孙主任"


def test_staff_of_others_do_not_exist(signed_in: SignIn, stranger: Caller) -> None:
    account_id = sign_in(stranger, "city-clerk").json["account"]["id"]
    foreign = signed_in(staff(SHENZHEN, roles=("institution_admin",)))
    assert foreign.get(f"{STAFF}/{account_id}").status_code == 404
    assert foreign.patch(f"{STAFF}/{account_id}", {"name": "x"}, version=1).status_code == 404
    applicant_id = sign_in(stranger, "applicant").json["account"]["id"]
    assert signed_in(admin()).get(f"{STAFF}/{applicant_id}").status_code == 404, "an applicant is no staff"


# -- sub-users -------------------------------------------------------------------------------------------------


def test_a_sub_user_signs_in_by_phone_and_may_all_but_manage_sub_users_and_leave(
    stranger: Caller, world: Outside
) -> None:
    owner = bearer(sign_in(stranger))
    made = stranger.post("/api/identity/sub-users", {"phone": PHONE, "name": "小陈"}, headers=owner)
    assert made.status_code == 201
    code = sms_code(stranger, world, PHONE, "sign_in")
    session = stranger.post("/api/identity/sessions", {"phone": PHONE, "sms_code": code})
    account = session.json["account"]
    assert (account["kind"], account["roles"], account["status"]) == ("applicant", ["sub_user"], "approved")
    for name in ("name", "phone", "status", "created_at"):
        assert len(stranger.get(f"/api/identity/sub-users?sort={name}", headers=owner).json["items"]) == 1, name
    for name in ("at", "way", "address", "success"):
        assert stranger.get(f"/api/identity/me/sign-ins?sort={name}", headers=owner).json["items"], name
    mine = bearer(session)
    assert stranger.get("/api/identity/registrations/mine", headers=mine).status_code == 200
    for refused in (
        stranger.get("/api/identity/sub-users", headers=mine),
        stranger.post("/api/identity/sub-users", {"phone": "13777770009", "name": "x"}, headers=mine),
        stranger.delete("/api/identity/registrations/mine", headers=mine),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "role_missing")


def test_a_sub_user_is_disabled_enabled_and_removed_by_the_main_account(
    stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    owner = bearer(sign_in(stranger))
    made = stranger.post("/api/identity/sub-users", {"phone": PHONE, "name": "小陈"}, headers=owner).json
    path = f"/api/identity/sub-users/{made['id']}"
    code = sms_code(stranger, world, PHONE, "sign_in")
    session = stranger.post("/api/identity/sessions", {"phone": PHONE, "sms_code": code})
    off = stranger.patch(path, {"status": "disabled"}, version=made["version"], headers=owner)
    assert off.json["status"] == "disabled"
    runtime.revoked.forget()
    assert stranger.get("/api/identity/me", headers=bearer(session)).status_code == 401
    on = stranger.patch(path, {"status": "active"}, version=off.json["version"], headers=owner)
    assert on.json["status"] == "active"
    other = bearer(sign_in(stranger, "applicant2"))
    assert stranger.delete(path, headers=other).status_code == 404
    assert stranger.delete(path, headers=owner).status_code == 204
    assert stranger.get("/api/identity/sub-users", headers=owner).json["total"] == 0


def test_a_disabled_account_waits_for_no_clock(runtime: Runtime, stranger: Caller, head: Caller) -> None:
    """Enabled in the second in which it was disabled, it is in: only older tokens are refused."""
    session = sign_in(stranger, "city-checker")
    path = f"{STAFF}/{session.json['account']['id']}"
    with clock.use(lambda: _half_past()):
        head.patch(path, {"status": "disabled"}, version=version_of(head, path))
        head.patch(path, {"status": "active"}, version=version_of(head, path))
    with clock.use(lambda: _half_past() + timedelta(milliseconds=200)):
        back = sign_in(stranger, "city-checker", DEMO)
        runtime.revoked.forget()
        assert stranger.get("/api/identity/me", headers=bearer(back)).status_code == 200


_HALF = clock.now().replace(microsecond=500_000)


def _half_past() -> Any:
    return _HALF


@pytest.mark.parametrize("sign", ["_", "%25", "%5C"])
def test_a_search_takes_signs_as_they_are(head: Caller, sign: str) -> None:
    assert head.get(f"/api/identity/staff?q={sign}").json["total"] == 0
