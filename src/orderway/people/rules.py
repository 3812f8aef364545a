"""When something is due by a calendar of working hours and holidays; who may stand for whom; how a skill is written. Pure."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

DAY = 1440  # minutes
FARTHEST = (
    4_000  # days that are looked at for working time; a calendar without any beyond that does not hold anything up
)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time: calendar months, calendar weeks, then working days, then working time. `elapsed`: nights and days off count
    as well, and days are calendar days."""

    weeks: int = 0
    days: int = 0
    time: timedelta = timedelta()
    elapsed: bool = False
    months: int = 0

    @property
    def dated(self) -> bool:
        """Whether it counts days, weeks or months, which are as long as the time zone makes them."""
        return bool(self.months or self.weeks or self.days)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a department works: its IANA time zone, spans of minutes after midnight (from, until) by weekday (Monday is 1), and
    the days off. Without any hours every minute counts."""

    timezone: str = "UTC"
    hours: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether anybody works on this day."""
        return day not in self.holidays and bool(self.hours.get(day.isoweekday()))

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working spans of a local day as UTC moments, in order; what the clock skips or repeats counts as it passes."""
        if not self.works_on(day):
            return []
        spans = []
        for start, end, shift in _pieces(day, ZoneInfo(self.timezone)):
            midnight = datetime.combine(day, time(), UTC) - shift
            for opens, closes in sorted(self.hours[day.isoweekday()]):
                first, last = max(start, midnight + opens * MINUTE), min(end, midnight + closes * MINUTE)
                if first < last:
                    spans.append((first, last))
        return sorted(spans)


def _pieces(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A local day in UTC, in pieces of one offset each: (start, end, offset). Most days are of one piece."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    while start < end:
        shift = _offset(start, zone)
        until = end
        if _offset(end - MINUTE, zone) != shift:
            low, high = start, end - MINUTE  # the offset of `high` is another one
            while high - low > MINUTE:
                middle = low + MINUTE * ((high - low) // MINUTE // 2)
                low, high = (middle, high) if _offset(middle, zone) == shift else (low, middle)
            until = high
        yield start, until, shift
        start = until


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def counted(start: datetime, term: Term, zone: ZoneInfo, times: int = 1) -> datetime:
    """The moment (UTC) that lies `times` terms after `start` (before it, when negative), whatever the working hours.

    Months, then weeks and days keep the wall clock of the zone; a day that the month does not have is its last one. Then the time passes
    as it is: a day is not 24 hours when the clock changes (XML Schema 1.1 part 2, E.3.3). A time that the clock skips is as long after
    midnight as if it had not been skipped; of two equal ones the first counts (RFC 5545, 3.3.5).
    """
    moment = start
    if term.dated:  # adding nothing would still take the second of two equal hours for the first
        local = start.astimezone(zone)
        year, month = divmod(local.year * 12 + local.month - 1 + term.months * times, 12)
        day = min(local.day, monthrange(year, month + 1)[1])
        local = local.replace(year=year, month=month + 1, day=day, fold=0)
        # arithmetic of aware datetimes is by the wall clock of their zone (Python's datetime, "aware operations")
        moment = (local + timedelta(weeks=term.weeks, days=term.days) * times).astimezone(UTC)
    return moment + term.time * times


def beginning(day: date, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) of a day; where the clock skips midnight, the one it goes on with."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def due_at(start: datetime, term: Term, calendar: Calendar) -> datetime:
    """The moment (UTC) that lies `term` after `start`.

    Months keep the day and weeks the weekday, both the time. Then working days are counted: what comes in outside of working hours
    comes in when work begins; the time of day stays, cut to that day's hours. Then working time is counted; what ends with the day is
    due at its end.
    """
    zone = ZoneInfo(calendar.timezone)
    if term.elapsed or not calendar.hours:
        return counted(start, term, zone)
    if not (term.dated or term.time):
        return start
    moment = counted(start, Term(term.weeks, months=term.months), zone)
    spans = _forward(moment, calendar)
    first = next(spans, None)
    if first is None:
        return counted(start, term, zone)
    moment = max(moment, first[0])
    if term.days:
        days = islice(_working_days(_local(moment, calendar).date(), 1, calendar), term.days - 1, None)
        moment = _same_time(moment, next(days, None), calendar)
    return _spent(moment, term.time, calendar)


def ahead_of(due: datetime, term: Term, calendar: Calendar) -> datetime:
    """The moment (UTC) that lies `term` before `due`, counted the same way backwards; for reminders."""
    zone = ZoneInfo(calendar.timezone)
    if term.elapsed or not calendar.hours:
        return counted(due, term, zone, -1)
    if not (term.dated or term.time):
        return due
    moment = counted(due, Term(term.weeks, months=term.months), zone, -1)
    last = next(_backward(moment, calendar), None)
    if last is None:
        return counted(due, term, zone, -1)
    moment = min(moment, last[1])
    if term.days:
        days = islice(_working_days(_local(moment, calendar).date(), -1, calendar), term.days - 1, None)
        moment = _same_time(moment, next(days, None), calendar)
    return _given_back(moment, term.time, calendar)


def _local(moment: datetime, calendar: Calendar) -> datetime:
    return moment.astimezone(ZoneInfo(calendar.timezone))


def _working_days(day: date, step: int, calendar: Calendar) -> Iterator[date]:
    """The working days after (`step` 1) or before (-1) a day."""
    ahead = (day + timedelta(days=step * n) for n in range(1, FARTHEST))
    return (one for one in ahead if calendar.works_on(one))


def _same_time(moment: datetime, day: date | None, calendar: Calendar) -> datetime:
    """The same time of another working day; outside of its hours the end of the span before, or the day's first moment."""
    if day is None:
        return moment
    local = _local(moment, calendar)
    wanted = datetime.combine(day, local.time(), local.tzinfo).astimezone(UTC)
    spans = calendar.spans(day)
    if not spans:  # the clock skipped the whole of the day's hours
        return wanted
    begun = [span for span in spans if span[0] <= wanted]
    return min(wanted, begun[-1][1]) if begun else spans[0][0]


def _forward(moment: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The working spans that end after a moment, in order."""
    day = _local(moment, calendar).date()
    for n in range(FARTHEST):
        yield from (span for span in calendar.spans(day + timedelta(days=n)) if span[1] > moment)


def _backward(moment: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The working spans that begin before a moment, the latest first."""
    day = _local(moment, calendar).date()
    for n in range(FARTHEST):
        yield from (span for span in reversed(calendar.spans(day - timedelta(days=n))) if span[0] < moment)


def _spent(moment: datetime, left: timedelta, calendar: Calendar) -> datetime:
    if not left:
        return moment
    for opens, end in _forward(moment, calendar):
        start = max(opens, moment)
        if left <= end - start:
            return start + left
        left -= end - start
    return moment + left


def _given_back(moment: datetime, left: timedelta, calendar: Calendar) -> datetime:
    if not left:
        return moment
    for start, closes in _backward(moment, calendar):
        end = min(closes, moment)
        if left <= end - start:
            return end - left
        left -= end - start
    return moment - left


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away from `starts` up to, not including, `ends`, and `deputy` stands for them."""

    person: int
    deputy: int | None
    starts: datetime
    ends: datetime


def goes_round(new: Away, others: Mapping[int, Sequence[Away]]) -> bool:
    """Whether at some moment of `new` the deputies, each away and stood for by the next, lead back to who is away; `others` by person."""
    if new.deputy is None:
        return False
    ahead = [(new.deputy, new.starts, new.ends)]
    seen = set()
    while ahead:
        deputy, starts, ends = place = ahead.pop()
        if place in seen:
            continue
        seen.add(place)
        if deputy == new.person:
            return True
        for other in others.get(deputy, ()):
            first, last = max(starts, other.starts), min(ends, other.ends)
            if other.deputy is not None and first < last:
                ahead.append((other.deputy, first, last))
    return False


def skill_names(text: str) -> list[str]:
    """The skills of a text that separates them by commas, as they are kept, each once and in its order."""
    return list(dict.fromkeys(name for one in re.split("[,;]", text) if (name := skill_name(one))))


def skill_name(said: str) -> str:
    """A skill as it is kept and compared: small letters, single blanks between its words."""
    return " ".join(said.lower().split())
