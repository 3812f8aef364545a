"""Functions of dates and times. Source: OMG DMN 1.5, clauses 10.3.4.6 and 10.3.4.8. `now` and `today` are given by who evaluates."""

from ..comparing import equal
from ..values import Date, DateTime, Time, Value, days_of, number
from .registry import builtin

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _day(of: Date | DateTime) -> Date:
    return of.date if isinstance(of, DateTime) else of


@builtin("day of year(date: date|date and time)")
def day_of_year(date: Date | DateTime) -> Value:
    """The day's number in its year, from 1."""
    day = _day(date)
    return number(day.days - days_of(day.year, 1, 1) + 1)


@builtin("day of week(date: date|date and time)")
def day_of_week(date: Date | DateTime) -> Value:
    """The English name of the weekday."""
    return _DAYS[(_day(date).days + 3) % 7]


@builtin("month of year(date: date|date and time)")
def month_of_year(date: Date | DateTime) -> Value:
    """The English name of the month."""
    return _MONTHS[_day(date).month - 1]


@builtin("week of year(date: date|date and time)")
def week_of_year(date: Date | DateTime) -> Value:
    """The week's number by ISO 8601."""
    day = _day(date)
    thursday = day.days - (day.days + 3) % 7 + 3
    first = day.year
    if thursday < days_of(first, 1, 1):
        first -= 1
    elif thursday >= days_of(first + 1, 1, 1):
        first += 1
    return number((thursday - days_of(first, 1, 1)) // 7 + 1)


@builtin("is(value1: any, value2: any)")
def is_(first: Value, second: Value) -> Value:
    """Whether two values are the same in kind and in every part, the zone's name included."""
    if type(first) is not type(second):
        return False
    if isinstance(first, Time | DateTime):
        return bool(first == second)
    return equal(first, second) is True


@builtin("now()")
def now() -> Value:
    """The moment of the evaluation; null where none is given."""
    return None


@builtin("today()")
def today() -> Value:
    """The day of the evaluation; null where none is given."""
    return None
