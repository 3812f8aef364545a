"""The values of FEEL that Python has no exact twin for, and the numbers' own decimal context.

Source: OMG DMN 1.5 (formal/24-01-01), clause 10.3.2.3. null, boolean, string, number, list and context are None, bool, str,
Decimal, list and dict; dates and times are not Python's because FEEL has years from -999,999,999 to 999,999,999, nanoseconds and
times with a zone. All values are immutable by custom: nothing changes a list or a context after it was made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

Value = Any
NUMBERS = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
"""IEEE 754-2008 decimal128, as clause 10.3.2.3.1 asks: 34 digits, half even."""
NANOS = 1_000_000_000
DAY = 86_400
MOST_YEARS = 999_999_999


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, for any year."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def date_of(days: int) -> "Date":
    """The date `days` after 1970-01-01; the inverse of `days_of`."""
    era, of_era = divmod(days + 719_468, 146_097)
    years = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    turned = (5 * of_year + 2) // 153
    month = turned + (3 if turned < 10 else -9)
    return Date(years + era * 400 + (month <= 2), month, of_year - (153 * turned + 2) // 5 + 1)


def month_length(year: int, month: int) -> int:
    """Days of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day; ordered as days are."""

    year: int
    month: int
    day: int

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return days_of(self.year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; `zone` is an offset in seconds, the name of a zone, or None for local time."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    zone: int | str | None = None

    @property
    def seconds(self) -> int:
        """Whole seconds since midnight."""
        return self.hour * 3_600 + self.minute * 60 + self.second


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day and a time of it; the time carries the zone."""

    date: Date
    time: Time

    @property
    def local(self) -> int:
        """Nanoseconds since 1970-01-01T00:00 on the local clock."""
        return (self.date.days * DAY + self.time.seconds) * NANOS + self.time.nano

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC at this moment, None for local time."""
        zone = self.time.zone
        return _offset(zone, self.date, self.time.seconds) if isinstance(zone, str) else zone


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The rules of a zone of the IANA data base; raises KeyError for an unknown name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as unknown:
        raise KeyError(name) from unknown


def _offset(zone: str, date: Date, seconds: int) -> int:
    # zones have no rules outside Python's years: 400 years are one turn of the calendar, so a near twin of the year answers
    year = date.year if 1 < date.year < 9_999 else 2_000 + date.year % 400
    moment = datetime(year, date.month, date.day, tzinfo=zone_named(zone)) + timedelta(seconds=seconds)
    return int((moment.utcoffset() or timedelta()).total_seconds())


@dataclass(frozen=True, slots=True, order=True)
class DaysTime:
    """A days and time duration, in nanoseconds."""

    nanos: int


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, in months."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """Everything between two ends. `sign` is that of a unary test it was made of: its other end lies in infinity.

    A null end without a sign is not known, so nothing is known to lie within. `!=` is everything but its two equal ends.
    """

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool
    sign: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value: `call` takes the arguments in the order of `names`; compared by identity.

    `kinds` are the types of the parameters and `gives` the type of the result (`types.Kind` or None where nothing is said).
    """

    names: tuple[str, ...]
    call: Callable[[list[Value]], Value]
    kinds: tuple[Any, ...] = ()
    gives: Any = None

    def invoke(self, arguments: list[Value]) -> Value:
        """The result for as many arguments as there are names, null for another count."""
        return self.call(arguments) if len(arguments) == len(self.names) else None

    def invoke_named(self, arguments: Mapping[str, Value]) -> Value:
        """The result for arguments by name; a name too many or missing gives null."""
        if set(arguments) != set(self.names):
            return None
        return self.call([arguments[name] for name in self.names])


def number(of: int | str | Decimal) -> Decimal:
    """A number rounded to 34 digits."""
    return NUMBERS.create_decimal(of)
