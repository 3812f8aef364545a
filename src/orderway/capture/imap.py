"""The mailbox: every unread message is taken in, then marked as read. New ones are announced by the server (IDLE, RFC 2177)."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from orderway.kernel.outcome import Outcome

IDLE = 240.0  # seconds; servers may hang up on a silent client after half an hour, routers much earlier
LOOK = 1.0  # seconds a wait lasts before it asks whether to stop
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
TOGETHER = 20  # messages fetched at once
Take = Callable[[str, bytes], Outcome]
"""Stores one message (its name, its bytes); it is committed when this returns."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox on an IMAP server; `security` is `ssl`, `starttls` or empty."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    security: str = "ssl"


def watch(mailbox: Mailbox, take: Take, stopped: Callable[[], bool], first_pause: float = FIRST_PAUSE) -> None:
    """Let `take` have what arrives until stopped; after a broken line try again, each time after twice as long."""
    pause = first_pause
    while not stopped():
        begun = time.monotonic()
        try:
            _stay(mailbox, take, stopped)
        except (OSError, IMAPClientError, OperationalError, InterfaceError) as error:
            pause = first_pause if time.monotonic() - begun > LONGEST_PAUSE else pause
            log.warning("mailbox away", host=mailbox.host, error=str(error), pause=pause)
            _sleep(pause, stopped)
            pause = min(pause * 2, LONGEST_PAUSE)


def _sleep(seconds: float, stopped: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stopped() and time.monotonic() < until:
        time.sleep(min(LOOK, seconds))


def connected(mailbox: Mailbox) -> IMAPClient:
    """A client that has signed in and opened the folder."""
    context = ssl.create_default_context() if mailbox.security else None
    client = IMAPClient(
        mailbox.host, mailbox.port, ssl=mailbox.security == "ssl", ssl_context=context, timeout=30
    )  # fmt: skip
    if mailbox.security == "starttls":
        client.starttls(context)
    client.login(mailbox.user, mailbox.password)
    client.select_folder(mailbox.folder)
    return client


def _stay(mailbox: Mailbox, take: Take, stopped: Callable[[], bool]) -> None:
    client = connected(mailbox)
    try:
        idles = client.has_capability("IDLE")
        while not stopped():
            take_unread(client, take, stopped)
            _wait(client, idles, stopped)
    finally:
        client.shutdown()


def take_unread(client: IMAPClient, take: Take, stopped: Callable[[], bool] = lambda: False) -> int:
    """Take in all unread messages; each is marked as read once it is committed here. Returns how many were looked at."""
    unread = client.search("UNSEEN")
    taken = 0
    for at in range(0, len(unread), TOGETHER):
        for uid, parts in client.fetch(unread[at : at + TOGETHER], ["BODY.PEEK[]"]).items():
            if stopped():
                return taken
            _take(client, take, uid, parts)
            taken += 1
    return taken


def _take(client: IMAPClient, take: Take, uid: int, parts: dict[bytes, Any]) -> None:
    outcome = take(f"mail-{uid}.eml", parts.get(b"BODY[]") or b"")
    if outcome.refused:
        # it stays unread in the mailbox, where a person finds it; the flag keeps us from fetching it again and again
        log.warning("mail not taken", uid=uid, reason=outcome.refused[0].code)
        client.add_flags([uid], [b"\\Flagged", b"\\Seen"])
    else:
        client.add_flags([uid], [b"\\Seen"])


def _wait(client: IMAPClient, idles: bool, stopped: Callable[[], bool]) -> None:
    """Until the server says that something changed, or it is time to look anyway."""
    if not idles:
        _sleep(15.0, stopped)
        return
    client.idle()
    until = time.monotonic() + IDLE
    try:
        while not stopped() and time.monotonic() < until:
            if any(_is_new(answer) for answer in client.idle_check(timeout=LOOK)):
                return
    finally:
        client.idle_done()


def _is_new(answer: Any) -> bool:
    """Whether an untagged answer tells of new messages, or that the server says goodbye."""
    counted = isinstance(answer, tuple) and len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT")
    return counted or b"BYE" in answer
