"""Reports that a mail did not arrive, or not yet (RFC 3464 in a multipart/report of RFC 6522)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message

from orderway.mail.bounces import Report, Said

_RETURNED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
_MOST = 100  # recipients; a report about more is not about a mail of ours
_ID = re.compile(r"<([^<>\s]+)>")


def read(raw: bytes) -> Report | None:
    """What a delivery report says; None of any other message, and of a report that does not give the mail's Message-ID back.

    Of each recipient the action (`failed`, `delayed`, `delivered`, `relayed`, `expanded`; RFC 3464, 2.3.3), the status (2.3.4) and
    what the server said (2.3.6). Nothing here proves that the report is true: whoever knows the Message-ID may write one.
    """
    message = message_from_bytes(raw, policy=policy.compat32)
    kind = str(message.get_param("report-type") or "").lower()
    if message.get_content_type() != "multipart/report" or kind != "delivery-status":
        return None
    parts = [part for part in message.get_payload() if isinstance(part, Message)] if message.is_multipart() else []
    said = [one for part in parts if part.get_content_type().endswith("/delivery-status") for one in _said(part)]
    original = next((id for part in parts if part.get_content_type() in _RETURNED for id in _original(part)), "")
    return Report(original, tuple(said[:_MOST])) if original and said else None


def _said(part: Message) -> Iterator[Said]:
    """The groups of fields of a delivery-status part, without the first one, which is about the message."""
    groups = part.get_payload()
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, Message) and group.get("Action"):
            recipient = _value(group, "Original-Recipient") or _value(group, "Final-Recipient")
            action = " ".join(str(group["Action"]).split()).lower()
            yield Said(recipient, action, _value(group, "Status"), _value(group, "Diagnostic-Code"))


def _value(group: Message, name: str) -> str:
    """A field in plain characters, without the type before a semicolon (`rfc822; a@b.example`)."""
    stated = " ".join(str(group.get(name, "")).encode("ascii", "replace").decode().replace("\x00", "").split())
    return (stated.split(";", 1)[1] if ";" in stated and " " not in stated.split(";", 1)[0] else stated).strip()[:400]


def _original(part: Message) -> Iterator[str]:
    """The Message-ID in the returned message or in its header lines, without angle brackets."""
    inner = part.get_payload()
    if isinstance(inner, list):
        stated = str(inner[0].get("Message-ID", "")) if inner and isinstance(inner[0], Message) else ""
    else:
        lines = part.get_payload(decode=True)
        stated = str(message_from_bytes(lines).get("Message-ID", "")) if isinstance(lines, bytes) else ""
    yield from _ID.findall(stated)
