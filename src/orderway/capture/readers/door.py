"""The front door: which reader takes a file, decided by what is in it and not by what it is called."""

from collections.abc import Callable, Mapping

from orderway.capture.drafts import Reading, Unreadable
from orderway.capture.readers import cxml, edifact, images, mail, orderx, tables, ubl, x12, xjdf, xml

_DEEPEST_MAIL = 5
_XML_READERS = (ubl, cxml, orderx, xjdf)


def read(name: str, data: bytes, mapping: Mapping[str, str] | None = None) -> Reading:
    """What the file holds: orders, something for a person, or the reason and the place why it is refused.

    `name` is only a hint where the content is silent (a CSV without known headings). `mapping` gives the field for a
    column heading of a table, as it was settled before. A file that breaks its format's rules gives a rejected
    reading; nothing is raised for any content. A hostile file can still fill the memory: files from outside go
    through `jail.read_apart`.
    """
    return _read(name, data, mapping, 0)


def _read(name: str, data: bytes, mapping: Mapping[str, str] | None, depth: int) -> Reading:
    if not data.strip(b"\x00 \t\r\n"):
        return Reading("rejected", "empty", "the file is empty")
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
        return Reading("rejected", kind, str(refusal))


def _from_xml(data: bytes) -> Reading:
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return Reading("review", "html", "a web page is read by a person")
    try:
        root = xml.parse(data)
    except Unreadable as refusal:
        return Reading("rejected", "xml", str(refusal))
    for reader in _XML_READERS:
        if reader.claims(root):
            return _guarded(reader.kind(root), lambda: reader.read(root))  # noqa: B023  called at once
    return Reading("review", "xml", f"XML with the root {xml.name(root)} is no order format that is known")


def _from_mail(message: mail.Mail, mapping: Mapping[str, str] | None, depth: int) -> Reading:
    """The orders in a message's attachments, those of attached messages too; a person looks where an attachment is
    refused.
    """
    if depth >= _DEEPEST_MAIL:
        return Reading("review", "mail", f"messages are attached to messages more than {_DEEPEST_MAIL} deep")
    readings = [
        (attached.name, _read(attached.name, attached.data, mapping, depth + 1)) for attached in message.attachments
    ]
    drafts = tuple(draft for _, reading in readings for draft in reading.drafts)
    refused = [f"{name}: {reading.reason}" for name, reading in readings if reading.status == "rejected"]
    if drafts and not refused:
        remarks = "; ".join(
            f"{name}: {reading.reason}" for name, reading in readings if reading.status == "order" and reading.reason
        )
        return Reading(
            "order", next(reading.kind for _, reading in readings if reading.status == "order"), remarks, drafts
        )
    said = "; ".join(refused) or "no attachment is an order in a format that is read; a person reads the message"
    return Reading("review", "mail", said, drafts)


def _unknown(data: bytes) -> Reading:
    if data.startswith(b"PK\x03\x04"):
        return Reading("review", "zip", "an archive is unpacked by a person")
    if b"\x00" in data[:4096]:
        return Reading("review", "unknown", "no reader knows this kind of file")
    return Reading("review", "text", "a text is read by a person")
