"""When something is due: working hours, holidays and the night the clock changes, against a clerk who counts minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.people.rules import Calendar, Term, ahead_of, due_at

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = dict.fromkeys(range(1, 6), ((480, 720), (780, 1020)))  # 8 to 12 and 13 to 17
FRIDAY_SHORT = OFFICE | {5: ((480, 840),)}
HOUSE = Calendar("Europe/Berlin", FRIDAY_SHORT, frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def said(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%a %d.%m. %H:%M}"


@pytest.mark.parametrize(
    ("start", "term", "due"),
    [
        ("2026-11-23T09:00", Term(time=timedelta(hours=4)), "Mon 23.11. 14:00"),  # a lunch hour lies between
        ("2026-11-23T15:00", Term(time=timedelta(hours=4)), "Tue 24.11. 10:00"),
        (
            "2026-11-23T08:00",
            Term(time=timedelta(hours=4)),
            "Mon 23.11. 12:00",
        ),  # due when the morning ends, not after lunch
        ("2026-11-27T13:00", Term(time=timedelta(hours=2)), "Mon 30.11. 09:00"),  # on Fridays work ends at two
        ("2026-11-27T20:00", Term(days=1), "Tue 01.12. 08:00"),  # what comes in at night comes in when work begins
        ("2026-11-26T16:00", Term(days=1), "Fri 27.11. 14:00"),  # the same time, cut to the short Friday
        ("2026-12-24T10:00", Term(days=1), "Tue 29.12. 10:00"),  # two days off and a weekend
        ("2026-12-24T10:00", Term(weeks=1), "Thu 31.12. 10:00"),
        ("2026-12-24T10:00", Term(days=1, elapsed=True), "Fri 25.12. 10:00"),
        ("2026-11-23T09:00", Term(), "Mon 23.11. 09:00"),
    ],
)
def test_due_times_of_a_print_shop(start, term, due):
    assert said(due_at(at(start), term, HOUSE)) == due


def test_a_reminder_counts_working_time_backwards():
    assert said(ahead_of(at("2026-11-30T09:00"), Term(time=timedelta(hours=2)), HOUSE)) == "Fri 27.11. 13:00"
    assert said(ahead_of(at("2026-12-29T10:00"), Term(days=1), HOUSE)) == "Thu 24.12. 10:00"


def test_a_reminder_in_the_hour_that_the_clock_repeats_counts_from_its_second_time():
    sunday = Calendar("Australia/Lord_Howe", {7: ((34, 154),)})
    due = datetime(2026, 4, 4, 15, tzinfo=UTC)  # 01:30 for the second time
    assert ahead_of(due, Term(time=86 * MINUTE), sunday) == datetime(2026, 4, 4, 13, 34, tzinfo=UTC)


def test_a_house_without_hours_works_all_the_time():
    start = at("2026-11-28T23:00")
    assert due_at(start, Term(days=1, time=timedelta(hours=2)), Calendar()) == start + timedelta(hours=26)


def test_a_calendar_of_days_off_only_holds_nothing_up_for_ever():
    closed = Calendar("UTC", {1: ((0, 60),)}, frozenset(date(2026, 1, 5) + timedelta(weeks=n) for n in range(700)))
    start = datetime(2026, 1, 5, tzinfo=UTC)
    assert due_at(start, Term(time=timedelta(hours=1)), closed) == start + timedelta(hours=1)


# the nights in which the clock changes lie in March and October; Lord Howe changes by half an hour
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"])
DAYS = st.sampled_from(
    [date(2026, 3, 6), date(2026, 3, 27), date(2026, 4, 3), date(2026, 10, 2), date(2026, 10, 23), date(2026, 10, 30)]
)
SPANS = st.tuples(st.integers(0, 1300), st.integers(120, 700)).map(lambda s: ((s[0], min(1440, s[0] + s[1])),))


@st.composite
def calendars(draw):
    hours = draw(st.dictionaries(st.integers(1, 7), SPANS, min_size=1))
    off = draw(st.sets(st.integers(0, 6), max_size=2))
    day = draw(DAYS)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + draw(st.integers(0, 2879)) * MINUTE
    return Calendar(draw(ZONES), hours, frozenset(day + timedelta(days=n) for n in off)), start


def works(calendar: Calendar, moment: datetime) -> bool:
    """Whether somebody works in the minute that begins at this moment, by the clock on the wall."""
    wall = moment.astimezone(ZoneInfo(calendar.timezone))
    minute = wall.hour * 60 + wall.minute
    spans = calendar.hours.get(wall.isoweekday(), ()) if wall.date() not in calendar.holidays else ()
    return any(opens <= minute < closes for opens, closes in spans)


@given(calendars(), st.integers(1, 600))
@settings(max_examples=60, deadline=None)
def test_working_time_is_what_a_clerk_counts_minute_by_minute(case, minutes):
    calendar, start = case
    moment, left = start, minutes
    while left:
        left -= works(calendar, moment)
        moment += MINUTE
    assert due_at(start, Term(time=minutes * MINUTE), calendar) == moment
    while not works(calendar, moment - MINUTE):  # backwards: from the end of that work
        moment -= MINUTE
    left, back = minutes, moment
    while left:
        back -= MINUTE
        left -= works(calendar, back)
    assert ahead_of(moment, Term(time=minutes * MINUTE), calendar) == back


@given(calendars(), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_working_days_are_what_a_clerk_counts_on_the_wall(case, days):
    calendar, start = case
    if any(
        not calendar.spans(start.date() + timedelta(days=n))
        for n in range(-2, 90)
        if calendar.works_on(start.date() + timedelta(days=n))
    ):
        return  # the clock skips the whole of a working day: nothing to compare
    begun = start
    while not works(calendar, begun):
        begun += MINUTE
    zone = ZoneInfo(calendar.timezone)
    day, left = begun.astimezone(zone).date(), days
    while left:
        day += timedelta(days=1)
        left -= calendar.works_on(day)
    due = due_at(start, Term(days=days), calendar)
    assert works(calendar, due) or works(calendar, due - MINUTE), "within working time or at its end"
    assert (due - MINUTE).astimezone(zone).date() == day or due.astimezone(zone).date() == day
    wall = begun.astimezone(zone).replace(tzinfo=None).time()
    ((opens, closes),) = calendar.hours[day.isoweekday()]
    if (
        opens <= wall.hour * 60 + wall.minute <= closes
        and begun.astimezone(zone).utcoffset() == due.astimezone(zone).utcoffset()
    ):
        assert due.astimezone(zone).time() == wall
