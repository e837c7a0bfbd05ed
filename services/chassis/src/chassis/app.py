"""The application factory: one call gives a service its errors, sign-in, health, metrics, jobs, audit and OpenAPI."""

import contextlib
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask, Response, g, request, send_file
from marshmallow import fields, validate
from werkzeug.exceptions import HTTPException

from chassis import audit, context, facts, health, jobs, telemetry
from chassis.auth import ADMIN, SIGNED_IN, allow, allow_anyone, allow_service
from chassis.errors import NotFound
from chassis.paging import page_schema
from chassis.problems import ProblemApi
from chassis.rawjson import json_response
from chassis.runtime import Runtime, Service, runtime
from chassis.schema import BINARY, Schema, Text
from chassis.web import Blueprint, current_user, db

_PROBED = ("/healthz", "/readyz", "/metrics")  # asked every second, and of no interest as a trace
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def create_app(service: Service, runtime: Runtime) -> Flask:
    """The web application of `service`, serving under /api/<name>."""
    app = Flask(service.name, static_folder=None)
    app.config.update(
        API_TITLE=service.title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/api/{service.name}",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}}
        },
        MAX_CONTENT_LENGTH=80 << 20,  # the gateway's limits are lower; this is the wall behind them
        MAX_FORM_MEMORY_SIZE=1 << 20,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["runtime"] = runtime
    app.before_request(_enter)
    app.after_request(_leave)
    api: Any = ProblemApi(app)
    for blueprint in (*service.blueprints, _common(service.name), _operations()):
        api.register_blueprint(blueprint)
    if service.facts:
        api.register_blueprint(_facts(service.facts))
    return app


def _enter() -> None:
    given = request.headers.get("X-Request-Id", "")
    kind = "" if request.path.endswith(_PROBED) else "server"
    g.span = telemetry.start(request.method, request.headers.get("traceparent", ""), kind)
    language = request.headers.get("Accept-Language", "")
    context.enter(
        context.Context(
            request_id=given if _REQUEST_ID.fullmatch(given) else context.new_request_id(),
            traceparent=g.span.traceparent,
            # the gateway writes this header itself and lets no client's through
            address=request.headers.get("X-Forwarded-For", request.remote_addr or "").split(",")[0].strip()[:64],
            language="en" if language.lower().startswith("en") else "zh",
        )
    )


def _leave(response: Response) -> Response:
    _hear_out()
    route = request.url_rule.rule if request.url_rule else "?"
    g.span.rename(f"{request.method} {route}")
    g.span.note(http_route=route, http_status_code=response.status_code, qj_request_id=context.current().request_id)
    if response.status_code >= 500:
        g.span.fail(response.status)
    g.span.end()
    response.headers["X-Request-Id"] = context.current().request_id
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _hear_out() -> None:
    """Read what is left of the request. Where an answer comes early (403 for a large body), the server would close the
    connection on a gateway that is still sending, and that would make a 503 of the answer."""
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return
    with contextlib.suppress(HTTPException, OSError):
        while request.stream.read(1 << 16):
            pass


def _common(service: str) -> Blueprint:
    """Routes that every service has: its jobs and its audit trail."""
    blp = Blueprint("common", service, url_prefix=f"/api/{service}", description="Jobs and audit")

    @blp.route("/jobs/<uuid:job_id>", methods=["GET"])
    @allow(*SIGNED_IN)
    @blp.response(200, jobs.JobView)
    def get_job(job_id: UUID) -> Any:
        """How a job stands."""
        return jobs.view(jobs.find(db(), current_user(), job_id), service)

    @blp.route("/jobs/<uuid:job_id>", methods=["DELETE"])
    @allow(*SIGNED_IN)
    @blp.response(200, jobs.JobView)
    def cancel_job(job_id: UUID) -> Any:
        """Cancel a job; what it has done stays."""
        waited = jobs.cancel(db(), current_user(), job_id)
        give_back = runtime().service.never_begun.get(waited or "")
        if give_back is not None:
            db().commit()  # no worker takes it up any more
            give_back(runtime(), job_id)
        return jobs.view(jobs.find(db(), current_user(), job_id), service)

    @blp.route("/jobs/<uuid:job_id>/errors", methods=["GET"])
    @allow(*SIGNED_IN)
    @blp.arguments(jobs.FailureArgs, location="query")
    @blp.response(200, page_schema(jobs.JobFailureView))
    def job_errors(args: dict[str, Any], job_id: UUID) -> Any:
        """The items that a job could not do, with the reason of each."""
        return json_response(jobs.failures(db(), current_user(), job_id, args))

    @blp.route("/jobs/<uuid:job_id>/result", methods=["GET"])
    @allow(*SIGNED_IN)
    @blp.response(200, BINARY, content_type="application/octet-stream")
    def job_result(job_id: UUID) -> Any:
        """The file that a job made."""
        row = jobs.find(db(), current_user(), job_id)
        if not row["result_file"]:
            raise NotFound
        return send_stored(row["result_file"], row["result_name"], "application/octet-stream")

    @blp.route("/audit", methods=["GET"])
    @allow(ADMIN)
    @blp.arguments(audit.AuditArgs, location="query")
    @blp.response(200, page_schema(audit.AuditLine))
    def audit_lines(args: dict[str, Any]) -> Any:
        """The audit trail, newest first."""
        return audit.search(db(), args)

    return blp


class FactArgs(Schema):
    after = Text(max=200, load_default="", metadata={"description": "the last key of the page before"})
    limit = fields.Integer(load_default=facts.PAGE, validate=validate.Range(min=1, max=facts.PAGE))


class FactRows(Schema):
    items = fields.List(fields.Dict(), required=True)


def _facts(owned: Mapping[str, facts.Fact]) -> Blueprint:
    """The facts of this service, for services that keep and check replicas."""
    blp = Blueprint("facts", "facts", url_prefix="/internal", description="Between services")

    @blp.route("/facts/<string:fact>", methods=["GET"])
    @allow_service(*sorted({service for fact in owned.values() for service in fact.copied_by}))
    @blp.arguments(FactArgs, location="query")
    @blp.response(200, FactRows)
    def rows(args: dict[str, Any], fact: str) -> Any:
        """The rows of a fact in the order of their keys."""
        if fact not in owned:
            raise NotFound
        return json_response({"items": facts.page(db(), owned[fact].rows, args["after"], args["limit"])})

    return blp


class Health(Schema):
    status = fields.String(required=True)
    parts = fields.Dict(keys=fields.String(), values=fields.String())


def _operations() -> Blueprint:
    """Health and metrics; the gateway lets none of these through."""
    blp = Blueprint("operations", "operations")

    @blp.route("/healthz", methods=["GET"])
    @allow_anyone
    @blp.response(200, Health)
    def healthz() -> Any:
        return json_response({"status": "ok"})

    @blp.route("/readyz", methods=["GET"])
    @allow_anyone
    @blp.response(200, Health)
    @blp.alt_response(503, schema=Health)
    def readyz() -> Any:
        ok, parts = health.ready(runtime())
        return json_response({"status": "ok" if ok else "unavailable", "parts": parts}, 200 if ok else 503)

    @blp.route("/metrics", methods=["GET"])
    @allow_anyone
    @blp.response(200, {"type": "string"}, content_type="text/plain; version=0.0.4; charset=utf-8")
    def metrics() -> Any:
        return Response(health.metrics_text(runtime()), content_type="text/plain; version=0.0.4; charset=utf-8")

    return blp


def send_stored(name: str, download_name: str, content_type: str | None = None) -> Response:
    """A file of the store as a download that no browser will run."""
    response = send_file(
        runtime().files.path(name),
        mimetype=content_type,
        as_attachment=True,
        download_name=download_name,
        max_age=0,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
