"""Captchas: a picture of four digits, good once, for five minutes."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from captcha.image import ImageCaptcha
from sqlalchemy.orm import Session

from identity.domain.errors import CaptchaRequired
from identity.models import Captcha

LIFETIME = timedelta(minutes=5)


def new_captcha(db: Session, now: datetime) -> dict[str, Any]:
    answer = "".join(secrets.choice("23456789") for _ in range(4))
    captcha = Captcha(answer=answer, expires_at=now + LIFETIME)
    db.add(captcha)
    db.flush()
    picture = base64.b64encode(ImageCaptcha(width=140, height=50).generate(answer).getvalue()).decode()
    return {"captcha_id": captcha.id, "image": f"data:image/png;base64,{picture}"}


def check_captcha(db: Session, body: dict[str, Any], now: datetime) -> None:
    """Use up the captcha of `body`. Raises: CaptchaRequired when it is missing, wrong or old."""
    captcha = db.get(Captcha, body["captcha_id"]) if body.get("captcha_id") else None
    if captcha is None:
        raise CaptchaRequired
    answer, expires_at = captcha.answer, captcha.expires_at
    db.delete(captcha)
    if expires_at < now or not secrets.compare_digest(answer, body.get("captcha_answer") or ""):
        raise CaptchaRequired
