"""Segments: what EDIFACT, X12 and TRADACOMS files are made of, cut out of a text with their place.

Why not pydifact for EDIFACT: it does not say at which segment a file breaks, does not split repeated elements of
syntax version 4, fails on files wrapped at a fixed line length and on a byte order mark (tried on 40 sample files with
version 0.2.3), and cutting is the small part of reading. One cutter serves the three families: only their marks differ.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orderway.capture.drafts import OrderDraft
from orderway.capture.reasons import Fact, Place, Reason, Unreadable, remark

_TAG = re.compile(r"[A-Z][A-Z0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BETWEEN = re.compile(r"[\s\x00\x1a]*")
_NUMBER = re.compile(r"-?([0-9]{1,35}([.,][0-9]{1,20})?|[.,][0-9]{1,20})")
_COUNT = re.compile(r"[0-9]{1,9}")


class BrokenOff(Unreadable):
    """The input ends before what it began is closed: the rest of it was lost on the way."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The service characters of one interchange; an empty string stands for a mark that is not used.

    `tag` stands after the segment's tag, which has at most `longest` characters. `breaks` says whether a line break
    may stand inside a segment.
    """

    component: str
    element: str
    terminator: str
    release: str = ""
    repetition: str = ""
    tag: str = ""
    breaks: bool = False
    longest: int = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `number` counts from 1 at the interchange header through the file.

    An element is a tuple of repetitions, a repetition a tuple of components.
    """

    number: int
    tag: str
    elements: tuple[tuple[tuple[str, ...], ...], ...]

    @property
    def place(self) -> Place:
        """Where the segment stands."""
        return Place(segment=self.number, tag=self.tag)

    def at(self, element: int, component: int = 1) -> str:
        """The value at an element and component, counted from 1 as in the standards; empty where none is stated."""
        return next(iter(self.repeated(element, component)), "")

    def repeated(self, element: int, component: int = 1) -> tuple[str, ...]:
        """The values of a component in every repetition of an element."""
        if element > len(self.elements):
            return ()
        return tuple(part[component - 1] if component <= len(part) else "" for part in self.elements[element - 1])

    def components(self, element: int) -> tuple[str, ...]:
        """All components of the first repetition of an element."""
        return self.elements[element - 1][0] if element <= len(self.elements) else ()


def fault(segment: Segment, code: str, /, **facts: Fact) -> Unreadable:
    """The error to raise for a segment: its place, and what is wrong with it."""
    return Unreadable(code, segment.place, **facts)


def counted(trailer: Segment, what: str, here: int) -> list[Reason]:
    """A remark where the first element of a trailer counts something else than is here."""
    differs = count(trailer, 1) != here
    return [remark("count-differs", trailer.place, counted=trailer.at(1), what=what, here=here)] if differs else []


def referred(trailer: Segment, header: Segment, element: int) -> list[Reason]:
    """A remark where the second element of a trailer is not that element of its header."""
    found, wanted = trailer.at(2), header.at(element)
    return [remark("reference-differs", trailer.place, found=found, wanted=wanted, of=header.tag)] * (found != wanted)


def again(places: Iterable[Place], drafts: Iterable[OrderDraft]) -> list[Reason]:
    """A remark for each draft, read at its place, whose number already stands in the same file."""
    seen: set[str] = set()
    remarks = []
    for place, draft in zip(places, drafts, strict=True):
        if draft.number in seen:
            remarks.append(remark("twice", place, what="order", found=draft.number))
        seen.add(draft.number)
    return remarks


def cut(text: str, start: int, marks: Marks, first: int) -> Iterator[tuple[Segment, int]]:
    """Yield the segments of `text` from `start` and where each ends; white space, NUL, SUB between them do not count.

    Raises `BrokenOff` where the text ends inside a segment, `Unreadable` for a tag or a character that cannot be.
    """
    escape = re.escape(marks.release)
    plain = f"[^{escape}{re.escape(marks.terminator)}]*"
    whole = re.compile(f"({plain}(?:{escape}.{plain})*)" if marks.release else f"({plain})", re.DOTALL)
    while (start := skip(text, start)) < len(text):
        found = whole.match(text, start)
        body = found.group(1) if found else ""
        end = start + len(body)
        # a text that ends where a line break is due has lost nothing: the end of the file ends the line
        if text[end : end + 1] != marks.terminator and not (end == len(text) and marks.terminator in "\r\n"):
            raise BrokenOff("segment-open", _place(first, body))
        yield _segment(body, marks, first), min(end + 1, len(text))
        start, first = end + 1, first + 1


def skip(text: str, start: int) -> int:
    """Where the next segment begins at or behind `start`: white space, NUL and SUB between segments are skipped."""
    between = _BETWEEN.match(text, start)
    return between.end() if between else start


def is_mark(character: str) -> bool:
    """Whether a character can be a service character: none is a letter, a digit or a space."""
    return len(character) == 1 and character != " " and not character.isalnum()


def number(segment: Segment, element: int, component: int = 1) -> Decimal | None:
    """The number at a place, None where none is stated.

    ISO 9735-1:2002 clause 10: digits, an optional leading minus, point or comma as decimal mark, no separators else.
    """
    stated = segment.at(element, component)
    if not stated:
        return None
    if not _NUMBER.fullmatch(stated):
        raise fault(segment, "wrong-value", found=stated[:40], wanted="number")
    return Decimal(stated.replace(",", "."))


def count(segment: Segment, element: int, component: int = 1) -> int:
    """The control count or reference at a place, a whole number of at most nine digits; it must be stated."""
    stated = segment.at(element, component)
    if not _COUNT.fullmatch(stated):
        raise fault(segment, "wrong-value", found=stated[:40], wanted="count")
    return int(stated)


def day(segment: Segment, stated: str, form: str) -> date:
    """The day that `stated` begins with; `form` tells its digits (YYYYMMDD, DDMMYY); a time behind it is left aside.

    Years of two digits are those from 1970 to 2069.
    """
    written = stated[: len(form)]
    if not re.fullmatch(f"[0-9]{{{len(form)}}}", written):
        raise fault(segment, "wrong-value", found=stated[:40], wanted="date")
    year, month, of_month = (
        int("".join(digit for digit, sign in zip(written, form, strict=True) if sign == part)) for part in "YMD"
    )
    if form.count("Y") == 2:
        year += 1900 if year >= 70 else 2000
    try:
        return date(year, month, of_month)
    except ValueError as error:
        raise fault(segment, "wrong-value", found=stated[:40], wanted="date") from error


def _place(number: int, body: str) -> Place:
    tag = re.match(r"[A-Z][A-Z0-9]{0,2}", body)
    return Place(segment=number, tag=tag.group() if tag else "")


def unprintable(character: str) -> str:
    """A control character in letters: `\\x07`."""
    return ascii(character)[1:-1]


def _segment(body: str, marks: Marks, number: int) -> Segment:
    found = _CONTROL.search(body)
    if found:
        raise Unreadable("control-character", _place(number, body), found=unprintable(found.group()))
    body = body.rstrip("\r\n") if marks.terminator in "\r\n" else body
    if not marks.breaks and (found := re.search(r"[\r\n\t]", body)):
        raise Unreadable("control-character", _place(number, body), found=unprintable(found.group()))
    tag, rest = _tag(body, marks, number)
    elements = tuple(
        tuple(
            tuple(_value(component, marks) for component in _split(repetition, marks.component, marks.release))
            for repetition in _split(element, marks.repetition, marks.release)
        )
        for element in rest
    )
    return Segment(number, tag, elements)


def _tag(body: str, marks: Marks, number: int) -> tuple[str, list[str]]:
    if marks.tag:
        head, mark, behind = body.partition(marks.tag)
        rest = _split(behind, marks.element, marks.release) if mark else []
    else:
        mark, (head, *rest) = marks.element, _split(body, marks.element, marks.release)
    # ISO 9735 lets explicit nesting follow the tag as components: only the tag itself counts here
    tag = head.partition(marks.component)[0].strip()
    if not mark or not _TAG.fullmatch(tag) or len(tag) > marks.longest:
        raise Unreadable("wrong-value", _place(number, body), found=head[:12], wanted="tag")
    return tag, rest


def _split(text: str, mark: str, release: str) -> list[str]:
    if not mark:
        return [text]
    if not release or release not in text:
        return text.split(mark)
    parts, begin, position = [], 0, 0
    while position < len(text):
        if text[position] == release:
            position += 1
        elif text[position] == mark:
            parts.append(text[begin:position])
            begin = position + 1
        position += 1
    return [*parts, text[begin:]]


def _value(text: str, marks: Marks) -> str:
    if marks.release and marks.release in text:
        text = re.sub(f"{re.escape(marks.release)}(.)", r"\1", text, flags=re.DOTALL)
    if "\n" in text or "\r" in text:
        return " ".join(filter(None, (line.strip() for line in re.split(r"[\r\n]", text))))
    return text.strip()
