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

from orderway.capture.drafts import OrderDraft, Unreadable

_TAG = re.compile(r"[A-Z][A-Z0-9]+")
_MOST_REMARKS = 20
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
    def place(self) -> str:
        """Where the segment stands, in the words used in reasons: `segment 14 (QTY)`."""
        return f"segment {self.number} ({self.tag})"

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


def fault(segment: Segment, reason: str) -> Unreadable:
    """The error to raise for a segment: its place and what is wrong with it."""
    return Unreadable(reason, segment.place)


def told(remarks: Iterable[tuple[str, str]]) -> str:
    """One text from remarks of (place, what), the same remark once: its first place and how many more; 20 at most."""
    places: dict[str, list[str]] = {}
    for place, what in remarks:
        places.setdefault(what, []).append(place)
    said = [f"{at[0]}: {what}" + (f" (and {len(at) - 1} more)" if at[1:] else "") for what, at in places.items()]
    more = [f"and {len(said) - _MOST_REMARKS} more remarks"] if len(said) > _MOST_REMARKS else []
    return "; ".join(said[:_MOST_REMARKS] + more)


def again(places: Iterable[str], drafts: Iterable[OrderDraft]) -> list[tuple[str, str]]:
    """A remark for each draft, read at its place, whose number already stands in the same file."""
    seen: set[str] = set()
    remarks = []
    for place, draft in zip(places, drafts, strict=True):
        if draft.number in seen:
            remarks.append((place, f"the order {draft.number} stands more than once in this file"))
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
            raise BrokenOff(f"the input ends inside this segment, {marks.terminator!r} is missing", _place(first, body))
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
        raise fault(segment, f"{stated[:40]!r} is not a number")
    return Decimal(stated.replace(",", "."))


def count(segment: Segment, element: int, component: int = 1) -> int:
    """The control count or reference at a place, a whole number of at most nine digits; it must be stated."""
    stated = segment.at(element, component)
    if not _COUNT.fullmatch(stated):
        raise fault(segment, f"{stated[:40]!r} is not a count")
    return int(stated)


def day(segment: Segment, stated: str, form: str) -> date:
    """The day that `stated` begins with; `form` tells its digits (YYYYMMDD, DDMMYY); a time behind it is left aside.

    Years of two digits are those from 1970 to 2069.
    """
    written = stated[: len(form)]
    if not re.fullmatch(f"[0-9]{{{len(form)}}}", written):
        raise fault(segment, f"{stated[:40]!r} is not a date")
    year, month, of_month = (
        int("".join(digit for digit, sign in zip(written, form, strict=True) if sign == part)) for part in "YMD"
    )
    if form.count("Y") == 2:
        year += 1900 if year >= 70 else 2000
    try:
        return date(year, month, of_month)
    except ValueError as error:
        raise fault(segment, f"{stated[:40]!r} is not a date of the calendar") from error


def _place(number: int, body: str) -> str:
    tag = re.match(r"[A-Z][A-Z0-9]{0,2}", body)
    return f"segment {number} ({tag.group()})" if tag else f"segment {number}"


def _segment(body: str, marks: Marks, number: int) -> Segment:
    found = _CONTROL.search(body)
    if found:
        raise Unreadable(f"the control character {found.group()!r} stands in the data", _place(number, body))
    body = body.rstrip("\r\n") if marks.terminator in "\r\n" else body
    if not marks.breaks and re.search(r"[\r\n\t]", body):
        raise Unreadable("a line break or tab stands inside the segment", _place(number, body))
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
        expected = f" with {marks.tag!r} behind it" if marks.tag else ""
        raise Unreadable(f"{head[:12]!r} is not a segment tag{expected}", _place(number, body))
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
