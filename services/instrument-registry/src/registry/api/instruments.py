"""Instruments: list, add, edit, act on selections, history, certificates, attachments."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy import func, select

from chassis import bulk, clock, context
from chassis.app import send_stored
from chassis.auth import APPLICANT, SIGNED_IN, allow
from chassis.errors import ServiceError, invalid
from chassis.events import jsonable
from chassis.files import DOCUMENTS
from chassis.lists.fast import row_schema
from chassis.paging import PageArgs, page_response, page_schema
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import download_of
from chassis.selections import freeze
from chassis.web import Blueprint, audit_subject, current_user, db, if_match, reader, with_etag
from registry import queries
from registry.actions import copies, instruments, selected
from registry.actions.attachments import check_attachable, detach
from registry.actions.histories import line
from registry.api.certificate_schemas import CertificateArgs, CertificateView
from registry.api.schemas import (
    AttachmentsView,
    AttachmentView,
    CopiesView,
    CopyRequest,
    DeletableView,
    EditSelected,
    HistoryView,
    InstrumentArgs,
    InstrumentEdit,
    InstrumentRequest,
    InstrumentView,
    Selected,
    SelectedWithReason,
)
from registry.api.views import certificate_view, plain
from registry.models import Attachment
from registry.queries import certificates as certificate_queries

blp = Blueprint("instruments", "instruments", url_prefix="/api/registry", description="Instruments")
LIMIT = 10 << 20  # [bytes]
KINDS = ("application/pdf", "image/jpeg", "image/png")


@blp.route("/instruments", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(InstrumentArgs, location="query")
@blp.response(200, page_schema(row_schema(InstrumentView)))
def list_instruments(args: dict[str, Any]) -> Any:
    """Instruments that the caller may see, with today's view of each."""
    return page_response(queries.instruments(reader(), current_user(), args, clock.today()))


@blp.route("/instruments", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(InstrumentRequest)
@blp.response(201, InstrumentView)
def add_instrument(body: dict[str, Any]) -> Any:
    """Add an instrument."""
    instrument = instruments.add(db(), current_user(), clock.now(), plain(body))
    audit_subject(instrument.id)
    return _answer(instrument.id, 201)


@blp.route("/instruments/<uuid:instrument_id>", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, InstrumentView)
def get_instrument(instrument_id: UUID) -> Any:
    """One instrument; the ETag is its version."""
    return _answer(instrument_id)


@blp.route("/instruments/<uuid:instrument_id>", methods=["PATCH"])
@allow(APPLICANT)
@blp.arguments(InstrumentEdit)
@blp.response(200, InstrumentView)
def edit_instrument(body: dict[str, Any], instrument_id: UUID) -> Any:
    """Edit an instrument, as far as its filing allows."""
    reason = body.pop("reason", None)
    instruments.edit(db(), current_user(), instrument_id, if_match(), plain(body), clock.now(), reason)
    return _answer(instrument_id)


@blp.route("/instruments/<uuid:instrument_id>/copies", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(CopyRequest)
@blp.response(200, CopiesView)
def copy_instrument(body: dict[str, Any], instrument_id: UUID) -> Any:
    """复制: make instruments like this one, each with its own numbers; what is wrong with one leaves the others."""
    language = context.current().language
    created, failed = [], []
    for index, made in enumerate(copies.copy(db(), current_user(), instrument_id, body["items"], clock.now())):
        if isinstance(made, ServiceError):
            words = [error.en if language == "en" else error.zh for error in made.errors]
            failed.append({"index": index, "code": made.code, "detail": "；".join(words) or made.message(language)})
        else:
            created.append(made.id)
    return json_response({"created": created, "failed": failed})


@blp.route("/instruments/actions/edit", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(EditSelected)
@blp.response(200, bulk.OutcomeView)
def edit_selected(body: dict[str, Any]) -> Any:
    """The same change to many, each as far as its filing allows."""
    return _run("edit", selected.edit_many, body, "all", changes=jsonable(body["changes"]), reason=body.get("reason"))


@blp.route("/instruments/<uuid:instrument_id>", methods=["DELETE"])
@allow(APPLICANT)
@blp.response(204)
def delete_instrument(instrument_id: UUID) -> Any:
    """Delete an instrument that was never filed."""
    outcome = selected.delete(db(), current_user(), [instrument_id], clock.now())
    if outcome.failed:
        raise outcome.failed[0].error
    return ""


@blp.route("/instruments/actions/suspend", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(SelectedWithReason)
@blp.response(200, bulk.OutcomeView)
def suspend(body: dict[str, Any]) -> Any:
    """停用: take out of use for a time."""
    return _run("suspend", selected.suspend, body, "all", reason=body.get("reason"))


@blp.route("/instruments/actions/resume", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(SelectedWithReason)
@blp.response(200, bulk.OutcomeView)
def resume(body: dict[str, Any]) -> Any:
    """启用: back to the state before, or unfiled again where the filing is over."""
    return _run("resume", selected.resume, body, "suspended", reason=body.get("reason"))


@blp.route("/instruments/actions/scrap", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(SelectedWithReason)
@blp.response(200, bulk.OutcomeView)
def scrap(body: dict[str, Any]) -> Any:
    """报废: for good."""
    return _run("scrap", selected.scrap, body, "all", reason=body.get("reason"))


@blp.route("/instruments/deletable", methods=["GET"])
@allow(APPLICANT)
@blp.response(200, DeletableView)
def deletable() -> Any:
    """How many 清空 would delete now."""
    ids = queries.ids_for_action(current_user(), "delete", "all", clock.today())
    return json_response({"count": db().scalar(select(func.count()).select_from(ids.order_by(None).subquery()))})


@blp.route("/instruments/actions/delete", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(Selected)
@blp.response(200, bulk.OutcomeView)
def delete(body: dict[str, Any]) -> Any:
    """删除; with {"all": true} 清空: every one that can be deleted."""
    return _run("delete", selected.delete, body, "all")


@blp.route("/instruments/<uuid:instrument_id>/history", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(HistoryView))
def history(args: dict[str, Any], instrument_id: UUID) -> Any:
    """Every change and step, newest first."""
    return page_response(queries.history(db(), current_user(), instrument_id, args))


@blp.route("/instruments/<uuid:instrument_id>/certificates", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(CertificateArgs, location="query")
@blp.response(200, page_schema(CertificateView))
def certificates(args: dict[str, Any], instrument_id: UUID) -> Any:
    """The certificates of one instrument, newest first."""
    queries.check_visible(db(), current_user(), instrument_id)
    asked = args | {"instrument_id": instrument_id}
    page = certificate_queries.page(reader(), current_user(), asked, clock.today())
    page["items"] = [certificate_view(row, clock.today()) for row in page["items"]]
    return page_response(page)


@blp.route("/instruments/<uuid:instrument_id>/attachments", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, AttachmentsView)
def attachments(instrument_id: UUID) -> Any:
    """相关资料 of one instrument."""
    return json_response({"items": queries.attachments(db(), current_user(), instrument_id)})


@blp.route("/instruments/<uuid:instrument_id>/attachments", methods=["POST"])
@allow(APPLICANT)
@blp.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
)
@blp.response(201, AttachmentView)
def add_attachment(instrument_id: UUID) -> Any:
    """Attach a document: PDF, JPEG or PNG, at most 10 MB; not while an institution works on a filing."""
    user, now = current_user(), clock.now()
    instrument = queries.own_instrument(db(), user, instrument_id)
    check_attachable(instrument)
    upload = request.files.get("file")
    if upload is None:
        raise invalid("file", "required", "请选择要上传的文件。", "Choose a file.")
    stored = runtime().files.save(
        upload.stream,
        limit=LIMIT,
        kinds=KINDS,
        expected=DOCUMENTS,
    )
    title = "".join(c for c in (upload.filename or "") if c.isprintable())[-100:] or "附件"
    attachment = Attachment(instrument_id=instrument.id, file=stored.name, title=title, kind=stored.kind,
                            size=stored.size, created_at=now)  # fmt: skip
    db().add(attachment)
    db().add(line(instrument.id, user, now, "attached", reference=title))
    db().flush()
    return attachment


@blp.route("/instruments/<uuid:instrument_id>/attachments/<uuid:attachment_id>", methods=["GET"])
@allow(*SIGNED_IN)
@blp.doc(responses=download_of(*KINDS))
def get_attachment(instrument_id: UUID, attachment_id: UUID) -> Any:
    """Download an attachment."""
    found = queries.attachment(db(), current_user(), instrument_id, attachment_id)
    return send_stored(found.file, found.title, found.kind)


@blp.route("/instruments/<uuid:instrument_id>/attachments/<uuid:attachment_id>", methods=["DELETE"])
@allow(APPLICANT)
@blp.response(204)
def remove_attachment(instrument_id: UUID, attachment_id: UUID) -> Any:
    """Remove a document, to exchange a wrong one: neither while a filing is open nor after its approval."""
    user = current_user()
    instrument = queries.own_instrument(db(), user, instrument_id)
    found = queries.attachment(db(), user, instrument_id, attachment_id)
    detach(db(), user, instrument, found, clock.now())
    db().commit()  # the file goes when nothing names it any more
    runtime().files.delete(found.file)
    return "", 204


def _answer(instrument_id: UUID, status: int = 200) -> Any:
    row = queries.instrument(reader(), current_user(), instrument_id, clock.today())
    return with_etag(json_response(row, status), row["version"])


def _run(kind: str, action: Callable[..., bulk.Outcome], body: dict[str, Any], every: str, **params: Any) -> Any:
    user, today = current_user(), clock.today()
    ids = freeze(
        db(),
        body["selection"],
        by_filter=lambda filters: queries.ids_by_filter(user, filters, today),
        every=lambda: queries.ids_for_action(user, kind, every, today),
    )
    return bulk.run(db(), "registry", kind, action, user, ids, **params)
