"""Timers go by the clock on the wall of the company or the department: days begin there, and the nights of change are no exception."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workflow_trial import SYSTEM, drawing, flow, flows, log, publish, standing, step, trials, work

from orderway.kernel import clock
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.people.rules import counted
from orderway.workflow.commands.proceed import StartMap, drain
from orderway.workflow.drawn import Trigger
from orderway.workflow.times import ENDLESS, When, read_when

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def pause(kind: str, text: str) -> str:
    return f'<intermediateCatchEvent id="p">{timer(kind, text)}</intermediateCatchEvent>'


def rings(id: int, moment: datetime) -> None:
    """A subject that stands at its timer goes on at that minute and not one earlier."""
    with clock.at(moment - MINUTE):
        drain()
        assert standing(id) == [("p", "waiting")]
    with clock.at(moment):
        drain()
        assert (log(id), standing(id)) == (["a"], [])


@pytest.mark.parametrize(
    ("kind", "text", "moment"),
    [
        ("timeDate", "ready_on", "2026-04-02T00:00"),
        ("timeDate", "2026-04-02", "2026-04-02T00:00"),
        ("timeDate", "2026-04-02T14:30", "2026-04-02T14:30"),
        ("timeDate", "2026-04-02T14:30:00Z", "2026-04-02T16:30"),
        ("timeDuration", "P3D", "2026-03-30T08:00"),
        ("timeDuration", "P1M", "2026-04-27T08:00"),
        ("timeDuration", "P1WT1H", "2026-04-03T09:00"),
        ("timeDuration", "PT72H", "2026-03-30T09:00"),
    ],
)
def test_a_timer_rings_by_the_wall_clock_of_the_company(trial: Any, kind: str, text: str, moment: str) -> None:
    publish(drawing(pause(kind, text) + step("x", "a") + flows("s p x e")))
    (id,) = trials(1, ready_on=date(2026, 4, 2))
    with clock.at(at("2026-03-27T08:00")):
        run("workflow.start", SYSTEM, [StartMap("trial_map", id)])
    rings(id, at(moment))


def test_a_department_elsewhere_has_days_of_its_own(trial: Any) -> None:
    fetch("update department set timezone = 'America/New_York' where key = 'quality' returning id", {})
    lane = '<laneSet id="l"><lane id="q" o:department="quality"><flowNodeRef>p</flowNodeRef></lane></laneSet>'
    publish(drawing(lane + pause("timeDate", "ready_on") + step("x", "a") + flows("s p x e")))
    (id,) = trials(1, ready_on=date(2026, 4, 2))
    with clock.at(at("2026-03-27T08:00")):
        run("workflow.start", SYSTEM, [StartMap("trial_map", id)])
    rings(id, at("2026-04-02T00:00", "America/New_York"))


def test_a_reminder_every_day_comes_at_the_same_time_of_day_and_every_month_on_its_day(trial: Any) -> None:
    def every(length: str) -> str:
        border = f'<boundaryEvent id="b" attachedToRef="w" cancelActivity="false">{timer("timeCycle", "R/" + length)}</boundaryEvent>'
        return drawing(work("w", "good") + border + step("x", "a") + flows("s w e", "b x") + flow("x", "e"))

    told = {
        "P1D": ["2026-03-28T02:30", "2026-03-29T03:30", "2026-03-30T02:30"],
        "P1M": ["2026-04-27T02:30", "2026-05-27T02:30"],
    }
    for length, moments in told.items():
        publish(every(length))
        (id,) = trials()
        with clock.at(at("2026-03-27T02:30")):
            run("workflow.start", SYSTEM, [StartMap("trial_map", id)])
        for times, moment in enumerate(moments):
            for when, many in ((at(moment) - MINUTE, times), (at(moment), times + 1)):
                with clock.at(when):
                    drain()
                    assert len(log(id)) == many, (length, moment)


def test_the_clock_starts_a_map_every_morning_at_six(trial: Any) -> None:
    start = f'<startEvent id="s">{timer("timeCycle", "R/2026-10-24T06:00/P1D")}</startEvent>'
    xml = drawing(
        '<intermediateCatchEvent id="p">'
        + timer("timeDuration", "PT1M")
        + "</intermediateCatchEvent>"
        + flows("s p e"),
        "mornings",
    )
    with clock.at(at("2026-10-23T12:00")):
        publish(xml.replace('<startEvent id="s"/>', start).replace('o:subject="trial"', 'o:subject="company"'))
    for day in (24, 25, 26):
        for moment, started in (
            (at(f"2026-10-{day}T06:00") - MINUTE, day - 24),
            (at(f"2026-10-{day}T06:00"), day - 23),
        ):
            with clock.at(moment):
                drain()
                drain()
            (found,) = fetch("select count(*) as n from process_instance where subject_type = 'company'", {})
            assert found.n == started, moment


def test_a_due_time_that_counts_nights_and_days_off_keeps_the_time_of_day(trial: Any) -> None:
    publish(drawing(work("w", "good", more='o:counts="elapsed"') + flows("s w e")))
    (id,) = trials()
    with clock.at(at("2026-10-24T15:00")):
        run("workflow.start", SYSTEM, [StartMap("trial_map", id)])
    (item,) = fetch("select due_at from work_item where subject_type = 'trial' and subject_id = %(id)s", {"id": id})
    assert item.due_at == at("2026-10-25T15:00")


CYCLES = ("P1D", "P1M", "P1W", "PT6H", "P1DT1H", "P2M", "P1Y", "P1M1D", "PT90M")


@given(st.sampled_from(CYCLES), st.integers(0, 525_600 * 2), st.integers(0, 525_600 * 3))
def test_a_cycle_is_counted_from_its_beginning_however_late_it_is_looked_at(text: str, begin: int, late: int) -> None:
    """The oracle takes one turn after the other."""
    when = read_when(Trigger("timer", cycle=f"R/{text}"))
    assert when is not None
    assert when.times == ENDLESS
    since = datetime(2026, 1, 1, tzinfo=UTC) + begin * MINUTE
    rang = since + late * MINUTE
    turn = 1
    while counted(since, when.length, BERLIN, turn) <= rang:
        turn += 1
    assert when.after(rang, since, BERLIN) == counted(since, when.length, BERLIN, turn)


def test_a_month_that_is_too_short_does_not_move_the_ones_after() -> None:
    when = read_when(Trigger("timer", cycle="R/2026-01-31T09:00/P1M"))
    assert when is not None
    moment, seen = when.first(at("2026-01-01T00:00"), BERLIN), []
    for _ in range(4):
        assert moment is not None
        seen.append(f"{moment.astimezone(BERLIN):%d.%m. %H:%M}")
        moment = when.after(moment, at("2026-01-01T00:00"), BERLIN)
    assert seen == ["31.01. 09:00", "28.02. 09:00", "31.03. 09:00", "30.04. 09:00"]


def test_what_no_calendar_holds_is_no_duration() -> None:
    for text in ("P1001Y", "P13000M", "P9999999D", "PT9999999999H", "P", "PT", "P1.5D", "-P1D"):
        assert read_when(Trigger("timer", duration=text)) is None, text
    assert When().zoned is False
