"""The Flask application. It only wires the parts."""

import time
from collections.abc import Callable

from flask import Flask, Response, request

from sandbox import control, pages, sign_in, sms, wechat
from sandbox.answers import ok
from sandbox.control import ControlError
from sandbox.errors import WechatError
from sandbox.settings import Settings
from sandbox.sms import SmsError
from sandbox.state import State, state

MOST_BYTES = 1_000_000  # of a request
WECHAT_PATHS = ("/cgi-bin/", "/sns/", "/wxa/")
# No form-action, because the form of the sign-in page redirects to the platform's origin.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"


def create_app(settings: Settings, clock: Callable[[], float] = time.time) -> Flask:
    """clock: returns Unix time [s]; a test may pass its own."""
    app = Flask("sandbox")
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.extensions["sandbox"] = State(settings, clock)
    for module in (wechat, sign_in, sms, control, pages):
        app.register_blueprint(module.blueprint)
    app.register_error_handler(WechatError, refuse)
    app.register_error_handler(SmsError, SmsError.answer)
    app.register_error_handler(ControlError, ControlError.answer)
    app.before_request(answer_fault)
    app.after_request(set_headers)
    return app


def refuse(error: WechatError) -> Response:
    """HTTP 200 with errcode and errmsg. The sns calls declare every answer as text."""
    return ok(error.body(), "text/plain" if request.path.startswith("/sns/") else "application/json")


def answer_fault() -> Response | None:
    """Applies /faults to WeChat's calls. The SMS provider checks them itself, because its answers have another shape."""
    if not request.path.startswith(WECHAT_PATHS):
        return None
    fault = state().take_fault(request.path)
    if fault is None:
        return None
    time.sleep(fault.delay_seconds)
    if fault.errcode is not None:
        return refuse(WechatError(fault.errcode))
    return Response("injected", status=fault.status) if fault.status else None


def set_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
