"""What a timer of a drawing says, read once: a length, a moment, a fact that holds one, or a cycle.

Days, weeks, months and years are those of a time zone, hours pass as they are. Source: ISO 8601-1:2019, 5.5.2 durations and 5.6 recurring
intervals; BPMN 2.0.2 (formal/13-12-09), clause 10.5.5.2, timerEventDefinition.
"""

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from orderway.people.rules import Term, beginning, counted

from .care import term
from .drawn import Trigger

_CYCLE = re.compile(r"R(-1|[1-9]\d{0,8}|)/(?:([^/]+)/)?([^/]+)\Z")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{8}|\d{4}-W\d\d-\d|\d{4}W\d{3}|\d{4}-\d{3}|\d{7})(?:T([\d:]+(?:[.,]\d+)?))?(Z|[+-]\d\d(?::?\d\d)?)?\Z"
)
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z", re.IGNORECASE)
ENDLESS = -1
MONTH = timedelta(days=365.2425 / 12)


NOW = Term()


@dataclass(frozen=True, slots=True)
class When:
    """A timer rings `length` after it is set, or at `moment` (without an offset: by the clock of the zone), or at what the fact or field
    `name` holds; `times` in all (ENDLESS: again and again), each `length` after the one before."""

    length: Term = NOW
    moment: datetime | None = None
    name: str = ""
    times: int = 1

    @property
    def zoned(self) -> bool:
        """Whether it rests on a time zone."""
        return bool(self.name) or self.length.dated or (self.moment is not None and self.moment.tzinfo is None)

    def first(self, now: datetime, zone: ZoneInfo, named: date | datetime | None = None) -> datetime | None:
        """When it rings first if it is set at `now` (aware); None when the named fact holds nothing. A date is the beginning of its day."""
        if self.name:
            return as_moment(named, zone)
        return as_moment(self.moment, zone) or counted(now, self.length, zone)

    def after(self, rang: datetime, since: datetime, zone: ZoneInfo) -> datetime:
        """When a cycle that was set at `since` rings next after it rang at `rang`: counted from its beginning, so that neither a short
        month nor a skipped hour moves those that follow."""
        begins = as_moment(self.moment, zone) or since
        about = (
            MONTH * self.length.months + timedelta(weeks=self.length.weeks, days=self.length.days) + self.length.time
        )
        turn = max(1, (rang - begins) // about)
        while turn > 1 and counted(begins, self.length, zone, turn - 1) > rang:
            turn -= 1
        while (moment := counted(begins, self.length, zone, turn)) <= rang:
            turn += 1
        return moment


def as_moment(value: date | datetime | None, zone: ZoneInfo) -> datetime | None:
    """A date or a moment as an aware moment: a date begins with its day in the zone, a moment without an offset is by its clock."""
    if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
        return value
    return value.replace(tzinfo=zone).astimezone(UTC) if isinstance(value, datetime) else beginning(value, zone)


def duration(text: str) -> Term | None:
    """An ISO 8601 duration by the clock; None for other text."""
    return term(text, "elapsed")


def read_when(trigger: Trigger) -> When | None:
    """The timer of a trigger; None when its text is none of the forms above. A name is judged by who knows the facts."""
    if trigger.duration:
        length = duration(trigger.duration)
        return When(length) if length is not None else None
    if trigger.cycle:
        return _cycle(trigger.cycle)
    moment = _moment(trigger.date)
    if moment is not None:
        return When(moment=moment)
    return When(name=trigger.date) if _NAME.match(trigger.date) else None


def _cycle(text: str) -> When | None:
    found = _CYCLE.match(text)
    if found is None:
        return None
    moment, length = _moment(found[2] or ""), duration(found[3])
    if moment is not None and length is None:
        length = _between(moment, _moment(found[3]))
    if length is None or not (length.dated or length.time) or (found[2] and moment is None):
        return None
    return When(length, moment, times=int(found[1] or ENDLESS))


def _between(moment: datetime, end: datetime | None) -> Term | None:
    """The length of an interval by its two ends; None for one that ends before it begins, or where only one end names its offset."""
    if end is None or (moment.tzinfo is None) != (end.tzinfo is None) or end <= moment:
        return None
    return Term(time=end - moment)


def _moment(text: str) -> datetime | None:
    """A date (of the calendar, of a week, of a year) or a moment, with or without an offset; None for other text."""
    found = _MOMENT.match(text)
    if found is None:
        return None
    on, at, offset = found[1], (found[2] or "00:00").replace(",", "."), found[3] or ""
    next_day = re.fullmatch(r"24(:?00){0,2}(\.0+)?", at) is not None  # the end of a day
    try:
        text = _of_year(on) if _DAY_OF_YEAR.match(on) else on
        moment = datetime.fromisoformat(f"{text}T{'00:00' if next_day else at}{offset}")
        return moment + timedelta(days=next_day)
    except (ValueError, OverflowError):
        return None


_DAY_OF_YEAR = re.compile(r"(\d{4})-?(\d{3})\Z")


def _of_year(text: str) -> str:
    """A day of the year as a day of the calendar; raises ValueError for one that the year has not."""
    year, day = int(text[:4]), int(text[-3:])
    if not 1 <= day <= 365 + isleap(year):
        raise ValueError(text)
    return (date(year, 1, 1) + timedelta(days=day - 1)).isoformat()
