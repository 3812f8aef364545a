"""TRADACOMS files, the British retail format of ANA/GS1 UK (1982, 1995): told apart, checked, left to a person.

A transmission runs from STX to END, its messages from MHD to MTR; `=` stands behind the tag, then `+`, `:`, `'` and `?`
as in EDIFACT. Checked: that MTR counts the segments of its message and END the messages, that MHD numbers them from 1,
that no line break stands inside a segment. Segments are numbered from STX = 1.
"""

import re

from orderway.capture.drafts import Reading
from orderway.capture.readers.segments import Marks, Segment, count, cut, fault
from orderway.capture.reasons import Unreadable, remark

_BOM = b"\xef\xbb\xbf"
_START = re.compile(rb"STX[=+]")
_MARKS = Marks(component=":", element="+", terminator="'", release="?", tag="=")
_MESSAGE = re.compile(rb"MHD[=+][0-9]+\+([A-Z]{6}):")


def claims(data: bytes) -> bool:
    """Whether the input looks like TRADACOMS: begins with STX."""
    return bool(_START.match(data[:64].removeprefix(_BOM).lstrip()))


def read(data: bytes) -> Reading:
    """A whole transmission goes to a person; a broken one is `rejected`, its reason naming the segment."""
    kind = _kind(data)
    try:
        text = data.removeprefix(_BOM).decode("utf-8", errors="replace")
        segments = tuple(segment for segment, _ in cut(text, 0, _MARKS, 1))
        _check(segments)
    except Unreadable as error:
        return Reading("rejected", kind, (error.reason,))
    document = kind.removeprefix("tradacoms-").upper()
    return Reading("review", kind, (remark("for-a-person", file=f"TRADACOMS {document}"),))


def _kind(data: bytes) -> str:
    """The first message type that is a document: file headers and trailers (ORDHDR, ORDTLR) are none."""
    types = [found.decode("ascii") for found in _MESSAGE.findall(data)]
    documents = [name for name in types if not name.endswith(("HDR", "TLR"))] or types
    return f"tradacoms-{documents[0].lower()}" if documents else "tradacoms"


def _check(segments: tuple[Segment, ...]) -> None:
    if segments[0].tag != "STX":
        raise fault(segments[0], "other-expected", wanted="STX", found=segments[0].tag)
    header: Segment | None = None
    messages = 0
    for segment in segments[1:]:
        if segment.tag == "MHD":
            messages += 1
            _check_header(segment, header, messages)
            header = segment
        elif segment.tag == "MTR" and header is not None:
            inside = segment.number - header.number + 1
            if count(segment, 1) != inside:
                raise fault(segment, "count-differs", counted=segment.at(1), what="segments", here=inside)
            header = None
        elif segment.tag == "END":
            _check_end(segment, header, messages, segments[-1])
        elif header is None and segment.tag not in ("BAT", "EOB"):
            raise fault(segment, "other-expected", wanted="MHD", found=segment.tag)
    if segments[-1].tag != "END":
        raise fault(segments[-1], "not-closed", opened="STX", number=1, missing="END")


def _check_header(segment: Segment, open_header: Segment | None, expected: int) -> None:
    if open_header is not None:
        raise fault(segment, "not-closed", opened="MHD", number=open_header.number, missing="MTR")
    if count(segment, 1) != expected:
        raise fault(segment, "count-differs", counted=segment.at(1), what="messages", here=expected)


def _check_end(segment: Segment, open_header: Segment | None, messages: int, last: Segment) -> None:
    if open_header is not None:
        raise fault(segment, "not-closed", opened="MHD", number=open_header.number, missing="MTR")
    if count(segment, 1) != messages:
        raise fault(segment, "count-differs", counted=segment.at(1), what="messages", here=messages)
    if last is not segment:
        raise fault(last, "misplaced", found=last.tag)
