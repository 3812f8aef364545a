"""Days, weeks and months are those of the wall clock, hours pass as they are: against a walk through every minute of the time zone."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from orderway.people.rules import Calendar, Term, ahead_of, beginning, counted, due_at

MINUTE = timedelta(minutes=1)
# zones with their two changes of a year: at two in the morning, at midnight, by half an hour, and a day that did not exist
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 30)),
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 9, 24)),
    "Asia/Kolkata": (date(2026, 3, 29), date(2026, 10, 25)),
}


def on_the_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first minute at which the clock shows `wall`; where it never does, as long after the jump as `wall` is."""
    start = (wall - timedelta(hours=28)).replace(tzinfo=UTC)
    minutes = [start + n * MINUTE for n in range(56 * 60)]
    shown = [on_the_wall(minute, zone) for minute in minutes]
    if wall in shown:
        return minutes[shown.index(wall)]
    jump = next(at for at in range(1, len(shown)) if shown[at - 1] < wall < shown[at])
    return minutes[jump] + (wall - shown[jump - 1] - MINUTE)


def months_on(day: date, months: int) -> date:
    """A month after the other, by hand; the last day of a month that is too short."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        year, month = (year + 1, 1) if month > 12 else (year - 1, 12) if month < 1 else (year, month)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


terms = st.builds(
    Term,
    weeks=st.integers(0, 3),
    days=st.integers(0, 40),
    time=st.integers(0, 5_000).map(lambda n: n * MINUTE),
    months=st.integers(0, 14),
)


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[str, datetime, Term, int]:
    """A start from which the term leads to the days around a change of the clock."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    term, sign = draw(terms), draw(st.sampled_from((1, -1)))
    there = draw(st.sampled_from(CHANGES[zone])) + timedelta(days=draw(st.integers(-1, 1)))
    back = months_on(there - sign * timedelta(weeks=term.weeks, days=term.days), -sign * term.months)
    start = datetime.combine(back, datetime.min.time(), UTC) + draw(st.integers(-900, 2400)) * MINUTE
    return zone, start, term, sign


@settings(deadline=None)
@given(near_a_change())
@example(("Europe/Berlin", datetime(2026, 3, 28, 1, 30, tzinfo=UTC), Term(days=1), 1))
@example(("Europe/Berlin", datetime(2026, 10, 26, 1, 30, tzinfo=UTC), Term(days=1, time=MINUTE), -1))
def test_days_are_those_of_the_wall_clock_and_hours_pass(case: tuple[str, datetime, Term, int]) -> None:
    name, start, term, sign = case
    zone = ZoneInfo(name)
    wall = on_the_wall(start, zone)
    day = months_on(wall.date(), sign * term.months) + sign * timedelta(weeks=term.weeks, days=term.days)
    lands = moment_of(datetime.combine(day, wall.time()), zone) if term.dated else start
    assert counted(start, term, zone, sign) == lands + sign * term.time
    nowhere = Calendar(name)
    assert (due_at if sign > 0 else ahead_of)(start, term, nowhere) == lands + sign * term.time


@settings(deadline=None)
@given(st.sampled_from(sorted(CHANGES)), st.integers(-3, 3), st.booleans())
def test_a_day_begins_with_its_first_minute(name: str, days: int, spring: bool) -> None:
    zone = ZoneInfo(name)
    day = CHANGES[name][not spring] + timedelta(days=days)
    noon = datetime.combine(day, datetime.min.time(), UTC)
    minutes = [noon + n * MINUTE for n in range(-28 * 60, 28 * 60)]
    first = next((minute for minute in minutes if on_the_wall(minute, zone).date() == day), None)
    if first is None:  # the thirtieth of December 2011 did not come to Apia
        first = next(minute for minute in minutes if on_the_wall(minute, zone).date() > day)
    assert beginning(day, zone) == first
