"""The one way in that all inlets share: the raw bytes are stored and committed, then they are acknowledged."""

import mimetypes
import re
from collections.abc import Sequence
from pathlib import PurePath

from django.conf import settings

from orderway.documents.store import store
from orderway.kernel.access import Actor, system_actor
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.running import run
from orderway.kernel.sql import fetch, statements
from orderway.mail.commands import Inbound

from .jobs import MAIL
from .readers import mail

SQL = statements("capture", "intake")
LARGEST = 100 * 1024 * 1024
"""Bytes of one input."""
_HEADERS_END = re.compile(rb"\r?\n\r?\n")


def receive_all(actor: Actor, files: Sequence[tuple[str, bytes]], channel: str, key: str | None = None) -> Outcome:
    """Take in files (name, bytes) as one set, all or none; as `receive`. The same `key` answers as before."""
    large = [(i, name, len(data)) for i, (name, data) in enumerate(files) if len(data) > LARGEST]
    if large:
        return Outcome(
            refused=[Refusal("too-large", i, {"name": n, "size": size, "most": LARGEST}) for i, n, size in large]
        )
    rows = [inbound(actor.company_id, name, data, channel) for name, data in files]
    return run("capture.receive", actor, rows, key=key)


def receive(actor: Actor, name: str, data: bytes, channel: str) -> Outcome:
    """Take in one file or mail: when this returns, it is stored for good. `done` holds the message's id, `new` it again if it is new.

    `channel` is `upload`, `api`, `folder`, `imap` or `command-line`. Nothing is read yet: the worker does that.
    """
    return receive_all(actor, [(name, data)], channel)


def inbound(company: int, name: str, data: bytes, channel: str) -> Inbound:
    """Store raw bytes and say what is known of them without opening them: of a mail its header lines."""
    kept = store().keep(company, data)
    plain = "".join(c for c in PurePath(name.replace("\\", "/")).name if c.isprintable())[-200:] or "input"
    if not is_mail(plain, data, channel):
        return Inbound(channel, plain, media_type(plain, data), kept.sha256)
    head = mail.read(_head(data))
    return Inbound(
        channel,
        plain,
        MAIL,
        kept.sha256,
        head.message_id[:900],
        head.sender.lower(),
        head.to,
        head.subject,
        sent_at=head.sent_at,
    )


def is_mail(name: str, data: bytes, channel: str) -> bool:
    """Whether the bytes are a message with header lines."""
    return channel == "imap" or name.lower().endswith(".eml") or mail.claims(data)


def _head(data: bytes) -> bytes:
    end = _HEADERS_END.search(data)
    return data[: end.end()] if end else data


def media_type(name: str, data: bytes) -> str:
    """The media type by the first bytes, else by the name."""
    marks = {
        b"%PDF-": "application/pdf",
        b"II*\x00": "image/tiff",
        b"MM\x00*": "image/tiff",
        b"\x89PNG": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"UNA": "application/edifact",
        b"UNB": "application/edifact",
        b"ISA": "application/edi-x12",
        b"<?xml": "application/xml",
    }
    found = next((kind for mark, kind in marks.items() if data.lstrip()[: len(mark)] == mark), None)
    return found or mimetypes.guess_type(name)[0] or "application/octet-stream"


def inlet_actor() -> Actor:
    """Who takes in what nobody brings: the system actor of the company that the installation names, else of the first one.

    Raises LookupError while no company is founded.
    """
    company = settings.INLET_COMPANY or fetch(SQL.first_company.text(frozenset()), {})[0].id
    if not company:
        raise LookupError("no company is founded yet")
    return system_actor(company)
