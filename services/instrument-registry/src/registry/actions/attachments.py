"""Documents of an instrument: added and removed by its organisation, but none goes under the eyes of an institution."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.actor import Actor
from registry.actions.histories import line
from registry.domain.errors import AttachmentKept
from registry.models import Attachment, Instrument, check_not_scrapped


def check_attachable(instrument: Instrument) -> None:
    """What is submitted can be amended as long as nobody has touched it, so a document can be added too.
    Raises: WrongStatus, FilingOpen."""
    check_not_scrapped(instrument.status)
    if instrument.filing_state != "submitted":
        instrument.check_no_open_filing()


def detach(db: Session, by: Actor, instrument: Instrument, attachment: Attachment, now: datetime) -> None:
    """Only what no approval stands on. Raises: WrongStatus, FilingOpen, AttachmentKept."""
    check_not_scrapped(instrument.status)
    instrument.check_no_open_filing()
    if instrument.filing_state in ("approved", "revoked"):
        raise AttachmentKept
    db.delete(attachment)
    db.add(line(instrument.id, by, now, "detached", reference=attachment.title))
