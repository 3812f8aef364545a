"""A house enters its hours and days off; what comes in from then on is due in working time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Reader
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands.calendars import Hours, SetCalendar, SetHoliday
from orderway.people.queries import calendar_of, calendars
from orderway.people.rules import Term, due_at

WEEK = [Hours(day, "08:00", "17:00") for day in range(1, 6)]


def of(shop, key=""):
    return calendars(Reader(system_actor(shop.company), clock.now()))[key]


def test_a_department_without_hours_has_the_companys(shop):
    assert of(shop, "warehouse").hours == {}, "nobody said anything: all the time"
    assert run("people.set_calendar", shop.administrator, [SetCalendar("", WEEK)]).ok
    assert of(shop).hours == of(shop, "warehouse").hours == dict.fromkeys(range(1, 6), ((480, 1020),))
    night = SetCalendar("production", [Hours(6, "22:00", "24:00")], "America/New_York")
    assert run("people.set_calendar", shop.administrator, [night]).ok
    assert of(shop, "production").hours == {6: ((1320, 1440),)}
    assert of(shop, "production").timezone == "America/New_York"
    assert of(shop, "warehouse").timezone == "Europe/Berlin"
    assert run("people.set_calendar", shop.administrator, [SetCalendar("production")]).ok
    assert of(shop, "production") == of(shop)
    assert of(shop.__class__(2, {}, {}, {}, {}, None)).hours == {}, "the neighbour's calendar is another one"


def test_days_off_are_the_companys_and_the_departments_own(shop):
    rows = [SetHoliday(date(2026, 12, 25), "Weihnachten"), SetHoliday(date(2026, 12, 28), "Inventur", "warehouse")]
    with clock.at(datetime(2026, 12, 1, tzinfo=UTC)):
        assert run("people.set_holidays", shop.administrator, rows).ok
        (id, _) = run("people.set_holidays", shop.administrator, [rows[0], SetHoliday(date(2026, 12, 26), "x")]).done
        assert of(shop).holidays == {date(2026, 12, 25), date(2026, 12, 26)}
        assert of(shop, "warehouse").holidays == {date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28)}
        shown = ask("people.calendar", shop.manager, department="warehouse")
        assert [(row.name, row.department) for row in shown.holidays] == [
            ("Weihnachten", ""), ("x", ""), ("Inventur", "warehouse"),
        ]  # fmt: skip
        assert run("people.drop_holidays", shop.administrator, [Ref(id)]).ok
        assert of(shop).holidays == {date(2026, 12, 26)}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (SetCalendar("nowhere", WEEK), "unknown-department"),
        (SetCalendar("", [Hours(1, "17:00", "08:00")]), "hours-not-possible"),
        (SetCalendar("", [Hours(8, "08:00", "17:00")]), "hours-not-possible"),
        (SetCalendar("", [Hours(1, "8 am", "17:00")]), "hours-not-possible"),
        (SetCalendar("", [Hours(1, "08:00", "24:30")]), "hours-not-possible"),
        (SetCalendar("", [Hours(1, "08:00", "12:00"), Hours(1, "11:00", "17:00")]), "hours-overlap"),
        (SetCalendar("warehouse", WEEK, "Mars/Olympus"), "unknown-timezone"),
    ],
)
def test_what_is_no_calendar_is_refused_by_name(shop, row, code):
    assert run("people.set_calendar", shop.administrator, [row]).refused[0].code == code


def test_only_an_administrator_sets_the_calendar(shop):
    assert run("people.set_calendar", shop.manager, [SetCalendar("", WEEK)]).refused[0].code == "not-allowed"


def test_a_thousand_due_times_ask_the_database_once(shop):
    run("people.set_calendar", shop.administrator, [SetCalendar("", WEEK)])
    calendar = of(shop)
    start = datetime(2026, 11, 20, 15, tzinfo=UTC)  # a Friday, four in the afternoon in Berlin
    assert due_at(start, Term(time=timedelta(hours=2)), calendar) == datetime(2026, 11, 23, 8, tzinfo=UTC)


def stamp(company: int) -> str:
    (row,) = fetch(
        "select stamp::text from calendar_stamp where company_id = %(company)s::bigint", {"company": company}
    )
    return str(row.stamp)


CHANGES = {
    "hours": lambda shop: run("people.set_calendar", shop.administrator, [SetCalendar("warehouse", WEEK)]),
    "a department's time zone": lambda shop: run(
        "people.set_calendar", shop.administrator, [SetCalendar("warehouse", WEEK, "Asia/Tokyo")]
    ),
    "no hours": lambda shop: run("people.set_calendar", shop.administrator, [SetCalendar("")]),
    "a day off": lambda shop: run("people.set_holidays", shop.administrator, [SetHoliday(date(2026, 12, 24), "x")]),
    "the company's time zone": lambda shop: fetch(
        "update company set timezone = 'Africa/Cairo' where id = %(company)s::bigint", {"company": shop.company}
    ),
    "a department more": lambda shop: fetch(
        "insert into department (company_id, key, name, timezone) values (%(company)s::bigint, 'new', 'New', 'Asia/Tokyo')",
        {"company": shop.company},
    ),
    "another key": lambda shop: fetch(
        "update department set key = 'old' where key = 'warehouse' and company_id = %(company)s::bigint",
        {"company": shop.company},
    ),
    "all hours at once": lambda _: [
        fetch(text, {}) for text in ("set constraints all immediate", "truncate working_hours")
    ],
    "hours of another company": lambda shop: fetch(
        "update working_hours set company_id = c.id from company c where c.id <> %(company)s::bigint",
        {"company": shop.company},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_calendar_is_kept_until_anything_of_it_changes(shop, change):
    reader = Reader(system_actor(shop.company), clock.now())
    keys = ["", "warehouse", "production", "new"]
    hours = [SetCalendar(key, [Hours(day, "06:00", "07:00")]) for day, key in ((1, ""), (2, "warehouse"))]
    assert run("people.set_calendar", shop.administrator, hours).ok
    before = stamp(shop.company)
    kept = {key: calendar_of(reader, key, before) for key in keys}
    assert all(calendar_of(reader, key, before) is kept[key] for key in keys)
    CHANGES[change](shop)
    assert stamp(shop.company) != before
    now = {key: calendar_of(reader, key, stamp(shop.company)) for key in keys}
    assert now != kept
    assert now == {key: calendar_of(reader, key) for key in keys}


def test_what_changes_elsewhere_leaves_a_house_alone(shop):
    before = stamp(shop.company)
    fetch("update company set timezone = 'Africa/Cairo' where id <> %(company)s::bigint", {"company": shop.company})
    assert stamp(shop.company) == before
