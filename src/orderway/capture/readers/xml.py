"""Safe reading of XML: parsed once, without entities, without the network, with a limit on size and depth.

Every XML reader takes the element tree from `parse` and asks it through `text`, `number` and `day`, so a bad value is
refused with the line and the element it stands in.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from orderway.capture.reasons import Place, Unreadable

LARGEST = 32 * 1024 * 1024
"""Bytes of one XML document; a UBL order of 20,000 lines has about 20 MB."""

_DEEPEST = 256  # levels libxml2 goes down unless it is told to read huge trees
_DECIMAL = re.compile(r"[+-]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})([T ].*|Z|[+-]\d{2}:\d{2})?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})\d{0,6}")


def looks_like_xml(data: bytes) -> bool:
    """Whether the first character that is not white space is `<`, in UTF-8, UTF-16 or UTF-32."""
    return _decoded(data[:4096]).lstrip("\ufeff \t\r\n").startswith("<")


def parse(data: bytes) -> etree._Element:
    """The root element of the document, without comments and processing instructions.

    Raises `Unreadable`, naming the line, for a document that is not well-formed (XML 1.0), is larger than `LARGEST`,
    is nested deeper than 256 elements, has a DOCTYPE other than cXML's own external one, or uses an entity. Nothing
    is ever fetched or expanded.
    """
    if len(data) > LARGEST:
        raise Unreadable("too-large", most=LARGEST, what="bytes")
    allowed = _refuse_doctype(_decoded(data))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(error, Place(line=max(error.lineno or 1, 1))) from error
    information: Any = root.getroottree().docinfo
    if information.doctype and not allowed:  # in an encoding the prologue was not read in
        raise Unreadable("doctype", Place(line=1, tag="DOCTYPE"))
    for entity in root.iter(etree.Entity):
        raise Unreadable("entity", Place(line=_line(entity)), found=str(entity.text))
    return root


def name(node: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(node).localname


def namespace(node: etree._Element) -> str:
    """The element's namespace, empty where it has none."""
    return etree.QName(node).namespace or ""


def place(node: etree._Element, attribute: str = "") -> Place:
    """Where the element, or an attribute of it, stands."""
    return Place(line=_line(node), element=f"{name(node)}/@{attribute}" if attribute else name(node))


def text(node: etree._Element | None, path: str = ".") -> str:
    """The text of the first element at `path` (below `node`), children's text included, white space folded; empty
    where there is none.
    """
    found = node.find(path) if node is not None else None
    return " ".join("".join(map(str, found.itertext())).split()) if found is not None else ""


def texts(node: etree._Element, path: str) -> list[str]:
    """The texts of all elements at `path` that are not empty."""
    return [value for value in (text(found) for found in node.findall(path)) if value]


def number(node: etree._Element | None, path: str = ".") -> Decimal | None:
    """The decimal at `path`, None where there is none. Raises `Unreadable` where it is no decimal (XML Schema part 2,
    3.2.3).
    """
    found = node.find(path) if node is not None else None
    stated = text(found)
    if found is None or not stated:
        return None
    return decimal(stated, place(found))


def decimal(stated: str, where: Place) -> Decimal:
    """A decimal as XML Schema writes it. Raises `Unreadable` with the place `where`."""
    if not _DECIMAL.fullmatch(stated):
        raise Unreadable("wrong-value", where, found=stated[:40], wanted="number")
    return Decimal(stated)


def unit_price(amount: Decimal | None, base: Decimal | None, where: Place) -> Decimal | None:
    """The price for one unit out of that for `base` units. Raises `Unreadable` where the base is not above zero."""
    if amount is None or base is None or base == 1:
        return amount
    if base <= 0:
        raise Unreadable("price-base", where, found=str(base))
    return amount / base


def day(node: etree._Element | None, path: str = ".") -> date | None:
    """The date at `path`, None where there is none. Raises `Unreadable` where it is no date."""
    found = node.find(path) if node is not None else None
    stated = text(found)
    if found is None or not stated:
        return None
    return calendar_day(stated, place(found))


def calendar_day(stated: str, where: Place) -> date:
    """The calendar day a date or time stamp states, in the sender's own time zone.

    Takes ISO 8601 (`2010-01-20`, `2010-01-20T12:30:00-08:00`) and UN/EDIFACT 2379 formats 102, 203 and 204 (`20100120`,
    `201001201230`). Raises `Unreadable` with the place `where`.
    """
    found = _ISO_DAY.fullmatch(stated) or _COMPACT_DAY.fullmatch(stated)
    if found is None:
        raise Unreadable("wrong-value", where, found=stated[:40], wanted="date")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise Unreadable("wrong-value", where, found=stated[:40], wanted="date") from error


def _line(node: etree._Element) -> int:
    line: Any = node.sourceline
    return line or 1


def _broken(error: etree.XMLSyntaxError, where: Place) -> Unreadable:
    message = (error.msg or "").strip()
    if "Excessive depth" in message:
        return Unreadable("too-deep", where, most=_DEEPEST)
    return Unreadable("not-well-formed", where, said=message[:200])


def _decoded(data: bytes) -> str:
    """The text as far as the prologue needs it: markup characters are the same in every encoding that keeps ASCII."""
    for bom, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"<\x00\x00\x00", "utf-32-le"),
        (b"\x00\x00\x00<", "utf-32-be"),
        (b"<\x00", "utf-16-le"),
        (b"\x00<", "utf-16-be"),
    ):
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _refuse_doctype(document: str) -> bool:
    """Whether the document has cXML's own DOCTYPE line, an external identifier and nothing else. Any other raises
    before it is parsed.
    """
    at = _doctype_at(document)
    if at < 0:
        return False
    where = Place(line=document.count("\n", 0, at) + 1, tag="DOCTYPE")
    end = document.find(">", at)
    declaration = document[at : end if end >= 0 else len(document)]
    plain = re.fullmatch(r"<!DOCTYPE\s+\w+\s+SYSTEM\s+(\"[^\"]*\"|'[^']*')\s*", declaration)
    if "[" in declaration or not plain or "cxml" not in declaration.lower():
        raise Unreadable("doctype", where)
    return True


def _doctype_at(document: str) -> int:
    """The position of `<!DOCTYPE` in the prologue (XML 1.0, production 22), -1 where there is none."""
    at, length = 0, len(document)
    while at < length:
        if document[at].isspace() or document[at] == "\ufeff":
            at += 1
        elif document.startswith("<!--", at):
            at = _after(document, "-->", at)
        elif document.startswith("<?", at):
            at = _after(document, "?>", at)
        else:
            return at if document[at : at + 9].upper() == "<!DOCTYPE" else -1
    return -1


def _after(document: str, end: str, at: int) -> int:
    found = document.find(end, at)
    return found + len(end) if found >= 0 else len(document)
