"""Reads of identity. Each takes `db` and what bounds it; what the caller may not see does not exist."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.paging import paginate
from identity.models import (
    Account,
    Capability,
    Division,
    File,
    Institution,
    Organization,
    SignIn,
    WechatPerson,
)
from identity.models import Session as SignedInSession


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


# -- registrations ---------------------------------------------------------------------------------------------------


def registrations(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the registrations that the actor's institution may see and decide, oldest first."""
    org, owner, licence, letter = Organization, aliased(Account), aliased(File), aliased(File)
    statement = (
        select(
            org.id.label("org_id"), owner.id.label("account_id"), org.status, org.reason, org.submitted_at,
            func.json_build_object(
                "name", org.name, "credit_code", org.credit_code, "address", org.address, "division_code",
                org.division_code, "contact_name", org.contact_name, "phone", org.phone,
            ).label("org"),
            func.json_build_array(_file_json(licence), _file_json(letter)).label("files"),
        )
        .join(owner, and_(owner.org_id == org.id, owner.roles.contains(["owner"])))
        .outerjoin(licence, licence.id == org.license_file_id)
        .outerjoin(letter, letter.id == org.authorization_file_id)
        .where(_decides(actor))
    )  # fmt: skip
    if "status" in args:
        statement = statement.where(org.status == args["status"])
    if args.get("q"):
        like = f"%{args['q']}%"
        statement = statement.where(or_(org.name.ilike(like), org.credit_code.ilike(like)))
    return paginate(
        db, statement, args, key=org.id, default=[org.submitted_at.asc()],
        sortable={"submitted_at": org.submitted_at, "name": org.name},
    )  # fmt: skip


def registration_to_decide(db: Session, actor: Actor, org_id: UUID) -> Organization:
    """Locked for the decision. Raises: NotFound outside the actor's area."""
    org = db.scalars(select(Organization).where(Organization.id == org_id, _decides(actor)).with_for_update()).first()
    if org is None:
        raise NotFound
    return org


def _decides(actor: Actor) -> Any:
    """County: its own division. City: everything below it, also where a county institution decides first. The province
    decides none."""
    if actor.tier == "county":
        return Organization.division_code == actor.division
    return Organization.division_code.like(f"{actor.area}%") if actor.tier == "city" else false()


def _file_json(file: Any) -> Any:
    return case(
        (
            file.id.is_not(None),
            func.json_build_object("file_id", file.id, "purpose", file.purpose, "name", file.title),
        ),
        else_=None,
    )


def reviewer_of(db: Session, division_code: str) -> Institution | None:
    """Who decides a registration: the county institution of the division where one is, else the city's."""
    city = division_code[:4] + "00"
    return db.scalars(
        select(Institution)
        .where(
            Institution.active,
            Institution.division_code.in_([division_code, city]),
            Institution.tier != "province",
        )
        .order_by((Institution.division_code == division_code).desc(), Institution.tier.desc())
        .limit(1)
    ).first()


# -- reference -------------------------------------------------------------------------------------------------------


def divisions(db: Session) -> list[dict[str, Any]]:
    """The whole tree, by code."""
    return [dict(row) for row in db.execute(select(*Division.__table__.c).order_by(Division.code)).mappings()]


def is_leaf(db: Session, code: str) -> bool:
    return bool(db.scalar(select(Division.is_leaf).where(Division.code == code)))


def institutions(db: Session, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Active institutions whose area contains `division_code`, of a `tier`, capable of `kind_code`."""
    i = Institution
    statement = select(
        i.id, i.name, i.alias, i.tier, i.division_code, i.parent_id, i.contact, i.demo, i.verified
    ).where(i.active)
    if code := args.get("division_code"):
        statement = statement.where(i.division_code.in_([code[:2] + "0000", code[:4] + "00", code[:6]]))
    if tier := args.get("tier"):
        statement = statement.where(i.tier == tier)
    if kind := args.get("kind_code"):
        able = exists().where(Capability.institution_id == i.id, Capability.kind_code.in_(["*", kind]))
        statement = statement.where(able)
    return [dict(row) for row in db.execute(statement.order_by(i.division_code, i.id)).mappings()]


# -- sessions, files, people ------------------------------------------------------------------------------------------


def sessions(db: Session, actor: Actor) -> list[dict[str, Any]]:
    s = SignedInSession
    rows = db.execute(
        select(s.id, s.client, s.address, s.created_at, s.used_at, s.expires_at)
        .where(s.account_id == actor.account_id)
        .order_by(s.used_at.desc())
        .limit(100)
    ).mappings()
    return [dict(row) | {"current": row["id"] == actor.session_id} for row in rows]


def sign_ins(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    s = SignIn
    statement = select(s.id, s.at, s.address, s.way, s.success).where(s.account_id == actor.account_id)
    return paginate(db, statement, args, key=s.id, sortable={"at": s.at})


def file_for(db: Session, actor: Actor, file_id: UUID) -> File:
    """One's own organisation's file, or that of a registration one decides. Raises: NotFound."""
    statement = select(File).where(File.id == file_id)
    if actor.kind == "applicant":
        statement = statement.where(File.org_id == actor.org_id)
    elif "registration_reviewer" in actor.roles:
        statement = statement.join(Organization, Organization.id == File.org_id).where(_decides(actor))
    elif actor.kind != "admin":
        raise NotFound
    file = db.scalars(statement).first()
    if file is None:
        raise NotFound
    return file


def sub_users(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    a = Account
    statement = select(a.id, a.username, a.name, a.phone, a.status, a.created_at, a.version).where(
        a.org_id == actor.org_id, a.roles.contains(["sub_user"])
    )
    return paginate(db, statement, args, key=a.id, sortable={"name": a.name, "created_at": a.created_at})


def sub_user(db: Session, actor: Actor, account_id: UUID) -> Account:
    account = db.scalars(
        select(Account).where(
            Account.id == account_id, Account.org_id == actor.org_id, Account.roles.contains(["sub_user"])
        )
    ).first()
    if account is None:
        raise NotFound
    return account


def own_registration(db: Session, actor: Actor) -> dict[str, Any]:
    """The registration of the actor's organisation as its list item. Raises: NotFound."""
    org = db.get(Organization, actor.org_id)
    if org is None:
        raise NotFound
    files = db.scalars(select(File).where(File.id.in_([org.license_file_id, org.authorization_file_id]))).all()
    return {
        "org_id": org.id, "account_id": owner_of(db, org.id).id, "status": org.status, "reason": org.reason,
        "org": {
            "name": org.name, "credit_code": org.credit_code, "address": org.address, "phone": org.phone,
            "division_code": org.division_code, "contact_name": org.contact_name,
        },
        "files": [{"file_id": f.id, "purpose": f.purpose, "name": f.title} for f in files],
        "submitted_at": org.submitted_at, "version": org.version,
    }  # fmt: skip
