"""Pages for people: the phones, their messages, and buttons for actions on a phone. No scripts."""

import re

from flask import Blueprint, Response, jsonify, render_template, request
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from sandbox.menu import keys_of
from sandbox.state import state

blueprint = Blueprint("pages", __name__)
LINK = re.compile(r'<a href="(https?://[^"]+)">(.*?)</a>', re.DOTALL)


@blueprint.app_template_filter("linked")
def linked(text: str) -> Markup:
    """Returns the text of a reply with links that can be tapped, as in WeChat. All else is escaped."""
    shown, at = Markup(""), 0
    for found in LINK.finditer(text):
        shown += escape(text[at : found.start()]) + Markup('<a href="{}">{}</a>').format(found[1], found[2])
        at = found.end()
    return shown + escape(text[at:])


@blueprint.get("/healthz")
def healthz() -> Response:
    return jsonify(status="ok")


@blueprint.get("/")
def index() -> str:
    here = state()
    with here.lock:
        people = here.people.all()[:100]
        known = {person.phone for person in people}
        numbers = [number for number in here.outbox.phones() if number not in known][:100]
    return render_template("index.html", people=people, numbers=numbers)


@blueprint.get("/phones/<key>")
def phone(key: str) -> str:
    """One phone, by openid or number: all its messages, newest first. `?watch=1` reloads every three seconds."""
    here = state()
    with here.lock:
        person = here.people.find(key)
        number = person.phone if person else key
        messages = here.outbox.sms(number) if number else []
        if person:
            messages += here.outbox.wechat(set(person.openids.values()))
        elif not messages:
            raise NotFound
        menu = keys_of(here.menu)
    messages.sort(key=lambda message: str(message["sent_at"]), reverse=True)
    return render_template(
        "phone.html",
        key=key,
        person=person,
        number=number,
        messages=messages,
        menu=menu,
        watch=request.args.get("watch") == "1",
    )


@blueprint.get("/q/<ticket>")
def scan_page(ticket: str) -> str:
    """The page of a scene QR code: choose the phone that scans it."""
    here = state()
    with here.lock:
        found = here.tickets.get(ticket)
        if found is None or found.until < here.clock():
            raise NotFound
        people = here.people.all()[:50]
    return render_template("scan.html", people=people, ticket=ticket, scene=found.scene)
