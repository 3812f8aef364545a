"""The talk with a carrier's booking service: one POST in JSON (docs/how-to/book-a-carrier.md has the contract)."""

import base64
import binascii
import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 15.0  # seconds for each step of the talk, and for the whole answer
LARGEST = 8 * 1024 * 1024  # bytes of an answer
LONGEST_WAIT = 3600  # seconds that a carrier may ask us to wait
_LATER = (408, 425, 429, 503)
"""Statuses that say: not now, and nothing was booked."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What the carrier answered: its tracking number, and the label as PDF where it sent one."""

    tracking: str
    label: bytes = b""


class NotBooked(Exception):
    """The carrier did not book. `final` when a repeat cannot help, `unanswered` when it may have booked after all, `wait` seconds first."""

    def __init__(self, reason: str, final: bool = False, unanswered: bool = False, wait: int = 0) -> None:
        super().__init__(reason)
        self.final, self.unanswered, self.wait = final, unanswered, wait


def is_address(stated: str) -> bool:
    """Whether a booking service may be called there: http or https, a host, no name and password in it."""
    try:
        parts = urlsplit(stated)
        there = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False
    plain = stated.isascii() and stated.isprintable() and " " not in stated
    return plain and there and parts.scheme in ("http", "https")


def ask(address: str, token: str, key: str, shipment: Mapping[str, Any], timeout: float = TIMEOUT) -> Booked:
    """Ask the carrier to carry a shipment. Raises NotBooked. Redirects are not followed: the token is for this address alone."""
    parts = urlsplit(address)
    line = _line(parts.scheme, parts.hostname or "", parts.port, timeout)
    try:
        line.connect()
    except OSError as error:
        raise NotBooked(f"{parts.netloc}: {_said(error)}") from error
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": key}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        line.request("POST", path, json.dumps(shipment).encode(), headers)
        answer = line.getresponse()
        body = _whole(answer, timeout)
    except (OSError, http.client.HTTPException) as error:
        raise NotBooked(f"{parts.netloc}: {_said(error)}", unanswered=True) from error
    finally:
        line.close()
    if answer.status in (200, 201):
        return _booked(body)
    raise _refused(answer.status, answer.getheader("Retry-After", ""), body)


def _line(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _whole(answer: http.client.HTTPResponse, timeout: float) -> bytes:
    until, read = time.monotonic() + timeout, bytearray()
    while chunk := answer.read1(65_536):
        read += chunk
        if len(read) > LARGEST:
            raise http.client.HTTPException(f"the answer is longer than {LARGEST} bytes")
        if time.monotonic() > until:
            raise TimeoutError("the answer takes too long")
    return bytes(read)


def _booked(body: bytes) -> Booked:
    """The answer as it is agreed; any other may hide a booking."""
    try:
        said = json.loads(body)
        tracking, label = said["tracking"], base64.b64decode(said.get("label") or "", validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise NotBooked("the answer is no booking", unanswered=True) from error
    if not isinstance(tracking, str) or not tracking.isprintable() or not 0 < len(tracking.strip()) <= 100:
        raise NotBooked("the answer has no tracking number", unanswered=True)
    if label and not label.startswith(b"%PDF-"):
        raise NotBooked("the label is no PDF", unanswered=True)
    return Booked(tracking.strip(), label)


def _refused(status: int, retry_after: str, body: bytes) -> NotBooked:
    words = " ".join("".join(c for c in body[:2_000].decode("utf-8", "replace") if c.isprintable()).split())[:300]
    reason = f"{status} {words}".strip()
    if status in _LATER:
        return NotBooked(reason, wait=_seconds(retry_after))
    return NotBooked(reason, final=300 <= status < 500, unanswered=status >= 500)


def _seconds(retry_after: str) -> int:
    """The wait of a Retry-After (RFC 9110, 10.2.3) in seconds, at most an hour; 0 where it says nothing readable."""
    stated = retry_after.strip()
    if stated.isascii() and stated.isdecimal():
        return min(int(stated[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError):
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, min(int((aware - datetime.now(UTC)).total_seconds()), LONGEST_WAIT))


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
