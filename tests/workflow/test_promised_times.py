"""What is due when, and how much was kept: a hundred work items against a clerk who counts minutes, and a report counted again."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from workflow_trial import SYSTEM, drawing, flows, publish, trials, work

from orderway.kernel import clock
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands.calendars import Hours, SetCalendar, SetHoliday
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.work import CompleteWork

pytestmark = pytest.mark.usefixtures("trial")
BERLIN = ZoneInfo("Europe/Berlin")
OFF = {date(2026, 12, 25), date(2026, 12, 28), date(2026, 11, 2)}
WEEK = {1: ((8, 12), (13, 17)), 2: ((8, 12), (13, 17)), 3: ((8, 12),), 4: ((8, 12), (13, 19)), 5: ((7, 14),)}
MINUTE = timedelta(minutes=1)


def at_work(moment):
    """Whether the print shop works in this minute, by the clock on its wall."""
    wall = moment.astimezone(BERLIN)
    hours = WEEK.get(wall.isoweekday(), ()) if wall.date() not in OFF else ()
    return any(first <= wall.hour < last for first, last in hours)


def counted(start, hours):
    """The moment after so many working hours, counted minute by minute."""
    moment, left = start, hours * 60
    while left:
        left -= at_work(moment)
        moment += MINUTE
    return moment


def test_a_hundred_work_items_are_due_when_a_clerk_says(shop):
    hours = [Hours(day, f"{a:02}:00", f"{b:02}:00") for day, spans in WEEK.items() for a, b in spans]
    assert run("people.set_calendar", shop.administrator, [SetCalendar("", hours)]).ok
    holidays = [SetHoliday(one, "Off") for one in sorted(OFF)]
    assert run("people.set_holidays", shop.administrator, holidays).ok
    chance = random.Random(20261122)
    lengths = [1, 2, 3, 5, 8, 13, 21, 34, 40, 55]
    maps = {f"due_{n}": n for n in lengths}
    publish(*[drawing(work("a").replace("P1D", f"PT{n}H") + flows("s a e"), key) for key, n in maps.items()])
    seen = 0
    for _ in range(10):
        # around the night in which the clock goes back, and around Christmas
        first = chance.choice([datetime(2026, 10, 22, tzinfo=UTC), datetime(2026, 12, 21, tzinfo=UTC)])
        start = first + chance.randrange(6 * 24 * 60) * MINUTE
        with clock.at(start):
            rows = [StartMap(key, id) for key, id in zip(maps, trials(len(maps)), strict=True)]
            roots = run("workflow.start", SYSTEM, rows).done
        found = fetch(
            "select d.key, w.due_at from work_item w join process_definition d on d.id = w.definition_id"
            " where w.instance_id = any(%(roots)s::bigint[])",
            {"roots": list(roots)},
        )
        for row in found:
            assert row.due_at == counted(start, maps[row.key]), (start, maps[row.key])
            seen += 1
    assert seen == 100


def percent(met: int, all: int) -> int:
    """Rounded half up, and never 100 while one was late."""
    rounded = int((Decimal(100 * met) / all).quantize(Decimal(1), ROUND_HALF_UP))
    return rounded if met == all else min(rounded, 99)


def test_the_share_in_time_is_what_a_recount_gives(shop):
    chance = random.Random(7)
    key, monday = "kept", datetime(2026, 6, 1, 8, tzinfo=UTC)
    publish(drawing(work("a", role="accountant") + flows("s a e"), key))
    ledger = []  # ours: the month it was due in, and when it was done, if it was
    for n in range(80):
        start = monday + timedelta(days=n)
        with clock.at(start):
            (root,) = run("workflow.start", SYSTEM, [StartMap(key, trials()[0])]).done
            (item,) = fetch("select id, due_at from work_item where instance_id = %(id)s", {"id": root})
        done = start + timedelta(hours=chance.choice([2, 20, 30, 200])) if chance.random() < 0.8 else None
        ledger.append((item.id, item.due_at, done))
    now = monday + timedelta(days=120)
    for id, _due, done in ledger:
        if done:
            with clock.at(done):
                assert run("workflow.complete", shop.accountant, [CompleteWork(id)]).ok
    met, all_ = Counter(), Counter()
    for _id, due, done in ledger:
        month = due.astimezone(BERLIN).strftime("%Y-%m")
        all_[month] += 1
        met[month] += done is not None and done <= due
    with clock.at(now):
        rows = [row for row in ask("workflow.compliance", shop.manager, map=key) if row.node == "a"]
    assert {f"{row.month:%Y-%m}": row.share for row in rows} == {m: percent(met[m], all_[m]) for m in all_}
    assert len(rows) == len(all_) > 2
    assert sum(row.met for row in rows) == sum(met.values())


def test_who_agrees_beside_is_not_counted_as_a_second_step(shop):
    key, start = "counted_once", datetime(2026, 6, 1, 8, tzinfo=UTC)
    publish(drawing(work("a", role="accountant") + flows("s a e"), key))
    with clock.at(start):
        row = StartMap(key, trials()[0], approver=shop.planner.id, step="a")
        (root,) = run("workflow.start", shop.warehouse, [row]).done
        for actor, outcome in ((shop.accountant, "done"), (shop.planner, "agree")):
            (item,) = fetch("select id from work_item where instance_id = %(id)s and state = 'open'", {"id": root})
            assert run("workflow.complete", actor, [CompleteWork(item.id, outcome)]).ok
        (kept,) = [one for one in ask("workflow.compliance", shop.manager, map=key) if one.node == "a"]
    assert (kept.met, kept.late, kept.overdue) == (1, 0, 0)
