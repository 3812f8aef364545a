"""How a message is put together, and what its state allows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256

MOVES: Mapping[str, frozenset[str]] = {
    "send": frozenset({"ready"}),
    "resend": frozenset({"ready", "failed"}),
    "copy": frozenset({"sent"}),
}
LAST_TRY = 8
MOST_UNANSWERED = 2
"""Deliveries whose end nobody knows: after the second one a person must look, so that nobody gets a message three times."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


def is_address(stated: str) -> bool:
    """Whether a mail server would take the address: one @ with something on both sides, no blanks or line ends."""
    name, address = parseaddr(stated)
    local, at, domain = address.rpartition("@")
    plain = address == stated and not name
    return bool(plain and at and local and domain and address.isprintable() and " " not in address and "@" not in local)


def compose(  # one argument a header
    message_id: str,
    sender_name: str,
    sender: str,
    recipients: Sequence[str],
    subject: str,
    text: str,
    at: datetime,
    files: Sequence[Enclosed] = (),
) -> bytes:
    """The message as it goes over the wire (RFC 5322). The same values give the same bytes, so that a repeat is a repeat."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{message_id}>"
    message["Date"] = format_datetime(at)
    message["From"] = Address(display_name=_one_line(sender_name), addr_spec=sender)
    message["To"] = tuple(Address(addr_spec=address) for address in recipients)
    message["Subject"] = _one_line(subject)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message.set_content(text)
    for file in files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(
            file.content, maintype=main or "application", subtype=sub or "octet-stream", filename=_one_line(file.name)
        )
    if message.is_multipart():
        message.set_boundary(f"=={sha256(message_id.encode()).hexdigest()[:32]}==")
    return message.as_bytes()


def _one_line(stated: str) -> str:
    return " ".join(stated.split())
