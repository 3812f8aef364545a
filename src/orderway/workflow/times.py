"""What a timer of a drawing says, read once: a length, a moment, a fact that holds one, or a cycle.

Days, weeks, months and years are those of a time zone, hours pass as they are. Source: ISO 8601-1:2019, 5.5.2 durations and 5.6 recurring
intervals; BPMN 2.0.2 (formal/13-12-09), clause 10.5.5.2, timerEventDefinition.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from orderway.people.rules import Term, beginning, counted

from .care import term
from .drawn import Trigger

_CYCLE = re.compile(r"R(\d*)/(?:([^/]+)/)?(P[^/]+)\Z")
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
    length = duration(found[3]) if found else None
    if found is None or length is None or not (length.dated or length.time):
        return None
    moment = _moment(found[2]) if found[2] else None
    if found[2] and moment is None:
        return None
    return When(length, moment, times=int(found[1]) if found[1] else ENDLESS)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
