"""Uploads for registrations: kept apart, known by content, claimed by a registration within a day."""

from typing import Any
from uuid import UUID

from flask import request

from chassis import audit, clock
from chassis.app import send_stored
from chassis.auth import SIGNED_IN, allow, allow_anyone
from chassis.errors import invalid
from chassis.files import DOCUMENTS
from chassis.runtime import runtime
from chassis.schema import download_of
from chassis.web import Blueprint, audit_subject, current_user, db
from identity import queries
from identity.api.schemas import FileCreated
from identity.models import File

blp = Blueprint("files", "files", url_prefix="/api/identity", description="Uploads")

LIMIT = 10 << 20  # [bytes]
KINDS = ("application/pdf", "image/jpeg", "image/png")
PURPOSES = ("license", "authorization")

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "purpose"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": list(PURPOSES)},
                    },
                }
            }
        },
    }
}


@blp.route("/files", methods=["POST"])
@allow_anyone
@blp.doc(**_BODY)
@blp.response(201, FileCreated)
def upload() -> Any:
    """Upload a licence or an authorisation letter: PDF, JPEG or PNG, at most 10 MB."""
    purpose = request.form.get("purpose", "")
    if purpose not in PURPOSES:
        raise invalid(
            "purpose",
            "not_an_option",
            "purpose 只能填写：license、authorization。",
            "license or authorization",
        )
    upload = request.files.get("file")
    if upload is None:
        raise invalid("file", "required", "请选择要上传的文件。", "Choose a file.")
    stored = runtime().files.save(
        upload.stream,
        limit=LIMIT,
        kinds=KINDS,
        expected=DOCUMENTS,
    )
    title = "".join(c for c in (upload.filename or "") if c.isprintable())[-100:] or purpose
    file = File(name=stored.name, title=title, kind=stored.kind, size=stored.size, sha256=stored.sha256,
                purpose=purpose, created_at=clock.now())  # fmt: skip
    db().add(file)
    db().flush()
    audit_subject(file.id)
    return {"file_id": file.id}


@blp.route("/files/<uuid:file_id>", methods=["GET"])
@allow(*SIGNED_IN, pending=True)
@blp.doc(responses=download_of(*KINDS))
def download(file_id: UUID) -> Any:
    """A file of one's own organisation, or of a registration that one decides."""
    file = queries.file_for(db(), current_user(), file_id)
    audit.record(db(), "file_read", file.id)
    db().commit()
    return send_stored(file.name, file.title, file.kind)
