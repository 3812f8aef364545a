"""Trying a changed map says what really running it gives: the same subjects, people and messages on the engine itself, by the clock."""

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from notation import Writer, read_scope
from test_against_reference import BLOCKS, CALM, INNER, ROWS, drawn
from test_trying_replay import DRAWER
from traced import BEGIN, _settle
from workflow_trial import SYSTEM, trials

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.draft import SaveDraft
from orderway.workflow.commands.proceed import StartMap, arrive
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork
from orderway.workflow.trying.comparing import Stop

END = BEGIN + timedelta(days=40)
ITEMS = """select w.id, w.node, w.opened_at, w.done_at, w.state, w.outcome,
    row_number() over (partition by w.definition_id, w.node order by w.opened_at, w.id) as turn
    from work_item w where w.subject_type = 'trial' and w.subject_id = %(id)s"""
_keys = (f"planted{number}" for number in count())


def chance(*about: Any) -> int:
    """The same number for the same things."""
    return zlib.crc32(repr(about).encode())


def xmls(key: str, block: Any) -> list[str]:
    lines = drawn(block)
    note("\n".join(lines))
    scopes = {key: read_scope(lines), f"{key}_inner": read_scope(INNER)}
    return [Writer(key).map(name, scope) for name, scope in scopes.items()]


def messages(xml: str, name: int) -> list[tuple[datetime, str]]:
    """What will be told about the subject of a name, and when."""
    words = sorted({word.split('"')[0] for word in xml.split('o:arrive="')[1:]} | {"inner"})
    told = [word for word in words if chance(word, name, "told") % 3]
    return sorted((BEGIN + timedelta(seconds=chance(name, word) % 7_000), word) for word in told)


def drive(
    key: str, subject: int, told: Sequence[tuple[datetime, str]], answer: Callable[[Any], tuple[str, timedelta]]
) -> None:
    """Let one subject really go its way: each thing at its own moment, people as `answer` says."""
    with clock.at(BEGIN):
        run("workflow.start", SYSTEM, [StartMap(key, subject)])
        _settle([subject])
    ahead = list(told)
    for _ in range(80):
        moment, row, word = following(subject, ahead, answer)
        if moment > END:
            return
        with clock.at(moment):
            if row is not None:
                run("workflow.complete", SYSTEM, [CompleteWork(row.id, answer(row)[0])])
            elif word:
                ahead.pop(0)
                arrive(Context(SYSTEM, moment, within_command=True), "trial", [subject], word)
            _settle([subject])


def following(
    subject: int, ahead: Sequence[tuple[datetime, str]], answer: Callable[[Any], tuple[str, timedelta]]
) -> tuple[datetime, Any, str]:
    """What happens next: a decision, a message or a timer."""
    found: list[tuple[datetime, int, Any, str]] = [(END + timedelta(days=1), 9, None, "")]
    for row in fetch(ITEMS, {"id": subject}):
        if row.state == "open":
            found.append((row.opened_at + answer(row)[1], 1, row, ""))
    timers = fetch(
        """select t.due_at from timer t join token k on k.id = t.token_id join process_instance i on i.id = k.instance_id
           where i.subject_type = 'trial' and i.subject_id = %(id)s""",
        {"id": subject},
    )
    found += [(row.due_at, 2, None, "") for row in timers]
    found += [(at, 2, None, word) for at, word in ahead[:1]]
    moment, _, row, word = min(found, key=lambda one: one[:2])
    return moment, row, word


def by_chance(name: int) -> Callable[[Any], tuple[str, timedelta]]:
    def answer(row: Any) -> tuple[str, timedelta]:
        took = timedelta(seconds=60 + chance(row.node, row.turn, name, "took") % 6_000)
        return ("left", "right")[chance(row.node, row.turn, name) % 2], took

    return answer


def as_before(subject: int, usual: timedelta) -> Callable[[Any], tuple[str, timedelta]]:
    """As people decided about a subject; where they were never asked, the first outcome, after the usual time."""
    known = {}
    for row in fetch(ITEMS, {"id": subject}):
        if row.state == "done":
            known[row.node, row.turn] = (row.outcome, row.done_at - row.opened_at)
        elif row.state == "withdrawn":  # as a trial assumes: later than it was withdrawn
            known[row.node, row.turn] = ("left", row.done_at - row.opened_at + usual)
    return lambda row: known.get((row.node, row.turn), ("left", usual))


def way(stops: Sequence[Stop]) -> Counter[Any]:
    return Counter((stop.place, stop.state, stop.outcome) for stop in stops)


def places(stops: Sequence[Stop]) -> set[str]:
    return {stop.place[1] for stop in stops}


def run_of(subject: int) -> int:
    (row,) = fetch(
        "select id from process_instance where subject_type = 'trial' and subject_id = %(id)s and parent_id is null",
        {"id": subject},
    )
    return int(row.id)


CHANGED = (
    (("if", "total > 10", ("work",), ("step",)), ("if", "total > 5", ("work",), ("step",))),
    (("if", "flag", ("step",), ("work",)), ("if", "total > 5", ("step",), ("work",))),
    (("if", "total > 5", ("work",), ("wait",)), ("if", "total > 50", ("work",), ("wait",))),
    (("decide", ("work",), ("step",)), ("decide", ("step",), ("work",))),
)
CHANGES = st.sampled_from(CHANGED)


def goes_as_said(change: Any, before: Any, after: Any, rows: list[dict[str, Any]]) -> None:
    """Really live with the map as it was; say what the changed one would do; publish it, live again, and compare."""
    key = next(_keys)
    old, new = (xmls(key, ("then", before, ("then", one, after))) for one in change)
    with clock.at(BEGIN - timedelta(days=1)):
        assert run("workflow.publish", SYSTEM, [PublishMap(xml) for xml in old]).ok
    people = [trials(**row)[0] for row in rows]
    for name, subject in enumerate(people):
        drive(key, subject, messages(old[0], name), by_chance(name))
    with clock.at(END):
        assert run("workflow.save_draft", DRAWER, [SaveDraft(key, new[0])]).ok
        said = {
            row.subject: row for row in ask("workflow.try", DRAWER, map=key, since=BEGIN.date(), until=END.date()).rows
        }
        ways = [ask("workflow.try_one", DRAWER, map=key, run=run_of(subject)) for subject in people]
    with clock.at(BEGIN - timedelta(hours=1)):
        assert run("workflow.publish", SYSTEM, [PublishMap(xml) for xml in new]).ok
    for name, row in enumerate(rows):
        (again,) = trials(**row)
        drive(key, again, messages(old[0], name), as_before(people[name], timedelta(seconds=3_333)))
        with clock.at(END):
            really = ask("workflow.try_one", DRAWER, map=key, run=run_of(again), version=2)
        if (places(really.before) - places(ways[name].before)) & set(row["refuses"].split()):
            continue  # nothing that was tells that a step never come to before would refuse
        told = said[people[name]]
        assert not told.why, told
        assert way(ways[name].after) == way(really.before), (told, really)
        assert told.differs == (way(ways[name].before) != way(really.before)), told


@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=12, suppress_health_check=CALM)
@given(change=CHANGES, before=BLOCKS, after=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=3))
@example(CHANGED[-1], ("vote",), ("step",), [{"refuses": "t3 t5 t7", "total": None, "flag": True}] * 3)
def test_a_changed_map_goes_as_it_was_said(change: Any, before: Any, after: Any, rows: list[dict[str, Any]]) -> None:
    goes_as_said(change, before, after, rows)


@pytest.mark.long
@pytest.mark.timeout(2_400)
@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=300, suppress_health_check=CALM)
@given(change=CHANGES, before=BLOCKS, after=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=4))
def test_very_many_changed_maps_go_as_it_was_said(
    change: Any, before: Any, after: Any, rows: list[dict[str, Any]]
) -> None:
    goes_as_said(change, before, after, rows)
