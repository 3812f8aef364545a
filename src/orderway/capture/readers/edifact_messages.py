"""The structure of an EDIFACT interchange: groups and messages, counts, references and elements checked (ISO 9735)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orderway.capture.readers.segments import BrokenOff, Segment, count, fault, number

_SERVICE = frozenset({"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"})
# service segments of other parts of ISO 9735, such as the security header USH of part 5 behind UNB
_OTHER_SERVICE = re.compile("U[A-MO-Z][A-Z]")
# data elements that are numeric, and qualifiers (an..3), by segment; the same in all directories D.93A to D.03B
_NUMERIC = {"QTY": (1, 2), "PRI": (1, 2), "MOA": (1, 2), "CNT": (1, 2)}
_QUALIFIED = frozenset({"DTM", "NAD", "QTY", "PRI", "MOA", "RFF", "CNT", "CUX", "COM", "PIA", "LOC", "TDT", "TAX"})
_MOST_HEADER_DATES = 35
# 1001 of BGM: which message a body is whose UNH is missing or names none
_DOCUMENTS = {
    **dict.fromkeys(("105", "220", "221", "224", "226"), "ORDERS"),
    **dict.fromkeys(("82", "380", "381", "383", "384", "385", "389"), "INVOIC"),
    "230": "ORDCHG", "231": "ORDRSP", "351": "DESADV",
}  # fmt: skip

Remark = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """One message from UNH to UNT: `type` as in UNH (ORDERS), empty where nothing tells it; `reference` as in UNH."""

    type: str
    reference: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Interchange:
    """One interchange: `sender` as (code qualifier, identification) of UNB, `remarks` (place, what was borne)."""

    sender: tuple[str, str]
    messages: tuple[Message, ...]
    remarks: tuple[Remark, ...]


def structured(segments: tuple[Segment, ...]) -> Interchange:
    """Check one interchange from UNB on and give its messages; UNB, or UNB and UNH, may be missing and are remarked.

    Raises `Unreadable` at the segment that breaks it, `BrokenOff` where it ends too early.
    """
    header = segments[0] if segments[0].tag == "UNB" else None
    remarks = _opened(segments[0])
    if segments[0].tag == "BGM":
        return Interchange(("", ""), (_bare(segments),), tuple(remarks))
    messages: list[Message] = []
    position, parts = 1 if header else 0, 0
    while position < len(segments) and segments[position].tag != "UNZ":
        found: Sequence[Message] = ()
        segment = segments[position]
        if segment.tag == "UNG":
            found, position = _group(segments, position, remarks)
            parts += 1
        elif _OTHER_SERVICE.fullmatch(segment.tag):
            remarks.append((segment.place, "a service segment that is not known here is passed over"))
            position += 1
        else:
            one, position = _message(segments, position, remarks)
            found = (one,)
            parts += 1
        messages += found
    if not messages:
        raise fault(segments[-1], "the interchange holds no message")
    _check_references(messages, remarks)
    _check_end(header, segments[position] if position < len(segments) else None, parts, remarks)
    sender = (header.at(2, 2), header.at(2)) if header else ("", "")
    return Interchange(sender, tuple(messages), tuple(remarks))


def _opened(first: Segment) -> list[Remark]:
    """What is missing at the beginning. ISO 9735-1:2002 annex C: S001 to S004 and 0020 of UNB are mandatory."""
    if first.tag != "UNB":
        lost = "UNB and UNH are" if first.tag == "BGM" else "UNB is"
        return [(first.place, f"{lost} missing, who sent this and whether it is all of it cannot be told")]
    if not first.at(1):
        raise fault(first, "the syntax identifier is missing")
    names = ((2, "sender"), (3, "recipient"), (4, "date of preparation"), (5, "control reference"))
    missing = [name for element, name in names if not first.at(element)]
    remarks = [(first.place, f"missing: {', '.join(missing)}")] if missing else []
    if first.at(11) == "1":
        remarks.append((first.place, "the sender marks this interchange as a test"))
    return remarks


def _check_end(header: Segment | None, trailer: Segment | None, parts: int, remarks: list[Remark]) -> None:
    if trailer is None:
        if header is not None:
            remarks.append((header.place, "UNZ is missing, whether more messages were to follow cannot be told"))
        return
    if header is None:
        raise fault(trailer, "closes an interchange that no UNB has opened")
    if count(trailer, 1) != parts:
        remarks.append((trailer.place, f"{trailer.at(1)} messages or groups are counted, {parts} are here"))
    if trailer.at(2) != header.at(5):
        remarks.append((trailer.place, f"the reference {trailer.at(2)!r} is not {header.at(5)!r} of UNB"))


def _check_references(messages: Sequence[Message], remarks: list[Remark]) -> None:
    seen: set[str] = set()
    for message in messages:
        if message.reference in seen:
            remarks.append((message.segments[0].place, f"the reference {message.reference!r} stands twice"))
        seen.add(message.reference)


def _group(segments: tuple[Segment, ...], start: int, remarks: list[Remark]) -> tuple[list[Message], int]:
    header, position = segments[start], start + 1
    messages: list[Message] = []
    while position < len(segments) and segments[position].tag == "UNH":
        one, position = _message(segments, position, remarks)
        messages.append(one)
    if position == len(segments):
        raise BrokenOff("the input ends inside this group, UNE is missing", header.place)
    trailer = segments[position]
    if trailer.tag != "UNE":
        raise fault(trailer, "a group holds messages and ends with UNE")
    if count(trailer, 1) != len(messages):
        remarks.append((trailer.place, f"{trailer.at(1)} messages are counted, {len(messages)} are here"))
    if trailer.at(2) != header.at(5):
        remarks.append((trailer.place, f"the reference {trailer.at(2)!r} is not {header.at(5)!r} of UNG"))
    return messages, position + 1


def _message(segments: tuple[Segment, ...], start: int, remarks: list[Remark]) -> tuple[Message, int]:
    header = segments[start]
    if header.tag != "UNH":
        raise fault(header, "stands outside any message")
    end = next((i for i in range(start + 1, len(segments)) if segments[i].tag in _SERVICE), None)
    if end is None:
        raise BrokenOff(f"the input ends inside the message of {header.place}, UNT is missing", segments[-1].place)
    trailer, body = segments[end], segments[start : end + 1]
    if trailer.tag != "UNT":
        raise fault(trailer, f"the message of {header.place} has no UNT")
    message = Message(_type(header, body), header.at(1), body)
    if not header.at(1) or not header.at(2):
        remarks.append((header.place, "the message reference or the message type is missing"))
    remarks += _check_elements(message, header.at(2, 4))
    if count(trailer, 1) != len(body):
        remarks.append((trailer.place, f"{trailer.at(1)} segments are counted, {len(body)} are here"))
    if trailer.at(2) != header.at(1):
        remarks.append((trailer.place, f"the reference {trailer.at(2)!r} is not {header.at(1)!r} of UNH"))
    return message, end + 1


def _bare(segments: tuple[Segment, ...]) -> Message:
    """A message body that comes alone: from BGM to the end of the input, told by its own code."""
    half = next((segment for segment in segments if segment.tag in _SERVICE), None)
    if half is not None:
        raise fault(half, "the message before it has no UNH")
    message = Message(_document(segments), "", segments)
    _check_elements(message, "UN")
    return message


def _type(header: Segment, body: Sequence[Segment]) -> str:
    stated = header.at(2)
    if stated and not re.fullmatch("[A-Za-z0-9]{1,6}", stated):
        raise fault(header, f"{stated[:20]!r} is not a message type")
    return stated.upper() or _document(body)


def _document(body: Sequence[Segment]) -> str:
    begin = next((segment for segment in body[:2] if segment.tag == "BGM"), None)
    return _DOCUMENTS.get(begin.at(1), "") if begin else ""


def _check_elements(message: Message, agency: str) -> list[Remark]:
    """Check what holds in every message of the UN; other agencies (IATA: PAORES) have segments of their own.

    A tag has three characters (ISO 9735); another one in a message that is no order is only remarked.
    """
    taken = message.type == "ORDERS"
    private = [segment for segment in message.segments if len(segment.tag) != 3]
    if taken and private:
        raise fault(private[0], f"{private[0].tag!r} is not a segment tag")
    if taken or agency in ("UN", ""):
        _check_segments(message)
    return [(segment.place, f"{segment.tag!r} is not a segment tag of the standard") for segment in private]


def _check_segments(message: Message) -> None:
    sections: set[str] = set()
    dates = 0
    for segment in message.segments:
        _check_element(segment)
        if segment.tag == "UNS":
            if segment.at(1) not in ("D", "S") or segment.at(1) in sections:
                raise fault(segment, f"the section {segment.at(1)!r} cannot begin here")
            sections.add(segment.at(1))
        # ORDERS: DTM behind BGM stands at most 35 times in every directory
        dates = dates + 1 if segment.tag == "DTM" else 0
        if message.type == "ORDERS" and dates > _MOST_HEADER_DATES:
            raise fault(segment, f"DTM stands more than {_MOST_HEADER_DATES} times in a row")


def _check_element(segment: Segment) -> None:
    if segment.tag in _NUMERIC:
        number(segment, *_NUMERIC[segment.tag])
    # COM puts the number before its qualifier
    qualifier = segment.at(1, 2) if segment.tag == "COM" else segment.at(1)
    if segment.tag in _QUALIFIED and len(qualifier) > 3:
        raise fault(segment, f"the qualifier {qualifier[:20]!r} has {len(qualifier)} characters, at most 3 are allowed")
