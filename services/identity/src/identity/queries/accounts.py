"""Reads of accounts by their names, with sessions, sign-ins and WeChat."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, bindparam, case, cast, func, literal, or_, select, true
from sqlalchemy.orm import Session, joinedload

from chassis.actor import Actor
from chassis.db import TIMESTAMP
from chassis.errors import NotFound
from chassis.lists.fast import Listing
from chassis.paging import paginate
from chassis.reads import Read, Reader
from identity.models import Account, Bureau, Holder, Institution, LoginGuard, Organization, SignIn, WechatPerson
from identity.models import Session as OpenSession

_named = or_(Account.username_key == bindparam("login"), Account.phone == bindparam("login"))
_known = select(Account.id, Account.kind, Account.name, Account.password_hash).where(_named).limit(1).subquery()
# Reads the account of a typed name, and the recent failures of that name and of this address. It always gives one row.
# NOT success, in the words of the index: with IS FALSE PostgreSQL does not use it and reads the whole history.
LOGIN = Read(
    select(
        _known.c.id, _known.c.kind, _known.c.name, _known.c.password_hash, LoginGuard.failures, LoginGuard.last_at,
        select(func.count())
        .where(SignIn.address == bindparam("address"), SignIn.at > bindparam("since", type_=TIMESTAMP), ~SignIn.success)
        .scalar_subquery().label("address_failures"),
    )
    .select_from(select(literal(1)).subquery("one"))
    .outerjoin(_known, true())
    .outerjoin(LoginGuard, LoginGuard.key == func.coalesce(cast(_known.c.id, Text), bindparam("name_key")))
)  # fmt: skip


_holder = (
    select(
        Account.id, Account.username, Account.name, Account.kind, Account.roles, Account.phone, Account.version,
        Account.org_id, Account.institution_id, Account.bureau_id, Institution.tier,
        func.coalesce(Organization.division_code, Institution.division_code, Bureau.division_code).label("division_code"),
        case((Account.status == "disabled", "disabled"), else_=func.coalesce(Organization.status, "approved")).label("standing"),
        Organization.reason,
    )
    .outerjoin(Organization, Organization.id == Account.org_id)
    .outerjoin(Institution, Institution.id == Account.institution_id)
    .outerjoin(Bureau, Bureau.id == Account.bureau_id)
    .where(Account.id == bindparam("account_id"))
)  # fmt: skip
# Whose session it will be. Locked against change: a token says what holds when it is made, and a change made later ends it.
HOLDER = _holder.with_for_update(read=True, of=Account)
_HOLDER = Read(_holder)

_SESSIONS = Read(
    select(*(getattr(OpenSession, name) for name in ("id", "client", "address", "created_at", "used_at", "expires_at")))
    .where(OpenSession.account_id == bindparam("account_id"))
    .order_by(OpenSession.used_at.desc())
    .limit(100)
)
_SIGN_INS: Listing[None] = Listing(
    {name: getattr(SignIn, name) for name in ("id", "at", "address", "way", "success")},
    "id",
    {name: getattr(SignIn, name) for name in ("at", "way", "address", "success")},
    lambda _question: [SignIn.account_id == bindparam("account_id")],
)


def holder(reader: Reader, actor: Actor) -> Holder:
    """The account of `actor` as its owner sees it. Raises: NotFound."""
    [rows] = reader.run((_HOLDER, {"account_id": actor.account_id}))
    if not rows:
        raise NotFound
    return Holder(**rows[0])


def account_of(db: Session, actor: Actor) -> Account:
    return account_by_id(db, actor.account_id)


def account_by_id(db: Session, account_id: UUID) -> Account:
    account = db.scalars(_accounts().where(Account.id == account_id)).first()
    if account is None:
        raise NotFound
    return account


def account_by_login(db: Session, login: str) -> Account | None:
    """By user name (any case) or phone."""
    key = login.strip().casefold()
    return db.scalars(_accounts().where(or_(Account.username_key == key, Account.phone == key))).first()


def account_by_phone(db: Session, phone: str) -> Account | None:
    return db.scalars(_accounts().where(Account.phone == phone)).first()


def account_to_sign_in(db: Session, account_id: UUID) -> Account | None:
    """Locked against change: a token says what holds when it is made, and a change made later ends it."""
    statement = _accounts().where(Account.id == account_id).with_for_update(read=True, of=Account)
    return db.scalars(statement.execution_options(populate_existing=True)).first()


def owner_of(db: Session, org_id: UUID) -> Account:
    return db.scalars(_accounts().where(Account.org_id == org_id, Account.roles.contains(["owner"]))).one()


def accounts_of(db: Session, org_id: UUID) -> list[Account]:
    return list(db.scalars(_accounts().where(Account.org_id == org_id)))


def _accounts() -> Select[Account]:
    return select(Account).options(
        joinedload(Account.organization), joinedload(Account.institution), joinedload(Account.bureau)
    )


def account_by_wechat(db: Session, appid: str, openid: str, unionid: str | None) -> Account | None:
    person = WechatPerson
    same = [and_(person.appid == appid, person.openid == openid)]
    if unionid:
        same.append(person.unionid == unionid)
    statement = _accounts().join(person, person.account_id == Account.id).where(or_(*same)).limit(1)
    return db.scalars(statement).first()


def wechat_of(db: Session, account_id: UUID) -> list[WechatPerson]:
    return list(db.scalars(select(WechatPerson).where(WechatPerson.account_id == account_id)))


def sessions(reader: Reader, actor: Actor) -> list[dict[str, Any]]:
    [rows] = reader.run((_SESSIONS, {"account_id": actor.account_id}))
    return [row | {"current": row["id"] == actor.session_id} for row in rows]


def sign_ins(reader: Reader, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    return _SIGN_INS.page(reader, None, args, {"account_id": actor.account_id})


def sub_users(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    a = Account
    statement = select(a.id, a.username, a.name, a.phone, a.status, a.created_at, a.version).where(
        a.org_id == actor.org_id, a.roles.contains(["sub_user"])
    )
    sortable = {"name": a.name, "phone": a.phone, "status": a.status, "created_at": a.created_at}
    return paginate(db, statement, args, key=a.id, sortable=sortable)


def sub_user(db: Session, actor: Actor, account_id: UUID) -> Account:
    account = db.scalars(
        select(Account).where(
            Account.id == account_id, Account.org_id == actor.org_id, Account.roles.contains(["sub_user"])
        )
    ).first()
    if account is None:
        raise NotFound
    return account
