"""Facts of Python and the database as values of FEEL, and back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .values import DAY, NANOS, NUMBERS, Date, DateTime, DaysTime, Time, Value, YearsMonths


def taken(fact: Any) -> Value:
    """A value of Python or the database as FEEL has it; raises TypeError for what FEEL has no value for, floats among them."""
    kind = type(fact)
    if kind is str or kind is Decimal or kind is bool or fact is None:
        return fact  # what is computed from a number is rounded to 34 digits, the fact itself stays as it is
    match fact:
        case None | bool() | str() | Date() | Time() | DateTime() | DaysTime() | YearsMonths():
            return fact
        case int():
            return NUMBERS.create_decimal(fact)
        case datetime():
            return DateTime(Date(fact.year, fact.month, fact.day), _time(fact.timetz(), fact))
        case date():
            return Date(fact.year, fact.month, fact.day)
        case time():
            return _time(fact, None)
        case timedelta():
            return DaysTime((fact.days * DAY + fact.seconds) * NANOS + fact.microseconds * 1_000)
        case Mapping():
            return {str(name): taken(one) for name, one in fact.items()}
        case list() | tuple():
            return [taken(one) for one in fact]
    if hasattr(fact, "invoke"):
        return fact
    raise TypeError(f"a rule has no value for {type(fact).__name__}")


def _time(of: time, at: datetime | None) -> Time:
    zone: int | str | None = None
    if isinstance(of.tzinfo, ZoneInfo):
        zone = of.tzinfo.key
    elif (offset := (at or of).utcoffset()) is not None:
        zone = int(offset.total_seconds())
    return Time(of.hour, of.minute, of.second, of.microsecond * 1_000, zone)


def given(value: Value) -> Any:
    """A value as Python and the database have it: dates within their years, a moment in UTC; a range or a function as text."""
    kind = type(value)
    if kind is str or kind is Decimal or kind is bool or value is None:
        return value
    match value:
        case Date(year, month, day):
            return date(year, month, day)
        case DateTime():
            return _moment(value)
        case Time(hour, minute, second, nano, _):
            return time(hour, minute, second, nano // 1_000)
        case DaysTime(nanos):
            return timedelta(microseconds=nanos // 1_000)
        case list():
            return [given(one) for one in value]
        case dict():
            return {name: given(one) for name, one in value.items()}
    from .builtins.conversion import text_of  # noqa: PLC0415  only for what has no value of Python

    return text_of(value)


def _moment(value: DateTime) -> datetime:
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value.local // 1_000)
    return local - timedelta(seconds=value.offset or 0)
