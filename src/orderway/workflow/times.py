"""What a timer of a drawing says, read once: a length, a moment, a fact that holds one, or a cycle.

Source: ISO 8601-1:2019, 5.5.2 durations and 5.6 recurring intervals; BPMN 2.0.2 (formal/13-12-09), clause 10.5.5.2, timerEventDefinition.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from .drawn import Trigger

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")
_CYCLE = re.compile(r"R(\d*)/(?:([^/]+)/)?(P[^/]+)\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z", re.IGNORECASE)
ENDLESS = -1


@dataclass(frozen=True, slots=True)
class When:
    """A timer rings `length` after it is set, or at `moment`, or at what the fact or field `name` holds; `times` in all
    (ENDLESS: again and again), each `length` after the one before."""

    length: timedelta = timedelta()
    moment: datetime | None = None
    name: str = ""
    times: int = 1

    def first(self, now: datetime, named: date | datetime | None = None) -> datetime | None:
        """When it rings first if it is set at `now` (aware); None when the named fact holds nothing. A date is its midnight in UTC."""
        if self.name:
            return as_moment(named)
        return self.moment or now + self.length


def as_moment(value: date | datetime | None) -> datetime | None:
    """A date or a moment as an aware moment."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


def duration(text: str) -> timedelta | None:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds; None for other text (months have no fixed length)."""
    found = _DURATION.match(text)
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


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
    if found is None or not length:
        return None
    moment = _moment(found[2]) if found[2] else None
    if found[2] and moment is None:
        return None
    return When(length, moment, times=int(found[1]) if found[1] else ENDLESS)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
