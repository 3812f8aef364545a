"""The structure of an EDIFACT interchange: groups and messages, counts, references and elements checked (ISO 9735)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orderway.capture.readers.segments import BrokenOff, Segment, counted, fault, number, referred
from orderway.capture.reasons import Reason, remark

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


@dataclass(frozen=True, slots=True)
class Message:
    """One message from UNH to UNT: `type` as in UNH (ORDERS), empty where nothing tells it; `reference` as in UNH."""

    type: str
    reference: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Interchange:
    """One interchange: `sender` as (code qualifier, identification) of UNB, `remarks` what was borne."""

    sender: tuple[str, str]
    messages: tuple[Message, ...]
    remarks: tuple[Reason, ...]


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
            remarks.append(remark("wrong-value", segment.place, found=segment.tag, wanted="known-tag"))
            position += 1
        else:
            one, position = _message(segments, position, remarks)
            found = (one,)
            parts += 1
        messages += found
    if not messages:
        raise fault(segments[-1], "missing", what="message")
    _check_references(messages, remarks)
    _check_end(header, segments[position] if position < len(segments) else None, parts, remarks)
    sender = (header.at(2, 2), header.at(2)) if header else ("", "")
    return Interchange(sender, tuple(messages), tuple(remarks))


def _opened(first: Segment) -> list[Reason]:
    """What is missing at the beginning. ISO 9735-1:2002 annex C: S001 to S004 and 0020 of UNB are mandatory."""
    if first.tag != "UNB":
        lost = ("UNB", "UNH") if first.tag == "BGM" else ("UNB",)
        return [remark("missing", first.place, what=tag) for tag in lost]
    if not first.at(1):
        raise fault(first, "missing", what="syntax")
    names = ((2, "sender"), (3, "recipient"), (4, "prepared"), (5, "reference"))
    remarks = [remark("missing", first.place, what=name) for element, name in names if not first.at(element)]
    if first.at(11) == "1":
        remarks.append(remark("test", first.place))
    return remarks


def _check_end(header: Segment | None, trailer: Segment | None, parts: int, remarks: list[Reason]) -> None:
    if trailer is None:
        if header is not None:
            remarks.append(remark("missing", header.place, what="UNZ"))
        return
    if header is None:
        raise fault(trailer, "missing", what="UNB")
    remarks += [*counted(trailer, "parts", parts), *referred(trailer, header, 5)]


def _check_references(messages: Sequence[Message], remarks: list[Reason]) -> None:
    seen: set[str] = set()
    for message in messages:
        if message.reference in seen:
            remarks.append(remark("twice", message.segments[0].place, what="reference", found=message.reference))
        seen.add(message.reference)


def _group(segments: tuple[Segment, ...], start: int, remarks: list[Reason]) -> tuple[list[Message], int]:
    header, position = segments[start], start + 1
    messages: list[Message] = []
    while position < len(segments) and segments[position].tag == "UNH":
        one, position = _message(segments, position, remarks)
        messages.append(one)
    if position == len(segments):
        raise BrokenOff("not-closed", segments[-1].place, opened="UNG", number=header.number, missing="UNE")
    trailer = segments[position]
    if trailer.tag != "UNE":
        raise fault(trailer, "not-closed", opened="UNG", number=header.number, missing="UNE")
    remarks += [*counted(trailer, "messages", len(messages)), *referred(trailer, header, 5)]
    return messages, position + 1


def _message(segments: tuple[Segment, ...], start: int, remarks: list[Reason]) -> tuple[Message, int]:
    header = segments[start]
    if header.tag != "UNH":
        raise fault(header, "other-expected", wanted="UNH", found=header.tag)
    end = next((i for i in range(start + 1, len(segments)) if segments[i].tag in _SERVICE), None)
    if end is None:
        raise BrokenOff("not-closed", segments[-1].place, opened="UNH", number=header.number, missing="UNT")
    trailer, body = segments[end], segments[start : end + 1]
    if trailer.tag != "UNT":
        raise fault(trailer, "not-closed", opened="UNH", number=header.number, missing="UNT")
    message = Message(_type(header, body), header.at(1), body)
    names = ((1, "reference"), (2, "message-type"))
    remarks += [remark("missing", header.place, what=name) for element, name in names if not header.at(element)]
    remarks += _check_elements(message, header.at(2, 4))
    remarks += [*counted(trailer, "segments", len(body)), *referred(trailer, header, 1)]
    return message, end + 1


def _bare(segments: tuple[Segment, ...]) -> Message:
    """A message body that comes alone: from BGM to the end of the input, told by its own code."""
    half = next((segment for segment in segments if segment.tag in _SERVICE), None)
    if half is not None:
        raise fault(half, "missing", what="UNH")
    message = Message(_document(segments), "", segments)
    _check_elements(message, "UN")
    return message


def _type(header: Segment, body: Sequence[Segment]) -> str:
    stated = header.at(2)
    if stated and not re.fullmatch("[A-Za-z0-9]{1,6}", stated):
        raise fault(header, "wrong-value", found=stated[:20], wanted="message-type")
    return stated.upper() or _document(body)


def _document(body: Sequence[Segment]) -> str:
    begin = next((segment for segment in body[:2] if segment.tag == "BGM"), None)
    return _DOCUMENTS.get(begin.at(1), "") if begin else ""


def _check_elements(message: Message, agency: str) -> list[Reason]:
    """Check what holds in every message of the UN; other agencies (IATA: PAORES) have segments of their own.

    A tag has three characters (ISO 9735); another one in a message that is no order is only remarked.
    """
    taken = message.type == "ORDERS"
    private = [segment for segment in message.segments if len(segment.tag) != 3]
    if taken and private:
        raise fault(private[0], "wrong-value", found=private[0].tag, wanted="tag")
    if taken or agency in ("UN", ""):
        _check_segments(message)
    return [remark("wrong-value", one.place, found=one.tag, wanted="known-tag") for one in private]


def _check_segments(message: Message) -> None:
    sections: set[str] = set()
    dates = 0
    for segment in message.segments:
        _check_element(segment)
        if segment.tag == "UNS":
            if segment.at(1) not in ("D", "S") or segment.at(1) in sections:
                raise fault(segment, "wrong-value", found=segment.at(1), wanted="allowed")
            sections.add(segment.at(1))
        # ORDERS: DTM behind BGM stands at most 35 times in every directory
        dates = dates + 1 if segment.tag == "DTM" else 0
        if message.type == "ORDERS" and dates > _MOST_HEADER_DATES:
            raise fault(segment, "too-often", found="DTM", most=_MOST_HEADER_DATES)


def _check_element(segment: Segment) -> None:
    if segment.tag in _NUMERIC:
        number(segment, *_NUMERIC[segment.tag])
    # COM puts the number before its qualifier
    qualifier = segment.at(1, 2) if segment.tag == "COM" else segment.at(1)
    if segment.tag in _QUALIFIED and len(qualifier) > 3:
        raise fault(segment, "wrong-value", found=qualifier[:20], wanted="qualifier")
