"""JSON logs, one line an event, each with the id of the request, message or job it belongs to."""

import logging
import re
import sys
from typing import Any

import structlog

from chassis import context

_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")


def configure(service: str, level: str) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _who(service),
            structlog.processors.format_exc_info,
            _mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)


def get() -> Any:
    return structlog.get_logger()


def mask_phone(text: str) -> str:
    """138****0000: eleven digits with the middle four hidden."""
    return _PHONE.sub(r"\1****\2", text)


def _who(service: str) -> Any:
    def add(_logger: Any, _name: str, event: Any) -> Any:
        now = context.current()
        event["service"] = service
        if now.request_id:
            event["request_id"] = now.request_id
        if now.traceparent:
            event["trace_id"] = now.traceparent.split("-")[1]
        if now.actor:
            event["account_id"] = str(now.actor.account_id)
        return event

    return add


def _mask(_logger: Any, _name: str, event: Any) -> Any:
    return {key: mask_phone(value) if isinstance(value, str) else value for key, value in event.items()}
