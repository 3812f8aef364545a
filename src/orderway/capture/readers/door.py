"""The front door: which reader takes a file, decided by what is in it and not by what it is called."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from orderway.capture.drafts import Reading, Status
from orderway.capture.readers import cxml, edifact, images, mail, orderx, tables, ubl, x12, xjdf, xml
from orderway.capture.reasons import Reason, Unreadable, remark

_DEEPEST_MAIL = 5
_XML_READERS = (ubl, cxml, orderx, xjdf)


def read(name: str, data: bytes, mapping: Mapping[str, str] | None = None) -> Reading:
    """What the file holds: orders, something for a person, or why it is refused and where.

    `name` is only a hint where the content is silent (a CSV without known headings). `mapping` gives the field for a
    column heading of a table, as it was settled before. A file that breaks its format's rules gives a rejected
    reading; nothing is raised for any content. A hostile file can still fill the memory: files from outside go
    through `jail.read_apart`.
    """
    return _read(name, data, mapping, 0)


def _read(name: str, data: bytes, mapping: Mapping[str, str] | None, depth: int) -> Reading:
    if not data.strip(b"\x00 \t\r\n"):
        return Reading("rejected", "empty", (remark("empty"),))
    if edifact.claims(data):
        return edifact.read(data)
    if x12.claims(data):
        return x12.read(data)
    if b"%PDF-" in data[:1024]:
        return _guarded("pdf", lambda: orderx.read_pdf(data))
    if images.claims(data):
        return images.read(data)
    if xml.looks_like_xml(data):
        return _from_xml(data)
    if mail.claims(data) or name.lower().endswith(".eml"):
        return _from_mail(mail.read(data), mapping, depth)
    if tables.workbook_kind(data) or tables.claims(name, data, mapping):
        return _guarded(tables.workbook_kind(data) or "csv", lambda: tables.read(data, mapping))
    return _unknown(data)


def _guarded(kind: str, reader: Callable[[], Reading]) -> Reading:
    try:
        return reader()
    except Unreadable as refusal:
        return Reading("rejected", kind, (refusal.reason,))


def _from_xml(data: bytes) -> Reading:
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return Reading("review", "html", (remark("for-a-person", file="html"),))
    try:
        root = xml.parse(data)
    except Unreadable as refusal:
        return Reading("rejected", "xml", (refusal.reason,))
    for reader in _XML_READERS:
        if reader.claims(root):
            return _guarded(reader.kind(root), lambda: reader.read(root))  # noqa: B023  called at once
    return Reading("review", "xml", (remark("no-order", xml.place(root), found=f"XML {xml.name(root)}"),))


def _from_mail(message: mail.Mail, mapping: Mapping[str, str] | None, depth: int) -> Reading:
    """The orders in a message's attachments, those of attached messages too; a person looks where an attachment is
    refused.
    """
    if depth >= _DEEPEST_MAIL:
        return Reading("review", "mail", (remark("too-deep", most=_DEEPEST_MAIL),))
    readings = [
        (attached.name, _read(attached.name, attached.data, mapping, depth + 1)) for attached in message.attachments
    ]
    drafts = tuple(draft for _, reading in readings for draft in reading.drafts)
    refused = _reasons(readings, "rejected")
    if drafts and not refused:
        kind = next(reading.kind for _, reading in readings if reading.status == "order")
        return Reading("order", kind, _reasons(readings, "order"), drafts)
    return Reading("review", "mail", refused or (remark("no-attachment"),), drafts)


def _reasons(readings: Iterable[tuple[str, Reading]], status: Status) -> tuple[Reason, ...]:
    """What is said of the files that ended so, each reason with the name of its file."""
    return tuple(
        replace(reason, place=reason.place.within(name))
        for name, reading in readings
        if reading.status == status
        for reason in reading.reasons
    )


def _unknown(data: bytes) -> Reading:
    kind = "zip" if data.startswith(b"PK\x03\x04") else "unknown" if b"\x00" in data[:4096] else "text"
    return Reading("review", kind, (remark("for-a-person", file=kind),))
