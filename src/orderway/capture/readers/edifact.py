"""UN/EDIFACT interchanges: ORDERS become drafts, other messages go to a person, broken files are refused.

Standards: ISO 9735 (syntax versions 1 to 3) and ISO 9735-1:2002 (version 4) for the service string advice UNA, the
segments UNB, UNG, UNH, UNT, UNE, UNZ, the release character and the repetition separator; UN/EDIFACT directories D.93A
to D.03B for the message ORDERS (`edifact_orders`). TRADACOMS, the British forerunner, has the same look and is told
apart here (`tradacoms`).

Refused is what cannot be trusted: an input that breaks off inside an order, a header or trailer without its other half
(UNZ apart), a missing mandatory segment of an order, in messages of the UN a number that is none, a qualifier of more than
three characters or a segment more often than its message allows, and a CNT that counts other lines than are here: then
a line was lost or doubled. One broken message refuses the whole file: its sender will send it again, and then nothing
comes twice.

Borne, and always said in the reason: counts and references of UNT, UNE and UNZ that do not agree (ISO 9735-1:2002
clause 8), a reference used twice, mandatory elements of UNB and UNH that are missing (annex C), an interchange without UNZ
whose messages are all whole by their own UNT, messages without UNB around them, a message body that begins with BGM,
segments of other service groups (U..), private tags in messages that are no order, and the test indicator. A message
that breaks off and is no order goes to a person as far as it goes. Unknown qualifiers are passed over. Segments are
numbered from UNB = 1 through the file; UNA is no segment and has no number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from orderway.capture.drafts import OrderDraft, Reading
from orderway.capture.readers import tradacoms
from orderway.capture.readers.edifact_messages import Interchange, structured
from orderway.capture.readers.edifact_orders import noted, order, withheld
from orderway.capture.readers.segments import BrokenOff, Marks, Segment, again, cut, fault, is_mark, skip
from orderway.capture.reasons import NOWHERE, Place, Reason, Unreadable, gathered, remark

_BOM = b"\xef\xbb\xbf"
_START = re.compile(rb"(?:UNA[^A-Za-z0-9]|UN[BGH][^A-Za-z0-9]|BGM\+)")
_SYNTAX = re.compile(rb"UNB[^A-Za-z0-9](UNO[A-Z])")
_MESSAGE = re.compile(r"UNH(\W)[^\r\n]{1,14}?\1([A-Z][A-Z0-9]{0,5})\W")
# ISO 9735 gives tags three characters; private ones in the messages of others have been seen with four
_LONGEST_TAG = 4
_BEGINNINGS = ("UNB", "UNG", "UNH", "BGM")
# ISO 9735-1:2002 data element 0001; UNOX is ISO 2022, of which iso2022_jp_2 is the widest part that starts as ASCII
_CHARSETS = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp_2",
    "UNOY": "utf-8",
}
_NAMES = {
    "APERAK": "application-error",
    "CONTRL": "acknowledgement",
    "DELFOR": "schedule",
    "DELJIT": "call-off",
    "DESADV": "despatch-advice",
    "IFTMIN": "transport-instruction",
    "INVOIC": "invoice",
    "INVRPT": "stock-report",
    "ORDCHG": "order-change",
    "ORDRSP": "order-response",
    "PRICAT": "price-list",
    "QUOTES": "quotation",
    "RECADV": "receiving-advice",
    "REMADV": "remittance-advice",
    "REQOTE": "quotation-request",
    "SLSRPT": "sales-report",
}


def claims(data: bytes) -> bool:
    """Whether the input looks like EDIFACT or TRADACOMS: begins with a service segment (or BGM, its envelope lost)."""
    return bool(_START.match(data[:64].removeprefix(_BOM).lstrip())) or tradacoms.claims(data)


def read(data: bytes) -> Reading:
    """Read every interchange of the input. Never raises for what stands in it: a broken one is `rejected`."""
    if tradacoms.claims(data):
        return tradacoms.read(data)
    try:
        text = _unwrapped(_decoded(data))
        interchanges = tuple(_interchanges(text))
        return _reading(interchanges)
    except BrokenOff as error:
        kind = _kind(data)
        if kind in ("edifact", "edifact-orders"):
            return Reading("rejected", kind, (error.reason,))
        return Reading("review", kind, (error.reason, _named(kind.removeprefix("edifact-").upper())))
    except Unreadable as error:
        return Reading("rejected", _kind(data), (error.reason,))


def _reading(interchanges: tuple[Interchange, ...]) -> Reading:
    drafts: list[OrderDraft] = []
    places: list[Place] = []
    aside: list[Reason] = []
    for interchange in interchanges:
        for message in interchange.messages:
            place = message.segments[0].place
            why = withheld(message) if message.type == "ORDERS" else _named(message.type, place)
            if why:
                aside.append(why)
            else:
                drafts.append(order(message, interchange.sender))
                places.append(place)
                aside += noted(message)
        aside += interchange.remarks
    messages = [message for interchange in interchanges for message in interchange.messages]
    types = [message.type for message in messages]
    return Reading(
        "order" if drafts else "review", _kind_of(types), gathered(again(places, drafts) + aside), tuple(drafts)
    )


def _named(message_type: str, place: Place = NOWHERE) -> Reason:
    if not message_type:
        return remark("missing", place, what="message-type")
    if message_type in _NAMES:
        return remark("other-document", place, found=message_type, document=_NAMES[message_type])
    return remark("no-order", place, found=message_type)


def _interchanges(text: str) -> Iterator[Interchange]:
    start, first = skip(text, 0), 1
    while start < len(text) or first == 1:
        marks, start = _marks(text, start, first)
        segments: list[Segment] = []
        for segment, end in cut(text, start, marks, first):
            if segments and segment.tag in ("UNA", "UNB"):
                break
            segments.append(segment)
            start = end
            if segment.tag == "UNZ":
                break
        yield structured(tuple(segments))
        start, first = skip(text, start), first + len(segments)


def _marks(text: str, start: int, first: int) -> tuple[Marks, int]:
    """The signs of UNA, else the defaults of ISO 9735; a repetition separator only from syntax version 4 on."""
    stated = text.startswith("UNA", start)
    advice = text[start + 3 : start + 9] if stated else ":+.? '"
    if len(advice) < 6:
        raise Unreadable("segment-open", Place(tag="UNA"))
    component, element, release, repetition, terminator = advice[0], advice[1], advice[3], advice[4], advice[5]
    signs = (component, element, terminator)
    if (
        len(set(signs)) < 3
        or not all(map(is_mark, signs))
        or not (release == " " or is_mark(release))
        or release in signs
    ):
        raise Unreadable("wrong-value", Place(tag="UNA"), found=advice, wanted="marks")
    start = skip(text, start + 9) if stated else start
    release = release.strip()
    plain = Marks(component, element, terminator, release, breaks=True, longest=_LONGEST_TAG)
    header, _ = next(cut(text, start, plain, first), (None, 0))
    # only a whole input may come without its envelope: behind an interchange, a message has lost its own
    if header is None:
        raise Unreadable("missing", Place(segment=first), what="UNB")
    if header.tag not in (_BEGINNINGS if first == 1 else ("UNB",)):
        raise fault(header, "other-expected", wanted="UNB", found=header.tag)
    if header.tag != "UNB" or header.at(1, 2) < "4":
        repetition = ""
    elif not stated:
        repetition = "*"
    repetition = repetition if is_mark(repetition) and repetition not in (*signs, release) else ""
    return replace(plain, repetition=repetition), start


def _decoded(data: bytes) -> str:
    """The text by the syntax identifier of UNB; UNOA, UNOB and private ones as UTF-8 where it is that, else ISO 8859-1.

    Levels A and B allow ASCII only, yet files that name them do hold umlauts: to refuse those helps nobody.
    """
    named = _SYNTAX.search(data[:200])
    charset = _CHARSETS.get(named.group(1).decode("ascii")) if named else None
    if data.startswith(_BOM):
        data, charset = data.removeprefix(_BOM), "utf-8"
    try:
        return data.decode(charset or "utf-8")
    except UnicodeDecodeError as error:
        if charset is None:
            return data.decode("iso8859-1")
        before = data[: error.start].decode(charset, errors="ignore")
        byte = f"{data[error.start]:#04x}"
        raise Unreadable("no-character", _nearby(before), found=byte, charset=charset) from error


def _nearby(before: str) -> Place:
    """The place of what follows `before`: cutting what stands before it breaks off in that very segment."""
    try:
        marks, start = _marks(before, skip(before, 0), 1)
        return Place(segment=sum(1 for _ in cut(before, start, marks, 1)) + 1)
    except Unreadable as broken:
        return broken.reason.place


def _unwrapped(text: str) -> str:
    """Join the records of a file cut into lines of one length, as mainframes do; other line breaks stay."""
    lines = re.split(r"\r\n|\n|\r", text.rstrip("\r\n\x00\x1a"))
    lengths = {len(line) for line in lines[:-1]}
    return "".join(lines) if len(lines) > 2 and len(lengths) == 1 and len(lines[-1]) <= max(lengths) else text


def _kind(data: bytes) -> str:
    """The kind of an input that could not be read, as far as its first message header tells."""
    return _kind_of([found for _, found in _MESSAGE.findall(data[:1_000_000].decode("iso8859-1"))])


def _kind_of(types: Sequence[str]) -> str:
    known = [found for found in types if found]
    return "edifact-orders" if "ORDERS" in known else f"edifact-{known[0].lower()}" if known else "edifact"
