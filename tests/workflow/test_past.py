"""What happened on maps: the figures of waiting are those of somebody who stood beside it with a watch."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from notation import Writer, read_scope
from test_against_reference import BLOCKS, INNER, drawn
from workflow_trial import SYSTEM, trials

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.proceed import GiveSignal, StartMap, arrive, drain
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork
from orderway.workflow.graph import Hear, Race, Repeat, Wait
from orderway.workflow.mining.turns import STEPS
from orderway.workflow.published import sound_graphs

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_numbers = count()
Stood = dict[tuple[str, int, str], timedelta]


class Watch:
    """Stands beside one subject and notes at every tick what stands where: the plain way to know how long anything waited."""

    def __init__(self, person: Any, claims: bool) -> None:
        self.person, self.now, self.claims = person, BEGIN, claims
        (self.subject,) = trials(flag=True, total=6)
        self.waited: Stood = defaultdict(timedelta)
        self.worked: Stood = defaultdict(timedelta)
        self.begun: set[tuple[int, str]] = set()

    def tokens(self) -> list[Any]:
        return fetch(
            """select t.id, t.instance_id, t.node, t.state, v.digest, d.key, m.due_at,
                      exists (select from token s where s.id = t.scope and s.node = t.node) as round
               from token t join process_instance i on i.id = t.instance_id join process_version v on v.id = i.version_id
               join process_definition d on d.id = i.definition_id left join timer m on m.token_id = t.id
               where i.subject_type = 'trial' and i.subject_id = %(id)s::bigint and i.state = 'running' order by t.id""",
            {"id": self.subject},
        )

    def graph(self, row: Any) -> Any:
        reader = Context(SYSTEM, self.now, within_command=True)
        return sound_graphs(reader, [row.digest])[row.digest]

    def pass_time(self, length: timedelta) -> None:
        for row in self.tokens():
            graph = self.graph(row)
            node = graph.nodes[row.node]
            entered = any(way.target == node.id for one in graph.nodes.values() for way in one.ways)
            if row.state != "listening" and not row.round and entered and isinstance(node.does, STEPS | Race):
                begun = (row.instance_id, row.node) in self.begun
                (self.worked if begun else self.waited)[row.key, row.instance_id, row.node] += length
        self.now += length

    def acts(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for row in self.tokens():
            does = self.graph(row).nodes[row.node].does
            if row.due_at:
                found.append(("until", row.due_at))
            if isinstance(does, Wait):
                found.append(("tell", does.event))
            if isinstance(does, Hear):
                found.append(("signal", does.signal))
            if row.state == "stuck":
                found.append(("mend", row.id))
        items = fetch(
            """select w.id, w.node, w.instance_id, w.assignee_id, v.digest from work_item w
               join process_instance i on i.id = w.instance_id join process_version v on v.id = i.version_id
               where w.subject_type = 'trial' and w.subject_id = %(id)s::bigint and w.state = 'open' order by w.id""",
            {"id": self.subject},
        )
        for item in items:
            around = self.graph(item).nodes[item.node].around
            found += [("left", item), ("right", item)]
            if self.claims and not item.assignee_id and not (around and isinstance(around.repeat, Repeat)):
                found.append(("claim", item))
        return found

    def do(self, act: tuple[str, Any]) -> None:
        verb, what = act
        if verb == "until":
            self.pass_time(max(what - self.now, timedelta()))
        with clock.at(self.now):
            self._do(verb, what)
            drain()

    def _do(self, verb: str, what: Any) -> None:
        match verb:
            case "tell":
                arrive(Context(SYSTEM, self.now, within_command=True), "trial", [self.subject], what)
            case "signal":
                run("workflow.signal", SYSTEM, [GiveSignal(what)])
            case "mend":
                run("workflow.retry", SYSTEM, [Ref(what)])
            case "claim":
                if run("workflow.claim", self.person, [Ref(what.id)], partial=True).done:
                    self.begun.add((what.instance_id, what.node))
            case "left" | "right":
                if run("workflow.complete", self.person, [CompleteWork(what.id, verb)], partial=True).done:
                    self.begun.discard((what.instance_id, what.node))


CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@settings(deadline=None, max_examples=15, derandomize=True, suppress_health_check=CALM)
@given(block=BLOCKS, data=st.data())
def test_waiting_is_what_a_watch_beside_it_shows(trial: Any, block: Any, data: st.DataObject) -> None:
    stand_beside(trial, block, data)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@settings(deadline=None, max_examples=400, suppress_health_check=CALM)
@given(block=BLOCKS, data=st.data())
def test_waiting_is_what_many_watches_show(trial: Any, block: Any, data: st.DataObject) -> None:
    stand_beside(trial, block, data)


def stand_beside(trial: Any, block: Any, data: st.DataObject) -> None:
    """Let a subject go through a map drawn from `block` while a watch stands beside it, and compare the figures at the end."""
    assume(not side_by_side(block))
    lines = drawn(block)
    note("\n".join(lines))
    key = f"past_{next(_numbers)}"
    xmls = [Writer(key).map(name, read_scope(one)) for name, one in ((key, lines), (f"{key}_inner", INNER))]
    assert run("workflow.publish", SYSTEM, [PublishMap(xml) for xml in xmls]).ok
    # of rounds that stand at one step side by side nobody can tell which one was taken up
    watch = Watch(trial.manager, claims="rounds" not in str(block))
    with clock.at(watch.now):
        run("workflow.start", SYSTEM, [StartMap(key, watch.subject)])
        drain()
    for _ in range(14):
        acts = watch.acts()
        if not acts:
            break
        watch.pass_time(data.draw(st.integers(1, 90)) * MINUTE)
        act = data.draw(st.sampled_from(acts))
        note(f"{watch.now:%d %H:%M} {act[0]} {getattr(act[1], 'node', act[1])}")
        watch.do(act)
    compare(watch, (key, f"{key}_inner"))
    for way in ask("workflow.conformance", SYSTEM, map=key):
        assert way.deviations == (), "what the engine did, its map allows"


SCOPES = {"sub", "stop", "undo", "rounds", "guard", "fault", "aside"}


def side_by_side(block: Any) -> bool:
    """Whether scopes lie in rounds that run side by side: which round left one the flows do not tell (docs/decisions/0064)."""
    match block:
        case ("rounds", loop, inner) if loop != "2 in turn":
            return bool(SCOPES & set(re.findall(r"'(\w+)'", str(inner))))
        case (_, *parts):
            return any(side_by_side(part) for part in parts if isinstance(part, tuple))
    return False


def compare(watch: Watch, keys: tuple[str, ...]) -> None:
    ended = {
        row.id
        for row in fetch(
            "select id from process_instance where subject_type = 'trial' and subject_id = %(id)s::bigint and state = 'ended'",
            {"id": watch.subject},
        )
    }
    for key in keys:
        seen = {met.node: (met.waited, met.worked) for met in ask("workflow.bottlenecks", SYSTEM, map=key)}
        for node in {
            node for one, instance, node in [*watch.waited, *watch.worked] if one == key and instance in ended
        }:
            sums = tuple(
                sum((stood[at] for at in stood if at[0] == key and at[1] in ended and at[2] == node), timedelta())
                for stood in (watch.waited, watch.worked)
            )
            assert seen.pop(node, (timedelta(), timedelta())) == sums, (key, node)
        assert not any(sum(one, timedelta()) for one in seen.values()), seen
