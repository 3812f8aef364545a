"""When the demo company works, and who is away: hours, the year's days off, time off asked for and granted."""

from datetime import date, datetime, timedelta

from orderway.kernel import clock
from orderway.kernel.access import Actor
from orderway.people.commands.absences import DecideAbsence, RequestAbsence
from orderway.people.commands.calendars import Hours, SetCalendar, SetHoliday

from .house import House, did, moment, working_day_after

WEEK = range(1, 6)
OFFICE = [Hours(day, "07:30", "17:00") for day in WEEK]
SHIFTS = [Hours(day, "06:00", "22:00") for day in WEEK]  # the press room


def open_hours(boss: Actor, day: date) -> None:
    """The company's hours, those of the press room, and the days off of this year and the next that lie on fixed dates (Bavaria)."""
    did("people.set_calendar", boss, [SetCalendar("", OFFICE), SetCalendar("production", SHIFTS)], "demo/hours")
    off = [SetHoliday(*free) for year in (day.year, day.year + 1) for free in _days_off(year)]
    did("people.set_holidays", boss, off, "demo/days-off")


def _days_off(year: int) -> list[tuple[date, str]]:
    return [
        (date(year, 1, 1), "Neujahr"),
        (date(year, 1, 6), "Heilige Drei Könige"),
        (date(year, 5, 1), "Tag der Arbeit"),
        (date(year, 8, 15), "Mariä Himmelfahrt"),
        (date(year, 10, 3), "Tag der Deutschen Einheit"),
        (date(year, 11, 1), "Allerheiligen"),
        (date(year, 12, 25), "1. Weihnachtstag"),
        (date(year, 12, 26), "2. Weihnachtstag"),
    ]


def take_time_off(house: House, now: datetime) -> None:
    """One is away today and a colleague stands in, one will be, and one has asked and waits for the answer."""
    jana, tobias = (house.people[mail] for mail in ("jana.petersen", "tobias.wendler"))
    lena, milan = (house.people[mail] for mail in ("lena.schramm", "milan.novak"))
    today = now.date()
    soon, later = working_day_after(today, 6), working_day_after(today, 15)
    asked = [
        (milan, RequestAbsence(today, today + timedelta(days=3), jana.id, lena.id, "training", "Staplerschein")),
        (tobias, RequestAbsence(soon, soon + timedelta(days=4), jana.id, jana.id)),
        (lena, RequestAbsence(later, later + timedelta(days=7), jana.id, milan.id)),
    ]
    with clock.at(min(now, moment(today, 7, 45))):
        ids = [did("people.request_absence", who, [row], f"demo/absence/{who.id}").done[0] for who, row in asked]
        did("people.decide_absence", jana, [DecideAbsence(id) for id in ids[:2]], "demo/absences")
