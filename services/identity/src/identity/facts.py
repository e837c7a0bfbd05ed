"""The facts that identity owns."""

from sqlalchemy import Text, case, cast, func, select

from chassis.facts import Fact
from identity.models import Account, Capability, DayChange, Division, Institution, Organization, WechatPerson

_capabilities = (
    select(
        func.coalesce(
            func.json_agg(
                func.json_build_object(
                    "kind_code", Capability.kind_code, "mode", Capability.mode, "from", Capability.valid_from,
                    "to", Capability.valid_to,
                )
            ),
            func.json_build_array(),
        )
    )
    .where(Capability.institution_id == Institution.id)
    .scalar_subquery()
)  # fmt: skip
_standing = case((Account.status == "disabled", "disabled"), else_=func.coalesce(Organization.status, "approved"))

FACTS = {
    "organization": Fact(
        select(Organization.id.label("key"), Organization.name, Organization.division_code, Organization.status,
               Organization.credit_code, Organization.contact_name, Organization.phone,
               func.right(Organization.phone, 4).label("phone_last4")),
        copied_by=("registry", "filing", "booking", "notification"),
    ),
    "institution": Fact(
        select(Institution.id.label("key"), Institution.name, Institution.tier, Institution.division_code,
               Institution.active, _capabilities.label("capabilities")),
        copied_by=("registry", "filing", "booking", "notification"),
    ),
    "division": Fact(
        select(Division.code.label("key"), Division.name, Division.level, Division.is_leaf, Division.valid_from,
               Division.valid_to),
        copied_by=("registry",),
    ),
    "holiday": Fact(
        select(cast(DayChange.date, Text).label("key"), DayChange.kind, DayChange.name)
        .where(DayChange.kind.is_not(None)),
        copied_by=("filing", "booking"),
    ),
    "account": Fact(
        select(Account.id.label("key"), Account.kind, Account.username, Account.name, Account.phone, Account.roles,
               func.coalesce(Account.org_id, Account.institution_id, Account.bureau_id).label("home_id"),
               _standing.label("status"), (_standing == "approved").label("active"))
        .outerjoin(Organization, Organization.id == Account.org_id),
        copied_by=("booking", "notification"),
    ),
    "wechat": Fact(
        select(WechatPerson.account_id.label("key"), func.array_agg(WechatPerson.appid + " " + WechatPerson.openid).label("openids"))
        .where(WechatPerson.account_id.is_not(None)).group_by(WechatPerson.account_id),
        copied_by=("notification",),
    ),
}  # fmt: skip
