"""Trying the unchanged map: whatever really happened on any map comes out again, flow by flow, decision by decision."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from notation import Writer, read_scope
from test_against_reference import BLOCKS, CALM, INNER, ROWS, drawn, happen, possible
from traced import BEGIN, Case, Ride
from workflow_reference import Subject
from workflow_trial import SYSTEM, trials

from orderway.kernel import clock
from orderway.kernel.access import Actor
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.trying.queries import Tried

DRAWER = Actor(1, SYSTEM.company_id, frozenset({"manager"}))


def tried(key: str, **asked: Any) -> Tried:
    """A trial of a map over all that ever began on it."""
    found = ask(
        "workflow.try",
        DRAWER,
        map=key,
        since=BEGIN.date() - timedelta(days=3),
        until=BEGIN.date() + timedelta(days=400),
        **asked,
    )
    assert isinstance(found, Tried)
    return found


def live(block: Any, rows: list[dict[str, Any]], data: st.DataObject, key: str) -> list[tuple[int, datetime]]:
    """Let subjects go their ways on a map, one act a minute, so that no two things happen at one moment."""
    lines = drawn(block)
    note("\n".join(lines))
    maps = {"": read_scope(lines), "inner": read_scope(INNER)}
    with clock.at(BEGIN):
        xmls = [Writer(key).map(f"{key}_{name}" if name else key, scope) for name, scope in maps.items()]
        outcome = run("workflow.publish", SYSTEM, [PublishMap(xml) for xml in xmls])
        assert outcome.ok, outcome.refused
    case = Case(key, "", "", key, {}, [])
    pairs = [(Ride({}, subject=trials(**row)[0]), Subject(row, maps, BEGIN)) for row in rows]
    logs: dict[int, int] = {}
    happen(case, [(ride, subject, "start") for ride, subject in pairs], logs)
    for _ in range(7):
        happen(case, [(ride, subject, a_minute_later(subject)) for ride, subject in pairs], logs)
        acts = [(ride, subject, data.draw(st.sampled_from(possible(subject)))) for ride, subject in pairs]
        note(str([act for *_, act in acts]))
        happen(case, acts, logs)
    return [(ride.subject, subject.now) for ride, subject in pairs]


def a_minute_later(subject: Subject) -> str:
    return f"until {(subject.now - BEGIN) / timedelta(minutes=1) + 1:.0f}"


def replays(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    for subject, now in live(block, rows, data, "replay"):
        # its own runs only: all that ever began would be more with each map
        runs = fetch("select id from process_instance where subject_id = %(id)s and id = root_id", {"id": subject})
        with clock.at(now):
            (row,) = tried("replay", runs=[one.id for one in runs]).rows
        assert not row.why, row
        assert not row.differs, row
        assert row.took_before == row.took_after, row


@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=40, suppress_health_check=CALM)
@given(block=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=3), data=st.data())
def test_what_happened_on_any_map_comes_out_again(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    replays(block, rows, data)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "hundred", range(10)
)  # each in a transaction of its own, or rows that nobody sees slow the rest down
@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=100, suppress_health_check=CALM)
@given(block=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=4), data=st.data())
def test_what_happened_on_very_many_maps_comes_out_again(
    hundred: int, block: Any, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    note(f"of the hundred {hundred}")
    replays(block, rows, data)
