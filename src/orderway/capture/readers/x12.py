"""ASC X12 interchanges: 850 purchase orders become drafts, other sets go to a person, broken files are refused.

Standards: ASC X12.5 (interchange control: ISA, IEA) and X12.6 (application control: GS, GE, ST, SE) in the versions
003010 to 005010; transaction set 850 in `x12_850`. The delimiters are read from ISA, whose elements have fixed lengths:
the element separator behind `ISA`, the component separator as ISA16, the terminator behind it, which may be a line
break. The repetition separator of later versions (ISA11) is left alone: no element of an 850 that is read repeats.

Refused is what cannot be trusted: an input that breaks off inside an order or before IEA, a header or trailer without
its other half, a missing mandatory segment of an order, a line break or control character inside a segment, a value that
its data element cannot have (numbers, dates, times, the codes of the acknowledgement 997, ISA elements that are too
long), and a CTT that counts other lines than are here: then a line was lost or doubled. One broken set refuses the whole
file: its sender will send it again, and then nothing comes twice.

Borne is what an acknowledgement calls accepted with errors (TA104 and AK501 E), and always said in the reason: counts and
control numbers of SE, GE and IEA that do not agree, a control number used twice, lost padding in ISA, the test indicator
(ISA15). A set that breaks off and is no order goes to a person as far as it goes. Segments are numbered from ISA = 1
through the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orderway.capture.drafts import OrderDraft, Reading
from orderway.capture.readers.segments import (
    BrokenOff,
    Marks,
    Segment,
    again,
    count,
    counted,
    cut,
    day,
    fault,
    is_mark,
    number,
    referred,
    skip,
    unprintable,
)
from orderway.capture.readers.x12_850 import noted, order, withheld
from orderway.capture.reasons import NOWHERE, Place, Reason, Unreadable, gathered, remark

_BOM = b"\xef\xbb\xbf"
_START = re.compile(rb"ISA[^A-Za-z0-9\s]")
_SET = re.compile(r"(?:^|\W)ST\W([0-9]{3})\W")
_ISA_LENGTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
_PADDED = frozenset({2, 4, 6, 8})
_PARTNERS = {6: "sender", 8: "recipient"}
_NAMES = {
    "810": "invoice",
    "820": "payment-order",
    "832": "catalogue",
    "840": "quotation-request",
    "843": "quotation",
    "846": "stock-report",
    "855": "order-response",
    "856": "despatch-advice",
    "860": "order-change",
    "865": "order-response",
    "875": "grocery-order",
    "997": "acknowledgement",
}
# (segment, element): the pattern a stated value must have, by the X12 data elements: what an acknowledgement is about and
# its verdict (AK3 and AK4 only point into the document it answers), and the day of the month in terms (765: 1 to 31)
_PATTERNS = {
    ("AK1", 1): "[A-Z]{2}",
    ("AK1", 2): "[0-9]{1,9}",
    ("AK2", 1): "[0-9]{3}",
    ("AK5", 1): "[A-Z]",
    ("AK9", 1): "[A-Z]",
    ("AK9", 2): "[0-9]{1,6}",
    ("AK9", 3): "[0-9]{1,6}",
    ("AK9", 4): "[0-9]{1,6}",
    ("ITD", 13): "0?[1-9]|[12][0-9]|3[01]",
}
_NUMERIC = {
    "PO1": (2, 4),
    "IT1": (2, 4),
    "POC": (3, 4, 6),
    "AMT": (2,),
    "QTY": (2,),
    "SN1": (2,),
    "CTT": (1, 2),
    "TDS": (1,),
}


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """One transaction set from ST to SE; `code` as in ST01 (850), `control` as in ST02."""

    code: str
    control: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Interchange:
    """One interchange: `sender` as (qualifier, identification) of ISA, `remarks` what was borne."""

    sender: tuple[str, str]
    sets: tuple[TransactionSet, ...]
    remarks: tuple[Reason, ...]


def claims(data: bytes) -> bool:
    """Whether the input looks like X12: begins with ISA and a separator."""
    return bool(_START.match(data[:64].removeprefix(_BOM).lstrip()))


def read(data: bytes) -> Reading:
    """Read every interchange of the input. Never raises for what stands in it: a broken one is `rejected`."""
    text = _decoded(data)
    try:
        return _reading(tuple(_interchanges(text)))
    except BrokenOff as error:
        kind = _kind(text)
        if kind in ("x12", "x12-850"):
            return Reading("rejected", kind, (error.reason,))
        return Reading("review", kind, (error.reason, _named(kind.removeprefix("x12-"))))
    except Unreadable as error:
        return Reading("rejected", _kind(text), (error.reason,))


def _reading(interchanges: tuple[Interchange, ...]) -> Reading:
    drafts: list[OrderDraft] = []
    places: list[Place] = []
    aside: list[Reason] = []
    for interchange in interchanges:
        for one in interchange.sets:
            place = one.segments[0].place
            why = withheld(one.segments) if one.code == "850" else _named(one.code, place)
            if why:
                aside.append(why)
            else:
                drafts.append(order(one.segments, interchange.sender))
                places.append(place)
                aside += noted(one.segments)
        aside += interchange.remarks
    codes = [one.code for interchange in interchanges for one in interchange.sets]
    kind = f"x12-{'850' if '850' in codes else codes[0]}"
    return Reading("order" if drafts else "review", kind, gathered(again(places, drafts) + aside), tuple(drafts))


def _named(code: str, place: Place = NOWHERE) -> Reason:
    if code in _NAMES:
        return remark("other-document", place, found=code, document=_NAMES[code])
    return remark("no-order", place, found=code)


def _decoded(data: bytes) -> str:
    data = data.removeprefix(_BOM)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("iso8859-1")


def _kind(text: str) -> str:
    codes = _SET.findall(text[:1_000_000])
    return f"x12-{'850' if '850' in codes else codes[0]}" if codes else "x12"


def _interchanges(text: str) -> Iterator[Interchange]:
    start, first = skip(text, 0), 1
    while start < len(text) or first == 1:
        remarks: list[Reason] = []
        header, marks, start = _isa(text, start, first, remarks)
        segments = [header]
        for segment, end in cut(text, start, marks, first + 1):
            segments.append(segment)
            start = end
            if segment.tag == "IEA":
                break
        yield _structured(tuple(segments), remarks)
        start, first = skip(text, start), first + len(segments)


def _isa(text: str, start: int, first: int, remarks: list[Reason]) -> tuple[Segment, Marks, int]:
    """The interchange header with its fixed lengths (X12.5), and the delimiters it states."""
    separator = text[start + 3 : start + 4]
    if not text.startswith("ISA", start) or not is_mark(separator):
        raise Unreadable("missing", Place(segment=first), what="ISA")
    parts = text[start : start + 240].split(separator, 16)
    header = Segment(first, "ISA", tuple(((part.strip(),),) for part in parts[1:16]))
    if len(parts) < 17 or len(parts[16]) < 2:
        raise fault(header, "segment-open")
    remarks += _lengths(header, parts[1:16])
    component, terminator = parts[16][0], parts[16][1]
    if len({separator, component, terminator}) < 3 or not is_mark(component) or not is_mark(terminator):
        raise fault(header, "wrong-value", found=separator + component + terminator, wanted="marks")
    day(header, header.at(9), "YYMMDD")
    _time(header, 10)
    count(header, 13)
    return header, Marks(component, separator, terminator), start + sum(len(part) + 1 for part in parts[:16]) + 2


def _lengths(header: Segment, parts: list[str]) -> list[Reason]:
    """The elements of ISA that have lost their padding; raises where one is of another wrong length."""
    lost = []
    for index, (part, length) in enumerate(zip(parts, _ISA_LENGTHS, strict=True), 1):
        place = replace(header.place, element=f"ISA{index:02}")
        if found := re.search(r"[\x00-\x1f]", part):
            raise Unreadable("control-character", place, found=unprintable(found.group()))
        if index in _PARTNERS and not part.strip():
            raise Unreadable("missing", place, what=_PARTNERS[index])
        padded = index in _PADDED and len(part) < length
        if len(part) != length and not padded:
            raise Unreadable("wrong-length", place, found=len(part), wanted=length)
        if padded:
            lost.append(remark("wrong-length", place, found=len(part), wanted=length))
    return lost


def _time(segment: Segment, element: int) -> None:
    # X12 data element 337: HHMM, HHMMSS, HHMMSSD or HHMMSSDD
    if not re.fullmatch(r"([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9][0-9]{0,2})?", segment.at(element)):
        raise fault(segment, "wrong-value", found=segment.at(element)[:20], wanted="time")


def _structured(segments: tuple[Segment, ...], remarks: list[Reason]) -> Interchange:
    header, trailer = segments[0], segments[-1]
    if header.at(15) == "T":
        remarks.append(remark("test", header.place))
    sets: list[TransactionSet] = []
    position, groups = 1, 0
    while position < len(segments) and segments[position].tag != "IEA":
        found, position = _group(segments, position, remarks)
        sets += found
        groups += 1
    if position == len(segments):
        raise BrokenOff("not-closed", trailer.place, opened="ISA", number=header.number, missing="IEA")
    if not sets:
        raise fault(trailer, "missing", what="message")
    if not re.fullmatch("[0-9]{9}", trailer.at(2)):
        raise fault(trailer, "wrong-value", found=trailer.at(2)[:20], wanted="control-number")
    remarks += [*counted(trailer, "groups", groups), *referred(trailer, header, 13)]
    return Interchange((header.at(5), header.at(6)), tuple(sets), tuple(remarks))


def _group(segments: tuple[Segment, ...], start: int, remarks: list[Reason]) -> tuple[list[TransactionSet], int]:
    header, position = segments[start], start + 1
    if header.tag != "GS":
        raise fault(header, "other-expected", wanted="GS", found=header.tag)
    day(header, header.at(4), "YYYYMMDD" if len(header.at(4)) == 8 else "YYMMDD")
    _time(header, 5)
    control = count(header, 6)
    sets: list[TransactionSet] = []
    controls: set[str] = set()
    while position < len(segments) and segments[position].tag == "ST":
        one, position = _set(segments, position, remarks)
        if one.control in controls:
            remarks.append(remark("twice", one.segments[0].place, what="reference", found=one.control))
        controls.add(one.control)
        sets.append(one)
    if position == len(segments):
        raise BrokenOff("not-closed", segments[-1].place, opened="GS", number=header.number, missing="GE")
    trailer = segments[position]
    if trailer.tag != "GE":
        raise fault(trailer, "not-closed", opened="GS", number=header.number, missing="GE")
    remarks += counted(trailer, "sets", len(sets))
    if count(trailer, 2) != control:  # a number here: zeros before it do not count
        remarks += referred(trailer, header, 6)
    return sets, position + 1


def _set(segments: tuple[Segment, ...], start: int, remarks: list[Reason]) -> tuple[TransactionSet, int]:
    header = segments[start]
    if not re.fullmatch("[0-9]{3}", header.at(1)):
        raise fault(header, "wrong-value", found=header.at(1)[:20], wanted="message-type")
    if not header.at(2):
        raise fault(header, "missing", what="reference")
    envelope = ("ISA", "IEA", "GS", "GE", "ST", "SE")
    end = next((i for i in range(start + 1, len(segments)) if segments[i].tag in envelope), None)
    if end is None:
        raise BrokenOff("not-closed", segments[-1].place, opened="ST", number=header.number, missing="SE")
    trailer, body = segments[end], segments[start : end + 1]
    if trailer.tag != "SE":
        raise fault(trailer, "not-closed", opened="ST", number=header.number, missing="SE")
    for segment in body:
        _check_elements(segment)
    remarks += [*counted(trailer, "segments", len(body)), *referred(trailer, header, 2)]
    return TransactionSet(header.at(1), header.at(2), body), end + 1


def _check_elements(segment: Segment) -> None:
    for element in _NUMERIC.get(segment.tag, ()):
        number(segment, element)
    for element in range(1, len(segment.elements) + 1):
        pattern, stated = _PATTERNS.get((segment.tag, element)), segment.at(element)
        if pattern and stated and not re.fullmatch(pattern, stated):
            place = replace(segment.place, element=f"{segment.tag}{element:02}")
            raise Unreadable("wrong-value", place, found=stated[:30], wanted="allowed")
