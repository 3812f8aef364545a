"""Timers in sets: many that are due at one moment, and maps that the clock, a message or a signal starts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from workflow_trial import SYSTEM, drawing, flows, log, publish, standing, step, trials

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.proceed import GiveSignal, StartMap, arrive, drain

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PAUSE = '<intermediateCatchEvent id="p"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>'


def ring(many: int) -> int:
    """Let `many` timers be due at one moment; returns the statements that work them off."""
    publish(drawing(PAUSE + step("x", "a") + flows("s p x e")))
    with clock.at(NOW):
        ids = trials(many)
        run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids])
    with connection.cursor() as cursor:
        cursor.execute(
            "analyze token, timer, process_instance"
        )  # a server does so by itself, but sees nothing of a story
    seen = []

    def watch(execute: Any, *call: Any) -> Any:
        seen.append(call[0])
        return execute(*call)

    with clock.at(NOW + timedelta(minutes=59)):
        assert drain() == 0
    with clock.at(NOW + timedelta(hours=1)), connection.execute_wrapper(watch):
        assert drain() == many
    (left,) = fetch(
        "select count(*) as n from token t join process_instance i on i.id = t.instance_id where i.subject_type = 'trial'",
        {},
    )
    assert left.n == 0
    (done,) = fetch("select count(*) filter (where log = array['a']) as once, count(*) as n from trial", {})
    assert (done.once, done.n) == (many, many)
    return len(seen)


@pytest.mark.usefixtures("trial")
def test_timers_that_are_due_at_one_moment_are_worked_off_in_sets() -> None:
    assert ring(2_000) < 60


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("trial")
def test_a_hundred_thousand_timers_are_due_at_one_moment() -> None:
    assert ring(100_000) < 101 * 25


def started_by(event: str) -> str:
    return drawing(step("x", "a") + flows("s x e")).replace(
        '<startEvent id="s"/>', f'<startEvent id="s">{event}</startEvent>'
    )


@pytest.mark.usefixtures("trial")
def test_a_message_starts_a_map_for_its_subject() -> None:
    xml = started_by('<messageEventDefinition messageRef="m"/>').replace(
        "<error ", '<message id="m" name="come"/><error ', 1
    )
    publish(xml)
    one, other = trials(2)
    arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", [one], "come")
    drain()
    assert (log(one), log(other)) == (["a"], [])
    drain()
    assert log(one) == ["a"], "a message starts a map once"


@pytest.mark.usefixtures("trial")
def test_a_map_with_two_starts_begins_where_its_message_says() -> None:
    second = '<startEvent id="s2"><messageEventDefinition messageRef="m"/></startEvent>'
    body = second + step("x", "a") + step("y", "b") + flows("s x e", "s2 y e")
    publish(drawing(body).replace("<error ", '<message id="m" name="come"/><error ', 1))
    one, other = trials(2)
    arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", [one], "come")
    drain()
    run("workflow.start", SYSTEM, [StartMap("trial_map", other)])
    assert (log(one), log(other)) == (["b"], ["a"])


@pytest.mark.usefixtures("trial")
def test_a_signal_that_a_map_gives_starts_another_map_for_its_subject() -> None:
    signal = '<signal id="g" name="late"/><error '
    giver = drawing(
        '<intermediateThrowEvent id="t"><signalEventDefinition signalRef="g"/></intermediateThrowEvent>'
        + flows("s t e"),
        "giver",
    )
    publish(
        giver.replace("<error ", signal, 1),
        started_by('<signalEventDefinition signalRef="g"/>').replace("<error ", signal, 1),
    )
    (id,) = trials()
    run("workflow.start", SYSTEM, [StartMap("giver", id)])
    drain()
    assert log(id) == ["a"]


@pytest.mark.usefixtures("trial")
def test_a_signal_from_outside_reaches_all_who_listen() -> None:
    hear = '<intermediateCatchEvent id="h"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>'
    publish(
        drawing(hear + step("x", "a") + flows("s h x e")).replace("<error ", '<signal id="g" name="open"/><error ', 1)
    )
    early, late = trials(5), trials(5)
    run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in early])
    assert run("workflow.signal", SYSTEM, [GiveSignal("open")]).ok
    run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in late])
    drain()
    assert [log(id) for id in early] == [["a"]] * 5
    assert [standing(id) for id in late] == [[("h", "waiting")]] * 5


@pytest.mark.usefixtures("trial")
def test_the_clock_starts_a_map_for_the_company_as_often_as_it_says() -> None:
    timer = "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>"
    pause = PAUSE.replace("PT1H", "PT1M")
    xml = drawing(pause + flows("s p e"), "clock_map").replace(
        '<startEvent id="s"/>', f'<startEvent id="s">{timer}</startEvent>'
    )
    with clock.at(NOW):
        publish(xml.replace('o:subject="trial"', 'o:subject="company"'))
    for minutes, started in ((59, 0), (60, 1), (119, 1), (120, 2), (600, 2)):
        with clock.at(NOW + timedelta(minutes=minutes)):
            drain()
        found = fetch("select state, started_at from process_instance where subject_type = 'company' order by id", {})
        assert len(found) == started, (minutes, found)


@pytest.mark.usefixtures("trial")
def test_the_clock_starts_nothing_but_the_company() -> None:
    timer = "<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>"
    with pytest.raises(AssertionError, match="clock-subject"):
        publish(started_by(timer))
