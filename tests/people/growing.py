"""n good rows for the commands about persons and their programs."""

from datetime import date, timedelta

from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.people.commands import IssueToken, Prefer, SetPassword, SetSkills
from orderway.people.commands.absences import DecideAbsence, RequestAbsence
from orderway.people.commands.calendars import Hours, SetCalendar, SetHoliday


def _tokens(shop, n):
    return [IssueToken(f"program {i}", ["orders.place"], person=shop.manager.id) for i in range(n)]


def _days_off(shop, n):
    return [SetHoliday(date(2026, 1, 1) + timedelta(days=i), f"day {i}") for i in range(n)]


def _absences(shop, n):
    first = date(2100, 1, 1) + timedelta(days=400 * n)
    return [
        RequestAbsence(
            first + timedelta(days=i),
            first + timedelta(days=i),
            shop.manager.id,
            shop.planner.id,
            person=shop.quality.id,
        )
        for i in range(n)
    ]


def _asked_for(shop, n):
    return list(run("people.request_absence", system_actor(shop.company), _absences(shop, n)).done)


CASES = {
    "people.request_absence": _absences,
    "people.decide_absence": lambda shop, n: [DecideAbsence(id) for id in _asked_for(shop, n)],
    "people.withdraw_absence": lambda shop, n: [Ref(id) for id in _asked_for(shop, n)],
    "people.issue_token": _tokens,
    "people.revoke_token": lambda shop, n: [
        Ref(id) for id in run("people.issue_token", system_actor(shop.company), _tokens(shop, n)).done
    ],
    "people.set_calendar": lambda _, n: [SetCalendar("warehouse", [Hours(1, "08:00", "12:00")])] * n,
    "people.set_holidays": _days_off,
    "people.drop_holidays": lambda shop, n: [
        Ref(id) for id in run("people.set_holidays", shop.administrator, _days_off(shop, n)).done
    ],
    "people.prefer": lambda _, n: [Prefer("de", "dark")] * n,
    "people.set_skills": lambda shop, n: [
        SetSkills(shop.quality.id, [f"skill {n}.{at}" for at in range(i, i + 3)]) for i in range(n)
    ],
    "people.set_password": lambda shop, n: [SetPassword(shop.manager.id, "hashed already")] * n,
}
