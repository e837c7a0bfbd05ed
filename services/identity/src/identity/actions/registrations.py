"""Registration of an organisation with its main account: submitted, decided, corrected, withdrawn."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import outbox, revocations
from chassis.actor import Actor
from chassis.clock import business_date
from chassis.errors import FieldError, Invalid, NotFound, ServiceError, Stale
from chassis.schema import PHONE
from identity import events, queries
from identity.actions.sms_codes import check_code
from identity.domain import credit_code, passwords
from identity.domain.errors import CreditCodeTaken, NotApplicant, NotEnterprise, PhoneTaken, UsernameTaken
from identity.domain.passwords import Hasher
from identity.models import Account, File, Organization

_WEAK = {
    "too_short": ("密码至少 8 位。", "A password has at least 8 characters."),
    "common": ("这个密码太常见，请换一个。", "This password is too common."),
    "like_username": ("密码不能与用户名相同。", "The password must differ from the user name."),
}


def register(db: Session, hasher: Hasher, now: datetime, body: dict[str, Any]) -> Account:
    """Creates an organisation, pending, with its main account. All field errors come together. The SMS code is used up only
    if everything else is right. Only the holder of a phone learns that another account uses it."""
    if body["user_type"] != "applicant":
        raise NotApplicant
    if body["identity"] != "enterprise":
        raise NotEnterprise
    org_fields = body["org"]
    # who is registered already learns that first, and whom to ask, before uploading anything again
    _check_credit_code_free(db, org_fields["credit_code"])
    _check(db, body, org_fields, now)
    if queries.account_by_login(db, body["username"]) is not None:
        raise UsernameTaken
    code = check_code(db, body["phone"], "registration", body["sms_code"], now)
    if queries.account_by_phone(db, body["phone"]) is not None:
        raise PhoneTaken
    code.used_at = now
    org = Organization(
        **org_fields, phone=body["phone"], license_file_id=body["license_file_id"],
        authorization_file_id=body["authorization_file_id"], submitted_at=now,
    )  # fmt: skip
    account = Account(
        username=body["username"], username_key=body["username"].casefold(), phone=body["phone"],
        name=org_fields["contact_name"], password_hash=hasher.hash(body["password"]), kind="applicant",
        organization=org, roles=["owner"], created_at=now,
    )  # fmt: skip
    try:
        with db.begin_nested():
            db.add(account)
            db.flush()
    except IntegrityError as error:  # two at the same moment: the database decides, and the first one is there now
        _check_credit_code_free(db, org_fields["credit_code"])
        raise _taken(error) from error
    _claim_files(
        db, org.id, {"license_file_id": org.license_file_id, "authorization_file_id": org.authorization_file_id}
    )
    outbox.record(db, events.account_changed(account, org.status, None, org.division_code))
    return account


def approve(db: Session, by: Actor, org_id: UUID, now: datetime) -> Organization:
    org = queries.registration_to_decide(db, by, org_id)
    org.approve(by.account_id, now)
    _tell(db, org, "approved")
    return org


def reject(db: Session, by: Actor, org_id: UUID, reason_code: str, reason: str, now: datetime) -> Organization:
    org = queries.registration_to_decide(db, by, org_id)
    org.reject(by.account_id, reason_code, reason, now)
    _tell(db, org, "rejected")
    return org


def correct(db: Session, by: Actor, version: int, changes: dict[str, Any], now: datetime) -> Organization:
    """Correct a registration that is not approved, and submit it again. Raises: Stale, ApprovedStays, Invalid."""
    org = own_registration(db, by)
    if org.version != version:
        raise Stale
    org_fields = changes.get("org", {})
    _check(db, changes, org_fields, now)
    if "credit_code" in org_fields and org_fields["credit_code"] != org.credit_code:
        _check_credit_code_free(db, org_fields["credit_code"])
    for name, value in org_fields.items():
        setattr(org, name, value)
    for name in ("license_file_id", "authorization_file_id"):
        if name in changes:
            _let_go(db, org.id, getattr(org, name))
            setattr(org, name, changes[name])
            _claim_files(db, org.id, {name: changes[name]})
    org.resubmit(now)
    _tell(db, org, "changed")
    return org


def withdraw(db: Session, by: Actor, now: datetime) -> None:
    """自行注销: the applicant deletes a registration that is not approved, with its accounts; its papers go too."""
    org = own_registration(db, by)
    org.check_withdrawable()
    for account in queries.accounts_of(db, org.id):
        account.version += 1
        outbox.record(db, events.account_disabled(account, "withdrawn"))
        revocations.revoke(db, account.id, now)
        db.delete(account)
    for file_id in (org.license_file_id, org.authorization_file_id):
        _let_go(db, org.id, file_id)
    db.flush()
    db.delete(org)


def own_registration(db: Session, by: Actor) -> Organization:
    org = db.scalars(select(Organization).where(Organization.id == by.org_id).with_for_update()).first()
    if org is None:
        raise NotFound
    return org


def check_username(username: str, phone: str) -> list[FieldError]:
    """One signs in by user name or phone: a user name that is somebody else's number would stand in their way."""
    if re.fullmatch(PHONE, username) and username != phone:
        return [
            FieldError(
                "username",
                "username_is_phone",
                "用户名不能是他人的手机号。",
                "The user name may not be another phone number.",
            )
        ]
    return []


def check_password(password: str, username: str, field: str = "password") -> list[FieldError]:
    weak = passwords.weakness(password, username)
    return [FieldError(field, f"password_{weak}", *_WEAK[weak])] if weak else []


def _check(db: Session, body: dict[str, Any], org: dict[str, Any], now: datetime) -> None:
    errors: list[FieldError] = []
    if "credit_code" in org and not credit_code.is_valid(org["credit_code"]):
        errors.append(
            FieldError("org.credit_code", "credit_code_invalid", "统一社会信用代码不正确，请对照证照检查（18 位，含校验位）。",
                       "Not a valid unified social credit code (18 characters with a check character).")
        )  # fmt: skip
    if "division_code" in org and not queries.is_leaf(db, org["division_code"], business_date(now)):
        code = org["division_code"]
        errors.append(
            FieldError("org.division_code", "division_not_leaf",
                       f"【{code}】不是区县级代码，须填最后两位不是“00”的区县级代码！",
                       f"{code} is not a county-level division.")
        )  # fmt: skip
    if "password" in body:
        errors += check_username(body["username"], body["phone"])
        errors += check_password(body["password"], body["username"])
    for name, purpose in (("license_file_id", "license"), ("authorization_file_id", "authorization")):
        if name in body and not _is_free(db, body[name], purpose):
            errors.append(_file_missing(name))
    if errors:
        raise Invalid(errors=errors)


def _is_free(db: Session, file_id: UUID, purpose: str) -> bool:
    found = db.scalar(select(File.id).where(File.id == file_id, File.purpose == purpose, File.org_id.is_(None)))
    return found is not None


def _claim_files(db: Session, org_id: UUID, files: dict[str, Any]) -> None:
    """files: field -> file id. One paper belongs to one registration, also where two claim it at the same moment."""
    for name, file_id in files.items():
        claim = update(File).where(File.id == file_id, File.org_id.is_(None)).values(org_id=org_id).returning(File.id)
        if db.execute(claim).first() is None:
            raise Invalid(errors=[_file_missing(name)])


def _file_missing(name: str) -> FieldError:
    return FieldError(name, "file_missing", "请先上传该文件（上传后 24 小时内有效）。",
                      "Upload this file first (good for 24 hours).")  # fmt: skip


def _let_go(db: Session, org_id: UUID, file_id: UUID | None) -> None:
    """A paper that nobody needs any more: removed with the uploads that nobody claimed."""
    file = db.get(File, file_id) if file_id else None
    if file is not None and file.org_id == org_id:
        file.org_id = None


def _check_credit_code_free(db: Session, code: str) -> None:
    taken = db.scalars(select(Organization).where(Organization.credit_code == code)).first()
    if taken is not None:
        reviewer = queries.reviewer_of(db, taken.division_code)
        raise CreditCodeTaken(institution=reviewer.name if reviewer else "当地法定计量检定机构")


def _taken(error: IntegrityError) -> ServiceError:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
    return PhoneTaken() if "phone" in name else UsernameTaken()


def _tell(db: Session, org: Organization, verb: str) -> None:
    owner = queries.owner_of(db, org.id)
    outbox.record(db, events.organization_event(verb, org, owner))
    for account in queries.accounts_of(db, org.id):
        account.version += 1
        outbox.record(db, events.account_changed(account, org.status, None, org.division_code))
