"""Messages in RFC 5322 and MIME: who wrote when about what, the text, and the attachments.

Mail comes from every program ever written: nothing in a message is refused, what cannot be understood is left empty.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

_HEADER_LINE = re.compile(rb"[!-9;-~]{1,77}[ \t]*:")
_KNOWN_HEADERS = {
    b"bcc", b"cc", b"content-type", b"date", b"delivered-to", b"dkim-signature", b"from", b"message-id",
    b"mime-version", b"received", b"reply-to", b"return-path", b"sender", b"subject", b"to", b"x-mailer",
}  # fmt: skip
_EXTENSIONS = {
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif", "text/csv": ".csv",
    "text/xml": ".xml", "application/xml": ".xml", "text/html": ".html", "text/plain": ".txt", "message/rfc822": ".eml",
    "application/ms-tnef": ".dat",
}  # fmt: skip
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message. `name` is never empty and has no folder; a message within the message is a
    `message/rfc822` of its own.
    """

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it says of itself. `message_id` is without angle brackets; `sender` and `to` are plain addresses;
    `sent_at` is in UTC, None where the message states no readable date; `text` is the plain text, else the text of
    the HTML.
    """

    message_id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    text: str
    attachments: tuple[Attachment, ...] = ()
    sender_name: str = ""


def claims(data: bytes) -> bool:
    """Whether the bytes begin with mail header lines, at least one of them a header every mail program writes."""
    known = 0
    for line in _in_ascii_order(data[:8192]).lstrip(b"\r\n").splitlines()[:60]:
        if not line.strip():
            break
        if line[:1] in (b" ", b"\t") or line.startswith(b"From "):
            continue
        if not _HEADER_LINE.match(line):
            return known > 2
        known += line.split(b":", 1)[0].rstrip().lower() in _KNOWN_HEADERS
    return known > 0


def read(data: bytes) -> Mail:
    """The message in `data`. Every sequence of bytes gives a `Mail`; headers, dates and character sets that are wrong
    give less of it.
    """
    message = message_from_bytes(_in_ascii_order(data), policy=policy.compat32)
    senders = _addresses(message, "From") or _addresses(message, "Sender")
    sender_name, sender = senders[0] if senders else ("", "")
    parts = list(_parts(message))
    return Mail(
        message_id=_header(message, "Message-ID").strip().strip("<>").strip(),
        sender=sender,
        to=tuple(address for _, address in _addresses(message, "To")),
        subject=_header(message, "Subject"),
        sent_at=_sent_at(_header(message, "Date")),
        text=_text([part for part in parts if not _is_file(part)]),
        attachments=tuple(_attachment(part, at) for at, part in enumerate(parts, 1) if _is_file(part)),
        sender_name=sender_name,
    )


def _in_ascii_order(data: bytes) -> bytes:
    """A message saved as UTF-16 in UTF-8; any other as it is."""
    for start, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(start):
            return data.decode(encoding, errors="replace").encode("utf-8", errors="replace")
    if data[1:2] == b"\x00" and data[:1].isalpha():
        return data.decode("utf-16-le", errors="replace").encode("utf-8", errors="replace")
    if data[:1] == b"\x00" and data[1:2].isalpha():
        return data.decode("utf-16-be", errors="replace").encode("utf-8", errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves in order: texts, files, and messages within the message (not opened)."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart() or depth > _DEEPEST:
        yield message
        return
    payload = message.get_payload()
    for part in payload if isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield from _parts(part, depth + 1)


def _is_file(part: Message) -> bool:
    """Whether the part is a file: it says so, has a name, or is neither text nor empty."""
    disposition = str(part.get("Content-Disposition", "")).strip().lower()
    if disposition.startswith("attachment") or _file_name(part):
        return True
    return part.get_content_maintype() not in ("text", "multipart")


def _attachment(part: Message, at: int) -> Attachment:
    media_type = part.get_content_type()
    if media_type == "message/rfc822":
        inner = part.get_payload()
        nested = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
        title = _header(nested, "Subject") if nested is not None else ""
        return Attachment(
            _plain(_file_name(part) or f"{title or f'message-{at}'}.eml"), media_type, _bytes_of(nested, part)
        )
    return Attachment(
        _plain(_file_name(part) or f"part-{at}{_EXTENSIONS.get(media_type, '')}"), media_type, _content(part)
    )


def _bytes_of(nested: Message | None, part: Message) -> bytes:
    if nested is None:
        return _content(part)
    try:
        return nested.as_bytes()
    except (UnicodeError, LookupError, ValueError, TypeError, AttributeError):
        return str(nested.get_payload()).encode("utf-8", errors="replace")


def _content(part: Message) -> bytes:
    """The decoded body. A transfer encoding that is unknown or broken leaves the body as it stands."""
    try:
        payload = part.get_payload(decode=True)
        raw = payload if isinstance(payload, bytes) else part.get_payload()
    except (ValueError, LookupError, AssertionError):  # a character set that no codec can be named by
        part.del_param("charset")
        raw = part.get_payload()
    if isinstance(raw, str):
        return raw.encode("utf-8", errors="replace")
    return raw if isinstance(raw, bytes) else b""


def _text(parts: list[Message]) -> str:
    plain = [_words(part) for part in parts if part.get_content_type() == "text/plain"]
    if any(text.strip() for text in plain):
        return "\n".join(text.strip("\r\n") for text in plain if text.strip()).replace("\r\n", "\n").replace("\x00", "")
    return "\n".join(
        filter(None, (_without_tags(_words(part)) for part in parts if part.get_content_maintype() == "text"))
    )


def _words(part: Message) -> str:
    content = _content(part)
    try:
        charset = str(part.get_content_charset("") or "")
    except (UnicodeError, LookupError, ValueError, TypeError):
        charset = ""
    return _decoded(content, charset)


def _decoded(content: bytes, charset: str) -> str:
    """The text in its stated character set, else UTF-8, else what Windows writes in western Europe."""
    for encoding in (charset.strip("'\" "), "utf-8", "cp1252"):
        try:
            if encoding:
                return content.decode(encoding)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("latin-1")


class _Words(HTMLParser):
    """Collects the words of an HTML text; scripts and styles are none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in ("script", "style", "title")
        if tag in ("br", "p", "div", "tr", "li", "h1", "h2", "h3"):
            self.words.append("\n")
        elif tag in ("td", "th"):
            self.words.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in ("script", "style", "title")))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(" ".join(data.split(" ")).replace("\r", "").replace("\n", " "))


def _without_tags(html: str) -> str:
    if "<" not in html:
        return html.strip()
    parser = _Words()
    try:
        parser.feed(html)
        parser.close()
    except (AssertionError, ValueError):  # the standard library's parser asserts on some broken declarations
        return html.strip()
    lines = (line.strip() for line in "".join(parser.words).replace("\x00", "").splitlines())
    return "\n".join(line for line in lines if line)


def _header(message: Message, name: str) -> str:
    """The first header of that name in plain characters, white space folded."""
    return " ".join(_unencoded(str(message.get(name, ""))).replace("\x00", "").split())


def _unencoded(stated: str) -> str:
    """The header with its encoded words (RFC 2047) decoded, and stray bytes as well as can be."""
    try:
        pieces = decode_header(_as_characters(stated))
    except (MessageError, ValueError, LookupError, TypeError, AssertionError):
        return _as_characters(stated)
    return "".join(piece if isinstance(piece, str) else _decoded(piece, charset or "") for piece, charset in pieces)


def _as_characters(stated: str) -> str:
    """Eight-bit header bytes, which the parser keeps as surrogates, as the characters they most likely were."""
    raw = stated.encode("utf-8", errors="surrogateescape")
    return _decoded(raw, "utf-8")


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """Pairs of a name and an address; a header that is no address list gives its text as the name of none."""
    stated = [_unfolded(value) for value in message.get_all(name, [])]
    pairs = [(_unencoded(who), address.strip()) for who, address in getaddresses(stated)]
    found = [pair for pair in pairs if "@" in pair[1]]
    if not found and stated:
        loose = re.findall(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+", " ".join(stated))
        found = [("", address) for address in loose]
    return found


def _unfolded(value: object) -> str:
    return " ".join(_as_characters(str(value)).replace("\x00", "").split())


def _sent_at(stated: str) -> datetime | None:
    """The moment in UTC (RFC 5322, 3.3; ISO 8601 is taken too); a date without a zone counts as UTC."""
    try:
        found = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            found = datetime.fromisoformat(stated)
        except ValueError:
            return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _file_name(part: Message) -> str:
    try:
        return _unencoded(part.get_filename("") or "").strip()
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _plain(stated: str) -> str:
    """The file's own name without folders and control characters, at most 200 characters."""
    last = re.split(r"[/\\]", "".join(c for c in stated if c.isprintable()))[-1].strip(" .")
    return last[-200:] or "attachment"
