"""Conversions. Source: OMG DMN 1.5, clause 10.3.4.1; `string` of lists and contexts writes what could be read again."""

import re
from decimal import Decimal

from ..temporal import as_text, date_from, date_time_from, duration_from, made_date, made_time, time_from
from ..values import NANOS, Date, DateTime, DaysTime, Range, Time, Value, YearsMonths, number
from .registry import builtin

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def text_of(value: Value, inside: bool = False) -> str:
    """A value as `string` writes it; strings inside of lists and contexts stand in quotes."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if inside else value
        case Decimal():
            return format(value, "f") if value else "0" + format(abs(value), "f")[1:]
        case list():
            return "[" + ", ".join(text_of(one, True) for one in value) + "]"
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {text_of(one, True)}" for key, one in value.items()) + "}"
        case Range():
            return _range_text(value)
        case Date() | Time() | DateTime() | DaysTime() | YearsMonths():
            return f'@"{as_text(value)}"' if inside and not isinstance(value, str) else as_text(value)
        case _:
            return "function"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d][\w ]*", key) else text_of(key, True)


def _range_text(value: Range) -> str:
    if value.sign:
        return f"({value.sign} {text_of(value.high if value.sign[0] == '<' else value.low, True)})"
    ends = f"{text_of(value.low, True)}..{text_of(value.high, True)}"
    return f"{'[' if value.low_closed else '('}{ends}{']' if value.high_closed else ')'}"


@builtin("string(from: any)")
def string(of: Value) -> Value:
    """A value as text; null stays null."""
    return None if of is None else text_of(of)


@builtin("number(from: string)")
def number_from(text: str) -> Value:
    """The number a text states, with a point before its decimals."""
    return number(text) if _NUMBER.fullmatch(text) else None


@builtin("number(from: string, grouping separator: any, decimal separator: any)")
def number_separated(text: str, grouping: Value, point: Value) -> Value:
    """The number a text states; groups by space, comma, point or null, decimals behind a point, a comma or null."""
    if grouping not in (" ", ",", ".", None) or point not in (",", ".", None) or (grouping and grouping == point):
        return None
    plain = text.replace(grouping, "") if grouping else text
    if point == "," and "." in plain:
        return None
    return number_from(plain.replace(point, ".") if point else plain)


@builtin("date(from: string)")
def date_of_text(text: str) -> Value:
    """The date a text states."""
    return date_from(text)


@builtin("date(from: date|date and time)")
def date_of_moment(of: Date | DateTime) -> Value:
    """The day of a date and time."""
    return of.date if isinstance(of, DateTime) else of


@builtin("date(year: number, month: number, day: number)")
def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> Value:
    """The date of its parts."""
    return made_date(int(year), int(month), int(day))


@builtin("date and time(from: string)")
def date_time_of_text(text: str) -> Value:
    """The date and time a text states; a date alone is its midnight."""
    return date_time_from(text)


@builtin("date and time(from: date and time)")
def date_time_same(of: DateTime) -> Value:
    """The same date and time."""
    return of


@builtin("date and time(date: date|date and time, time: time)")
def date_time_of_both(date: Date | DateTime, time: Time) -> Value:
    """A day and a time of it."""
    return DateTime(date.date if isinstance(date, DateTime) else date, time)


@builtin(
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number, offset?: any)"
)
def date_time_of_parts(
    year: Decimal, month: Decimal, day: Decimal, hour: Decimal, minute: Decimal, second: Decimal, zone: Value = None
) -> Value:
    """The date and time of its parts; the offset is a duration or the name of a zone."""
    date, time = date_of_parts(year, month, day), time_of_parts(hour, minute, second, zone)
    return DateTime(date, time) if date and time else None


@builtin("time(from: string)")
def time_of_text(text: str) -> Value:
    """The time a text states."""
    return time_from(text)


@builtin("time(from: time|date and time|date)")
def time_of_moment(of: Time | DateTime | Date) -> Value:
    """The time of a date and time; that of a date is its midnight in UTC."""
    return Time(0, 0, 0, 0, 0) if isinstance(of, Date) else of.time if isinstance(of, DateTime) else of


@builtin("time(hour: number, minute: number, second: number, offset?: any)")
def time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: Value = None) -> Value:
    """The time of its parts; the offset is a duration or the name of a zone."""
    zone = offset.nanos // NANOS if isinstance(offset, DaysTime) else offset
    if not (zone is None or isinstance(zone, int | str)) or second < 0:
        return None
    return made_time(int(hour), int(minute), int(second), int(second % 1 * NANOS), zone)


@builtin("duration(from: string)")
def duration(text: str) -> Value:
    """The duration a text states: days and time, or years and months."""
    return duration_from(text)


@builtin("duration(from: duration)")
def duration_same(of: DaysTime | YearsMonths) -> Value:
    """The same duration."""
    return of


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_and_months(start: Date | DateTime, end: Date | DateTime) -> Value:
    """The whole months between two days, negative when the second is earlier."""
    first = start.date if isinstance(start, DateTime) else start
    second = end.date if isinstance(end, DateTime) else end
    months = (second.year - first.year) * 12 + second.month - first.month
    if months > 0 and second.day < first.day:
        months -= 1
    elif months < 0 and second.day > first.day:
        months += 1
    return YearsMonths(months)
