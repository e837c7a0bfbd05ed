"""The HTTP door: sign-in and permission first, then one transaction around the view, then the answer.

A view is a function with, from the outside in: `@blp.route`, `@allow(…)`, `@blp.arguments`, `@blp.response`. It
calls one action or query with `db()` and raises its errors. The door commits when the view returned and rolls back
when it raised.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import flask_smorest
from flask import Response, g, make_response, request
from marshmallow import RAISE, fields
from sqlalchemy.orm import Session
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from chassis import audit, audited, auth, clock, context, idempotency, log
from chassis.actor import SYSTEM, Actor
from chassis.db import ALL, Scope
from chassis.errors import Invalid, Malformed, Precondition, ServiceError, Stale, Unauthorized
from chassis.metrics import REQUESTS
from chassis.reads import Reader, Snapshot, Within
from chassis.runtime import runtime

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_REASONS = ("reason", "reason_code", "remarks")  # of a request, that its audit line tells
_MERELY_WRONG = (400, 413, 415, 428)
View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """Refuses query fields that are not declared: a filter with a slip of the pen must not show everything."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def load_querystring(self, req: Any, schema: Any) -> dict[str, Any]:
        """As webargs's own, as a plain dict: its proxy raises an HTTP error inside for each field that is absent."""
        several = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, fields.List)}
        return {name: values if name in several else values[0] for name, values in req.args.lists()}


class Blueprint(flask_smorest.Blueprint):
    """A blueprint whose every route must declare who may call it."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, **kwargs: Any) -> Any:
        """As flask-smorest's, but with the schema made once instead of at every request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **kw: Any
    ) -> None:
        permission = getattr(view_func, "permission", None)
        if permission is None:
            raise TypeError(f"{rule}: no permission declared; use @allow, @allow_anyone or @allow_service")
        super().add_url_rule(rule, endpoint, _door(view_func, permission), *args, **kw)


def own_transactions(view: View) -> View:
    """For a view that commits more than once, or calls another service between two transactions: the door opens no
    transaction for it, and its effect must be idempotent by the caller's Idempotency-Key."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


def secret_answer(view: View) -> View:
    """For a view whose answer carries tokens: it is not kept for a repeat, so an Idempotency-Key means nothing to it."""
    view.secret_answer = True  # type: ignore[attr-defined]
    return view


def db() -> Session:
    """The session of the current request; its transaction begins with the first statement."""
    if "session" not in g:
        g.session = runtime().database.session(g.get("scope", ALL))
    session: Session = g.session
    return session


def reader() -> Reader:
    """For hot reads of the request: of the snapshot that stands, or of its own transaction where that has begun."""
    session: Session | None = g.get("session")
    return Within(session) if session is not None else Snapshot(runtime().database, g.get("scope", ALL))


def current_user() -> Actor:
    """The signed-in account. Raises: Unauthorized on a route that is open to anyone and has none."""
    actor = context.current().actor
    if actor is None:
        raise Unauthorized
    return actor


def idempotency_key() -> str | None:
    return request.headers.get("Idempotency-Key")


def if_match() -> int:
    """The version in If-Match. Raises: Precondition when it is missing, Malformed when it is none of our ETags."""
    raw = request.headers.get("If-Match")
    if raw is None:
        raise Precondition
    value = raw.strip().removeprefix("W/").strip('"')
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Malformed(reason='If-Match: "<version>"')
    return int(value)


def check_version(actual: int, expected: int) -> None:
    """Raises: Stale."""
    if actual != expected:
        raise Stale


def with_etag(response: Response, version: int) -> Response:
    response.headers["ETag"] = f'"{version}"'
    return response


def not_audited(view: View) -> View:
    """For a write that decides nothing: a token renewed, a message read, the columns of a list."""
    view.not_audited = True  # type: ignore[attr-defined]
    return view


def audit_subject(subject: UUID | str, **detail: Any) -> None:
    """Name what the current write is about, for its audit line, where the path does not; before it is refused, too."""
    if (writing := audited.current()) is not None:
        writing.subject = str(subject)
        writing.detail.update(detail)


def audit_refused(error: ServiceError) -> None:
    """For a page that tells a refusal with a 200: the line says so all the same."""
    if (writing := audited.current()) is not None:
        writing.outcome = audited.REFUSED
        writing.detail.update(_refusal(error))


def audit_line(subject: UUID | str, by: Actor | None = None, **detail: Any) -> dict[str, Any]:
    """Returns the values of the audit line for a view that writes the line (`audit.INSERT`) in its own transaction. This
    saves one commit. by: the caller, if the view found out who it is."""
    g.audited = True
    return audit.line(_action(), subject, detail, by)


def _door(view: Any, permission: auth.Permission) -> Any:
    own, told = getattr(view, "own_transactions", False), not getattr(view, "not_audited", False)

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        writes = told and request.method in _WRITES
        started = time.perf_counter()
        status = 500
        if writes:
            audited.begin()
        try:
            _authenticate(permission)
            response = _run_own(view, args, kwargs) if own else _run(view, args, kwargs)
            status = response.status_code
            return response
        except Exception as error:
            status = getattr(error, "status", None) or getattr(error, "code", None) or 500
            if writes:
                _audit_refusal(permission, error, kwargs)
            raise
        finally:
            _close()
            audited.end()
            route = request.url_rule.rule if request.url_rule else "?"
            REQUESTS.labels(request.method, route, str(status)).observe(time.perf_counter() - started)

    if not permission.anyone:
        doc = door._apidoc = dict(getattr(door, "_apidoc", {}))  # type: ignore[attr-defined]
        doc["manual_doc"] = dict(doc.get("manual_doc", {})) | {"security": [{"bearer": []}]}
    return door


def _authenticate(permission: auth.Permission) -> None:
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""
    if permission.anyone:
        return
    if not token:
        raise Unauthorized
    here = runtime()
    if permission.services:
        here.tokens.caller(token, permission.services)
        g.by_service = True
        g.scope = ALL
        return
    actor = auth.read_access_token(token, here.keys)
    here.revoked.check(actor)
    context.signed_in(actor)
    g.scope = Scope.of(actor)
    auth.check(permission, actor)


def _run(view: Any, args: Any, kwargs: Any) -> Response:
    key = _key(view)
    if key is not None and (answered := idempotency.claim(db(), key, clock.now())):
        return answered
    response = make_response(view(*args, **kwargs))
    if response.status_code < 400:
        if request.method in _WRITES:
            if audited.current() is not None:
                db().flush()  # what changes with it is noted then
                _audit(db(), kwargs)
            if key is not None:
                idempotency.remember(db(), key, response)
        if "session" in g:
            db().commit()  # a read too: after a ROLLBACK psycopg forgets what it has prepared
    return response


def _run_own(view: Any, args: Any, kwargs: Any) -> Response:
    key = _key(view)
    database = runtime().database
    if key is not None:
        with database.transaction(ALL) as session:
            if answered := idempotency.claim(session, key, clock.now(), committed=True):
                return answered
    try:
        response = make_response(view(*args, **kwargs))
    except BaseException:
        if key is not None:
            with database.transaction(ALL) as session:
                idempotency.forget(session, key)
        raise
    told = g.pop("audited", False) or audited.current() is None
    if request.method in _WRITES and response.status_code < 400 and not (told and key is None):
        with database.transaction(ALL) as session:
            if not told:
                _audit(session, kwargs)
            if key is not None:
                idempotency.remember(session, key, response)
    return response


def _key(view: Any) -> idempotency.Key | None:
    if getattr(view, "secret_answer", False):
        return None
    actor = context.current().actor
    return idempotency.of_request(request, actor.account_id if actor else UUID(int=0))


def _audit(session: Session, path: dict[str, Any], refusal: dict[str, Any] | None = None) -> None:
    writing = audited.current() or audited.Writing()
    subject = writing.subject or next((str(value) for value in path.values()), "")
    detail = _given_reason() | writing.all() | (refusal or {})
    by = SYSTEM if g.get("by_service") else None
    session.execute(audit.INSERT, audit.line(_action(), subject, detail, by))


def _refusal(error: ServiceError) -> dict[str, Any]:
    return {"code": error.code, "refusal": {language: error.message(language) for language in ("zh", "en")}}


def _given_reason() -> dict[str, Any]:
    """Why it was asked for, as the caller said."""
    body = request.get_json(silent=True) if request.is_json else None
    if not isinstance(body, dict):
        return {}
    return {name: str(body[name])[:500] for name in _REASONS if isinstance(body.get(name), str) and body[name]}


def _audit_refusal(permission: auth.Permission, error: Exception, path: dict[str, Any]) -> None:
    """A line for what was refused or failed. Fields that are merely wrong are no attempt at anything, and who is nobody yet
    has attempted nothing but what is open to anyone."""
    if not permission.anyone and not permission.services and context.current().actor is None:
        return
    if isinstance(error, HTTPException) or (isinstance(error, ServiceError) and error.status in _MERELY_WRONG):
        return
    if type(error) is Invalid:
        return
    refused = isinstance(error, ServiceError) and error.status < 500
    told: dict[str, Any] = {"outcome": audited.REFUSED if refused else audited.FAILED, "code": "internal_error"}
    if isinstance(error, ServiceError):
        told |= _refusal(error)
    _close()
    if (writing := audited.current()) is not None:
        writing.changes.clear()  # nothing of it stays
        writing.about.clear()
    try:
        with runtime().database.transaction(ALL) as session:
            _audit(session, path, told)
    except Exception as failure:  # the caller is told of the first failure
        log.get().warning("refusal_not_audited", error=repr(failure))


def _action() -> str:
    return (request.endpoint or "").replace(".", "/")


def _close() -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.rollback()  # a no-op after a commit
        session.close()
