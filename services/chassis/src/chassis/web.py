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

from chassis import audit, auth, clock, context, idempotency
from chassis.actor import Actor
from chassis.db import ALL, Scope
from chassis.errors import Malformed, Precondition, Stale, Unauthorized
from chassis.metrics import REQUESTS
from chassis.reads import Reader, Snapshot, Within
from chassis.runtime import runtime

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
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


def audit_subject(subject: UUID | str, **detail: Any) -> None:
    """Name what the current write is about, for its audit line, where the path does not."""
    g.audit = (str(subject), detail)


def audit_line(subject: UUID | str, **detail: Any) -> dict[str, Any]:
    """The values of the audit line, for a view that commits by itself and keeps the line (`audit.INSERT`) with what it
    tells: one commit less."""
    g.audited = True
    return audit.line(_action(), subject, detail)


def _door(view: Any, permission: auth.Permission) -> Any:
    own = getattr(view, "own_transactions", False)

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        started = time.perf_counter()
        status = 500
        try:
            _authenticate(permission)
            response = _run_own(view, args, kwargs) if own else _run(view, args, kwargs)
            status = response.status_code
            return response
        except Exception as error:
            status = getattr(error, "status", None) or getattr(error, "code", None) or 500
            raise
        finally:
            _close()
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
    told = g.pop("audited", False)
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


def _audit(session: Session, path: dict[str, Any]) -> None:
    subject, detail = g.get("audit", ("", {}))
    subject = subject or next((str(value) for value in path.values()), "")
    audit.record(session, _action(), subject, detail)


def _action() -> str:
    return (request.endpoint or "").replace(".", "/")


def _close() -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.rollback()  # a no-op after a commit
        session.close()
