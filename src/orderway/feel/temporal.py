"""Dates, times and durations as text, their properties and their sums.

Source: OMG DMN 1.5, clauses 10.3.2.3.3 to 10.3.2.3.8 (the values), 10.3.2.5 table 62 (the sums) and table 65 (the properties);
the texts are those of XML Schema part 2 with a zone's name after @.
"""

import re
from decimal import Decimal

from .values import (
    DAY,
    MOST_YEARS,
    NANOS,
    Date,
    DateTime,
    DaysTime,
    Range,
    Time,
    Value,
    YearsMonths,
    date_of,
    month_length,
    number,
    zone_named,
)  # fmt: skip

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
_ZONE = r"(?:([Zz])|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+\-/]+))?"
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?" + _ZONE, re.ASCII)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,18})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d*))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,18})Y)?(?:(\d{1,18})M)?", re.ASCII)
FARTHEST = 18 * 3_600


def date_from(text: str) -> Date | None:
    """A date like 2026-01-31."""
    found = _DATE.fullmatch(text)
    return made_date(*(int(part) for part in found.groups())) if found else None


def made_date(year: int, month: int, day: int) -> Date | None:
    """The date, when there is such a day."""
    if not (abs(year) <= MOST_YEARS and 1 <= month <= 12 and 1 <= day <= month_length(year, month)):
        return None
    return Date(year, month, day)


def made_time(hour: int, minute: int, second: int, nano: int, zone: int | str | None) -> Time | None:
    """The time, when there is such a time and zone."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    if isinstance(zone, int) and abs(zone) > FARTHEST:
        return None
    if isinstance(zone, str):
        try:
            zone_named(zone)
        except KeyError:
            return None
    return Time(hour, minute, second, nano, zone)


def time_from(text: str) -> Time | None:
    """A time like 10:30:00, with Z, an offset or @zone behind it when it is not local."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, second, fraction, utc, sign, hours, minutes, seconds, name = found.groups()
    zone: int | str | None = name
    if utc:
        zone = 0
    elif sign:
        if int(minutes) > 59 or int(seconds or 0) > 59:
            return None
        zone = (int(hours) * 3_600 + int(minutes) * 60 + int(seconds or 0)) * (-1 if sign == "-" else 1)
    return made_time(int(hour), int(minute), int(second), int((fraction or "").ljust(9, "0")[:9]), zone)


def date_time_from(text: str) -> DateTime | None:
    """A date, T and a time; a date alone is its first moment."""
    day, parted, hour = text.partition("T")
    date, time = date_from(day), time_from(hour) if parted else Time(0, 0, 0)
    return DateTime(date, time) if date and time else None


def duration_from(text: str) -> DaysTime | YearsMonths | None:
    """A duration like P1DT2H or P1Y6M."""
    if (found := _DAYS.fullmatch(text)) and any(found.groups()[1:]):
        sign, days, hours, minutes, seconds, fraction = found.groups()
        whole = int(days or 0) * DAY + int(hours or 0) * 3_600 + int(minutes or 0) * 60 + int(seconds or 0)
        nanos = whole * NANOS + int((fraction or "").ljust(9, "0")[:9])
        return DaysTime(-nanos if sign else nanos)
    if (found := _MONTHS.fullmatch(text)) and any(found.groups()[1:]):
        months = int(found.group(2) or 0) * 12 + int(found.group(3) or 0)
        return YearsMonths(-months if found.group(1) else months)
    return None


def temporal(text: str) -> Value:
    """What @"text" is; null when it is nothing (rule 64)."""
    if "T" in text and "-" in text and not text.startswith(("P", "-P")):
        return date_time_from(text)
    return date_from(text) or time_from(text) or duration_from(text)


def as_text(value: Value) -> str:
    """A date, time or duration as `string` writes it."""
    match value:
        case Date(year, month, day):
            return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"
        case DateTime(date, time):
            return f"{as_text(date)}T{as_text(time)}"
        case Time(hour, minute, second, nano, zone):
            part = f".{nano:09}".rstrip("0") if nano else ""
            return f"{hour:02}:{minute:02}:{second:02}{part}{_zone_text(zone)}"
        case YearsMonths(months):
            years, left = divmod(abs(months), 12)
            text = (f"{years}Y" if years else "") + (f"{left}M" if left else "")
            return f"{'-' if months < 0 else ''}P{text or '0M'}"
        case _:
            return _days_text(value)


def _zone_text(zone: int | str | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, str):
        return "@" + zone
    if zone == 0:
        return "Z"
    hours, left = divmod(abs(zone), 3_600)
    minutes, seconds = divmod(left, 60)
    return f"{'-' if zone < 0 else '+'}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def _days_text(value: DaysTime) -> str:
    whole, nano = divmod(abs(value.nanos), NANOS)
    days, left = divmod(whole, DAY)
    hours, left = divmod(left, 3_600)
    minutes, seconds = divmod(left, 60)
    part = f"{seconds}" + (f".{nano:09}".rstrip("0") if nano else "")
    hour = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{part}S" if seconds or nano else "")
    text = (f"{days}D" if days else "") + (f"T{hour}" if hour else "")
    return f"{'-' if value.nanos < 0 else ''}P{text or 'T0S'}"


def instant(value: DateTime) -> int:
    """Nanoseconds since 1970-01-01T00:00Z; local time counts as UTC (as clause 10.3.2.3.5 orders values)."""
    return value.local - (value.offset or 0) * NANOS


def from_local(nanos: int, zone: int | str | None) -> DateTime | None:
    """The inverse of `DateTime.local` in a zone; null beyond the last year."""
    seconds, nano = divmod(nanos, NANOS)
    days, left = divmod(seconds, DAY)
    date = date_of(days)
    if abs(date.year) > MOST_YEARS:
        return None
    return DateTime(date, Time(left // 3_600, left // 60 % 60, left % 60, nano, zone))


def plus_months(value: Date, months: int) -> Date | None:
    """The same day of another month, or its last day."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if abs(year) > MOST_YEARS:
        return None
    return Date(year, month + 1, min(value.day, month_length(year, month + 1)))


def plus(value: Value, duration: DaysTime | YearsMonths) -> Value:
    """A date, date and time or time moved by a duration; null where table 62 knows no such sum."""
    match value, duration:
        case Date(), YearsMonths(months):
            return plus_months(value, months)
        case DateTime(date, time), YearsMonths(months):
            moved = plus_months(date, months)
            return DateTime(moved, time) if moved else None
        case Date(), DaysTime(nanos):
            # a date is the first moment of its day (table 62); the sum is the day of the moment
            found = from_local(value.days * DAY * NANOS + nanos, None)
            return found.date if found else None
        case DateTime(), DaysTime(nanos):
            return from_local(value.local + nanos, value.time.zone)
        case Time(), DaysTime(nanos):
            found = from_local((value.seconds * NANOS + value.nano + nanos) % (DAY * NANOS), value.zone)
            return found.time if found else None
    return None


def minus(left: Value, right: Value) -> DaysTime | None:
    """The duration between two dates, dates and times, or times; null where one has a zone and the other has none."""
    match left, right:
        case (Date() | DateTime(), Date() | DateTime()):
            first, second = first_moment(left), first_moment(right)
            one_is_date = isinstance(left, Date) or isinstance(right, Date)
            if not one_is_date and (first.offset is None) is not (second.offset is None):
                return None
            return DaysTime(instant(first) - instant(second))
        case Time(), Time():
            if (left.zone is None) is not (right.zone is None):
                return None
            return DaysTime(_of_day(left) - _of_day(right))
    return None


def first_moment(value: Date | DateTime) -> DateTime:
    """A date is its midnight in UTC where a moment is asked for (clause 10.3.2.3.5)."""
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0, 0, 0))


def _of_day(value: Time) -> int:
    offset = DateTime(Date(1970, 1, 1), value).offset or 0
    return (value.seconds - offset) * NANOS + value.nano


def member(value: Value, name: str) -> Value:
    """A property of table 65, numbers as numbers; null where there is none."""
    match value:
        case Date():
            return _of_date(value, name)
        case DateTime(date, time):
            found = _of_date(date, name)
            return _of_time(time, name, value.offset) if found is None else found
        case Time():
            return _of_time(value, name, DateTime(Date(1970, 1, 1), value).offset)
        case YearsMonths(months):
            sign = -1 if months < 0 else 1
            parts = {"years": abs(months) // 12 * sign, "months": abs(months) % 12 * sign}
            return number(parts[name]) if name in parts else None
        case DaysTime(nanos):
            return _of_days(nanos, name)
        case Range():
            return _of_range(value, name)
    return None


def _of_range(value: Range, name: str) -> Value:
    return {
        "start": value.low, "end": value.high, "start included": value.low_closed, "end included": value.high_closed,
    }.get(name)  # fmt: skip


def _of_date(value: Date, name: str) -> Decimal | None:
    if name == "weekday":
        return number((value.days + 3) % 7 + 1)
    return number(getattr(value, name)) if name in ("year", "month", "day") else None


def _of_time(value: Time, name: str, offset: int | None) -> Value:
    if name in ("hour", "minute", "second"):
        return number(getattr(value, name))
    if name == "time offset":
        return None if offset is None else DaysTime(offset * NANOS)
    if name == "timezone":
        return value.zone if isinstance(value.zone, str) else None
    return None


def _of_days(nanos: int, name: str) -> Decimal | None:
    sign, whole = (-1 if nanos < 0 else 1), abs(nanos) // NANOS
    parts = {"days": whole // DAY, "hours": whole // 3_600 % 24, "minutes": whole // 60 % 60}
    if name == "seconds":
        return number(Decimal(abs(nanos) % (60 * NANOS)) / NANOS * sign)
    return number(parts[name] * sign) if name in parts else None
