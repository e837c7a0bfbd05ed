"""Reads of the registry. Scope and question are one WHERE."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from chassis.actor import Actor, area_of
from chassis.auth import SIGNED_IN
from chassis.errors import NotFound
from chassis.lists.fast import Listing, OrderKey
from chassis.paging import paginate
from chassis.reads import Read, Reader
from registry.domain.filing_states import OPEN_FILING
from registry.domain.rules import KindFacts, Reference
from registry.models import Attachment, Division, History, Import, Instrument, Kind
from registry.queries import areas, owners
from registry.tables import ALL_KINDS, INSTRUMENT_COUNT, INSTRUMENT_PART, INSTRUMENT_SEARCH, NOBODY, SUPERVISION_COUNT
from registry.view_sql import RANGES, in_view, view_column

I = Instrument  # noqa: E741
COLUMNS = (
    I.id, I.code, I.org_id, I.name, I.model, I.serial_no, I.own_no, I.manufacturer, I.kind_code, I.purpose,
    I.division_code, I.install_address, I.accuracy_class, I.measuring_range, I.resolution, I.made_on, I.in_use_on,
    I.origin, I.venue, I.department, I.keeper, I.phone, I.type_approval_no, I.last_cert_no, I.last_verified_on,
    I.declared_valid_until, I.remark, I.details, I.status, I.version, I.filing_state, I.institution_id, I.approved_on,
    I.valid_until, I.rotate_on, I.result, I.result_source, I.open_booking_id, I.created_at, I.updated_at,
)  # fmt: skip
SORTABLE = {column.key: column for column in COLUMNS if column.key not in ("details", "org_id")} | {
    "view": view_column()
}
FILTERS = (
    "kind_code", "purpose", "division_code", "status", "filing_state", "institution_id", "result", "result_source", "origin",
    "venue", "department", "keeper", "phone", "serial_no", "own_no", "model", "name", "manufacturer", "accuracy_class",
    "measuring_range", "resolution", "type_approval_no", "last_cert_no", "code", "import_id", "org_id", "open_booking_id",
)  # fmt: skip
RANGES_OF = {
    f"{name}_{end}": (getattr(I, name), end == "from")
    for name in ("valid_until", "approved_on", "rotate_on", "made_on", "in_use_on", "last_verified_on", "declared_valid_until")
    for end in ("from", "to")
}  # fmt: skip
CONTAINED = {
    f"{name}_contains": getattr(I, name)
    for name in (
        "name", "model", "serial_no", "own_no", "manufacturer", "install_address", "department", "keeper", "phone", "remark",
        "accuracy_class", "measuring_range", "resolution", "type_approval_no", "last_cert_no",
    )
}  # fmt: skip
SEARCHED = ("name", "model", "serial_no", "own_no", "install_address", "manufacturer")  # together, by `q`
ASKED = (*FILTERS, *RANGES_OF, *CONTAINED, owners.FILTER, "q")
# The counters by which a kind of account counts what it sees, and what they are kept by besides the view.
_OWN = (INSTRUMENT_COUNT.c, {"status", "filing_state"})
_AREA = (SUPERVISION_COUNT.c, {"status", "filing_state", "division_code", "kind_code", "institution_id"})
COUNTERS = {"applicant": _OWN, "institution": _OWN, "supervisor": _AREA, "admin": _AREA}
PART = INSTRUMENT_PART.c
ACTOR_ORG, ACTOR_AREA = bindparam("actor_org", type_=Uuid), bindparam("actor_area", type_=Text)
VIEWER = bindparam("viewer", type_=Uuid)  # in the search: the organisation or institution, or the area asked about


class Question(NamedTuple):
    """Everything that the statement of a list depends on. The values come with each call."""

    kind: str  # of account
    view: str
    names: tuple[str, ...]  # of the filters
    digits: int = 0  # of the area that a supervisor asks about
    walked: bool = False  # a search among the newest of its scope
    owners: str = "few"  # that a search by others than the applicant finds: none, few or many

    @classmethod
    def of(cls, actor: Actor, args: Mapping[str, Any]) -> "Question":
        names = tuple(name for name in ASKED if args.get(name) is not None)
        area = areas.area_asked(actor, args.get("division_code")) if actor.kind == "supervisor" else ""
        return cls(actor.kind, args.get("view") or "all", names, len(area))


def values(actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The parameters of a statement that is made from a Question."""
    given = {name: args[name] for name in ASKED if args.get(name) is not None}
    if "division_code" in given:  # of a city: everything in it
        given["division_code"] = area_of(given["division_code"])
    asked_area = areas.area_asked(actor, args.get("division_code"))
    viewer = areas.viewer(asked_area) if actor.kind == "supervisor" else actor.org_id
    area = areas.area_values(asked_area) | {"viewer": viewer}
    return given | area | {"actor_org": actor.org_id, "actor_area": actor.area, "today": today}


def visible_to(kind: str) -> ColumnElement[bool]:
    """The instruments that an account of this kind may see; supervisors see what is filed in their area."""
    if kind == "applicant":
        return I.org_id == ACTOR_ORG
    if kind == "institution":
        return I.participants.contains(array([ACTOR_ORG]))
    if kind == "supervisor":
        return I.division_code.startswith(ACTOR_AREA) & (I.filing_state != "none")
    return true()


def conditions(question: Question) -> list[ColumnElement[bool]]:
    """The WHERE of a list of instruments, within the scope of who asks."""
    found = [*_scope(question), in_view(question.view)]
    for name in question.names:
        if name == "q":
            found.append(_searched(question, name))
        elif name == owners.FILTER:
            found.append(I.org_id.in_(owners.called(name)))
        elif name in CONTAINED:
            column = CONTAINED[name]
            found.append(func.search_words(column).like(func.search_pattern(bindparam(name, type_=Text))))
            if column.key in SEARCHED:  # then the index of the search narrows it first
                found.append(_searched(question, name))
        elif name in RANGES_OF:
            column, after = RANGES_OF[name]
            bound = bindparam(name, type_=Date)
            found.append(column >= bound if after else column <= bound)
        elif name == "division_code":
            if question.kind != "supervisor":
                found.append(I.division_code.startswith(bindparam(name, type_=Text)))
        else:
            column = getattr(I, name)
            found.append(column == bindparam(name, type_=column.type))
    return found


def _scope(question: Question) -> list[ColumnElement[bool]]:
    """Returns the scope of `visible_to` by the columns of the indexes that hold it in order (migration 0015)."""
    if question.kind == "supervisor":
        return [I.filing_state != "none", areas.lies_in(I, question.digits)]
    if _by_parts(question):
        return [PART.institution_id == ACTOR_ORG, PART.instrument_id == I.id]
    return [visible_to(question.kind)]


def _made(question: Question) -> OrderKey:
    if _by_parts(question):
        return OrderKey((func.uuid_send(PART.instrument_id),), func.uuid_send)
    return OrderKey((I.id,)) if _is_wide(question) else OrderKey((I.place,), func.uuid_send)


def _by_parts(question: Question) -> bool:
    """Whether an institution's list is looked through in its order."""
    return question.kind == "institution" and not question.walked and not is_search(question)


def _is_wide(question: Question) -> bool:
    """Whether no index has its scope in order: that of the whole province, where every row is as good as the next."""
    return question.kind == "admin" or (question.kind == "supervisor" and question.digits < areas.CITY)


def _searched(question: Question, name: str) -> ColumnElement[bool]:
    """What the parameter `name` is a part of, by the index that the search has: it knows who sees what, and areas from
    a city down."""
    s = INSTRUMENT_SEARCH.c
    pattern = func.search_pattern(bindparam(name, type_=Text))
    by_owner = _by_owner(question, name) and question.owners != "none"
    if question.walked:  # the planner assumes 50 % selectivity for an opaque boolean, and then walks the index
        holds = select(s.words.like(pattern)).where(s.instrument_id == I.id).scalar_subquery()
        return or_(holds, I.org_id.in_(owners.called(name))) if by_owner else holds
    found = select(s.instrument_id).where(s.words.like(pattern))
    if not _is_wide(question):
        found = found.where(s.viewers.contains(array([VIEWER])))
    if by_owner and question.owners == "many":
        return or_(I.id.in_(found), I.org_id.in_(owners.called(name)))
    return I.id.in_(union_all(found, owners.owned(name)) if by_owner else found)


def _by_owner(question: Question, name: str) -> bool:
    """Whether what is sought may be an owner; an applicant's own are all of one."""
    return name == "q" and question.kind != "applicant"


def is_search(question: Question) -> bool:
    """Whether the index of the search answers it."""
    return not question.walked and any(name in ("q", owners.FILTER) or name in CONTAINED for name in question.names)


_SHOWN = {**{column.key: column for column in COLUMNS}, "view": view_column(), **owners.SHOWN}


def _walked(question: Question) -> tuple[Question, Question]:
    return question._replace(walked=True), question._replace(view="any", names=())


LISTING = Listing(_SHOWN, "id", SORTABLE, conditions, is_search, _made, walked=_walked)
_ONE = {
    kind: Read(
        select(*(column.label(name) for name, column in (_SHOWN | owners.CONTACT).items())).where(
            visible_to(kind), I.id == bindparam("id", type_=Uuid)
        )
    )
    for kind in SIGNED_IN
}


def instruments(reader: Reader, actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of instruments with their view of today, newest first."""
    question = Question.of(actor, args)
    given = values(actor, args, today)
    if any(_by_owner(question, name) for name in question.names):
        question = question._replace(owners=owners.how_many(reader, given))
    return LISTING.page(reader, question, args, given, total=counted(question, given["area"]))


def instrument(reader: Reader, actor: Actor, instrument_id: UUID, today: date) -> dict[str, Any]:
    """Raises: NotFound."""
    [rows] = reader.run((_ONE[actor.kind], values(actor, {}, today) | {"id": instrument_id}))
    if not rows:
        raise NotFound
    return rows[0]


def ids_by_filter(actor: Actor, args: Mapping[str, Any], today: date) -> Select[UUID]:
    statement = select(I.id).where(*conditions(Question.of(actor, args))).order_by(I.id)
    return statement.params(**values(actor, args, today))


def to_export(
    actor: Actor, frozen: Mapping[str, str], columns: Sequence[Any], today: date
) -> Callable[[UUID | None], Select[*tuple[Any, ...]]]:
    """Id and `columns` of what a list with these filters shows, from the oldest on: of what comes after an id, or of all.
    frozen: filters as JSON holds them."""
    args = {name: _thawed(name, value) for name, value in frozen.items()}
    shown = [column.label(f"c{n}") for n, column in enumerate(columns)]
    question = Question.of(actor, args)
    made = _made(question)
    statement = select(I.id, *shown).where(*conditions(question)).order_by(made.column)
    statement = statement.params(**values(actor, args, today))

    def after(instrument_id: UUID | None) -> Select[*tuple[Any, ...]]:
        return statement if instrument_id is None else statement.where(made.column > made.of(literal(instrument_id)))

    return after


def _thawed(name: str, value: str) -> Any:
    if name in RANGES_OF:
        return date.fromisoformat(value)
    return UUID(value) if name in FILTERS and isinstance(getattr(I, name).type, Uuid) else value


def own_instrument(db: Session, actor: Actor, instrument_id: UUID) -> Instrument:
    """The applicant's instrument, locked for a change. Raises: NotFound."""
    row = db.scalars(select(I).where(I.id == instrument_id, I.org_id == actor.org_id).with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def among(ids: Collection[UUID]) -> ColumnElement[bool]:
    """Of these ids; one parameter, however many they are."""
    return I.id == any_(cast(list(ids), ARRAY(Uuid)))


def locked_own(actor: Actor, ids: Collection[UUID], *columns: Any) -> Select[*tuple[Any, ...]]:
    """`columns` of the applicant's ones of `ids`, locked in the order of ids."""
    return select(*columns).where(among(ids), I.org_id == actor.org_id).order_by(I.id).with_for_update()


def own_for_update(db: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Instrument]:
    return {row.id: row for row in db.scalars(locked_own(actor, ids, I))}


def by_ids(db: Session, ids: Collection[UUID]) -> dict[UUID, Instrument]:
    """For events: of any organisation, locked in the order of ids."""
    return (
        {row.id: row for row in db.scalars(select(I).where(among(ids)).order_by(I.id).with_for_update())} if ids else {}
    )


def check_visible(db: Session, actor: Actor, instrument_id: UUID) -> None:
    statement = select(I.id).where(I.id == instrument_id, visible_to(actor.kind))
    if db.scalar(statement, {"actor_org": actor.org_id, "actor_area": actor.area}) is None:
        raise NotFound


def history(db: Session, actor: Actor, instrument_id: UUID, args: Mapping[str, Any]) -> dict[str, Any]:
    """Every change and step of one instrument, newest first."""
    check_visible(db, actor, instrument_id)
    h = History
    # from which address somebody did it is for their own organisation and the administrator
    who = h.actor if actor.kind in ("applicant", "admin") else h.actor.op("-")("address").label("actor")
    statement = select(h.id, h.at, who, h.kind, h.reference, h.changes, h.reason).where(
        h.instrument_id == instrument_id
    )
    return paginate(db, statement, args, key=h.id, sortable={"at": h.at}, default=[h.at.desc()])


def attachments(db: Session, actor: Actor, instrument_id: UUID) -> list[dict[str, Any]]:
    check_visible(db, actor, instrument_id)
    a = Attachment
    rows = db.execute(
        select(a.id, a.title, a.kind, a.size, a.created_at).where(a.instrument_id == instrument_id).order_by(a.id)
    )
    return [dict(row) for row in rows.mappings()]


def attachment(db: Session, actor: Actor, instrument_id: UUID, attachment_id: UUID) -> Attachment:
    check_visible(db, actor, instrument_id)
    found = db.get(Attachment, attachment_id)
    if found is None or found.instrument_id != instrument_id:
        raise NotFound
    return found


# -- counts ----------------------------------------------------------------------------------------------------------

COUNTED = ("total", "filed", "returned", "scrapped", "suspended", "unfiled", *sorted(RANGES))


def counted(question: Question, area: str = "") -> Read | None:
    """The total of a list from the counters, where they know it: of a view, by what the counters are kept by.
    area: that the question is about, see `areas.area_asked`."""
    if set(question.names) <= COUNTERS[question.kind][1] and areas.has_entries(area):
        return _counter(question, areas.depth(area))
    return None


@cache
def _counter(question: Question, deep: areas.Depth) -> Read:
    n, _ = COUNTERS[question.kind]
    where = [*_counted_by(question.kind, deep, question.names), in_view(question.view, n)]
    for name in question.names:
        if name != "division_code":
            where.append(n[name] == bindparam(name, type_=n[name].type))
        if name == "institution_id":
            where.append(n[name] != NOBODY)
        if name == "kind_code":
            where.append(n[name] != ALL_KINDS)
    return Read(select(func.coalesce(cast(func.sum(n.n), BigInteger), 0).label("total")).where(*where))


def _counted_by(kind: str, deep: areas.Depth, names: tuple[str, ...] = ()) -> list[ColumnElement[bool]]:
    """The entries that make up what an account of this kind sees: the twin of `visible_to`."""
    n, _ = COUNTERS[kind]
    if kind in ("applicant", "institution"):
        return [n.viewer_id == ACTOR_ORG]
    found = areas.entries(n, deep, "kind_code" in names, "institution_id" in names)
    return [*found, n.filing_state != "none"] if kind == "supervisor" else found


def figures(of: Any) -> dict[str, ColumnElement[bool]]:
    """Each count of the home page as the condition of the list behind it."""
    return {
        "total": in_view("all", of),
        "filed": (of.filing_state == "approved") & in_view("all", of),
        "returned": (of.filing_state == "returned") & in_view("all", of),
    } | {name: in_view(name, of) for name in COUNTED[3:]}


def overview(reader: Reader, actor: Actor, today: date) -> dict[str, int]:
    """The counts of the home page; each equals the total of the list behind it."""
    read = _seen_figures(actor.kind, areas.depth(areas.area_asked(actor, None)))
    [rows] = reader.run((read, values(actor, {}, today)))
    return rows[0]


@cache
def _seen_figures(kind: str, deep: areas.Depth) -> Read:
    n, _ = COUNTERS[kind]
    sums = [func.coalesce(cast(func.sum(n.n).filter(c), BigInteger), 0).label(name) for name, c in figures(n).items()]
    return Read(select(*sums).where(*_counted_by(kind, deep)))


# -- reference -------------------------------------------------------------------------------------------------------


def reference(db: Session, today: date) -> Reference:
    """Returns the reference data of the rules on a day."""
    k, d = Kind, Division
    names = [field.name for field in fields(KindFacts)]
    rows = db.execute(select(k.code, *(getattr(k, name) for name in names)))
    kinds = {row.code: KindFacts(*row[1:]) for row in rows}
    in_force = select(d.code, d.is_leaf).where(
        or_(d.valid_from.is_(None), d.valid_from <= today), or_(d.valid_to.is_(None), d.valid_to >= today)
    )
    divisions = {row.code: row.is_leaf for row in db.execute(in_force)}
    return Reference(today, kinds, divisions)


# -- imports and public pages ----------------------------------------------------------------------------------------


def import_of(db: Session, actor: Actor, import_id: UUID) -> Import:
    found = db.scalars(select(Import).where(Import.id == import_id, Import.org_id == actor.org_id)).first()
    if found is None:
        raise NotFound
    return found


def public_instrument(db: Session, code: str, today: date) -> dict[str, Any] | None:
    statement = select(*COLUMNS, view_column().label("view")).where(I.code == code)
    row = db.execute(statement, {"today": today}).mappings().first()
    return dict(row) if row else None


def ids_for_action(actor: Actor, action: str, view: str, today: date) -> Select[UUID]:
    """Every instrument on which the caller may do `action` now, as far as its own row tells."""
    statement = select(I.id).where(visible_to(actor.kind), in_view(view), I.claim_id.is_(None))
    statement = statement.where(I.filing_state.not_in(OPEN_FILING))
    if action == "delete":
        statement = statement.where(I.ever_filed.is_(False), I.filing_state.not_in(["approved", "revoked"]))
    if action == "suspend":
        statement = statement.where(I.status == "in_use")
    return statement.order_by(I.id).params(**values(actor, {}, today))


def ids_to_file(actor: Actor, today: date) -> Select[UUID]:
    """`all` of a submission: the view `unfiled`; returned ones must be named."""
    statement = select(I.id).where(visible_to(actor.kind), in_view("unfiled"), I.claim_id.is_(None)).order_by(I.id)
    return statement.params(**values(actor, {}, today))
