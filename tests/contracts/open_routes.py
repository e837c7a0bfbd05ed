"""Routes without sign-in, for each service. All other routes need a token.

A route must be open in two places, in its code and here; tests/architecture and test_openapi compare them.
"""

import re

EVERYWHERE = {"GET /healthz", "GET /readyz", "GET /metrics"}  # the gateway blocks these
OPEN = {
    "identity": {
        "GET /api/identity/.well-known/jwks.json",
        "GET /api/identity/healthz",
        "GET /api/identity/captcha",
        "GET /api/identity/divisions",
        "GET /api/identity/institutions",
        "GET /api/identity/institutions/<uuid:institution_id>",
        "POST /api/identity/invitations/accept",
        "POST /api/identity/invitations/lookup",
        "POST /api/identity/files",
        "POST /api/identity/password-resets",
        "POST /api/identity/registrations",
        "GET /api/identity/registrations/authorization-letter.pdf",
        "POST /api/identity/registrations/authorization-letter.pdf",
        "POST /api/identity/sessions",
        "POST /api/identity/sessions/refresh",
        "POST /api/identity/sms-codes",
        "POST /api/identity/wechat-logins",
    },
    "registry": {
        "GET /c/<string:code>",
        "GET /i/<string:code>",
        "GET /api/registry/catalog",
        "GET /api/registry/public/certificates/<string:code>",
        "GET /api/registry/public/instruments/<string:code>",
    },
    "filing": set(),
    "booking": {"GET /api/booking/public/bookings/<string:number>"},
    "notification": {
        "GET /wechat/callback",  # signed by WeChat instead
        "POST /wechat/callback",
        "GET /wechat/bind/start",  # redirects the browser to WeChat
        "GET /wechat/bind",  # asks for user name and password
        "POST /wechat/bind",
    },
}


def open_routes(package: str) -> set[str]:
    """Returns `METHOD /rule` as Flask writes it. Raises KeyError if the service is not listed."""
    return EVERYWHERE | OPEN[package]


def as_openapi(route: str) -> str:
    """<string:code> -> {code}"""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
