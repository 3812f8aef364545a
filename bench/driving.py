"""Driving orders through any map: look where they wait, do what goes on from there, until they have left the map.

`Act` is one thing that somebody does: a person starts the map or finishes a work item, a message or a signal comes, time goes by.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .drawings import NOTHING, SUBJECT
from .life import OurLife, settle

MOST = 300  # acts from the start of a map to its end
SPARE = timedelta(minutes=5)  # a set takes longer than one order did; its timers ring all the same
FILLED = {"number": "1", "date": "2030-01-01", "boolean": True}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that sets orders going: kind start (a map, `name`), complete (the work item at node `name` of `map`), tell (a
    message), signal, or wait (until `ahead` of the present). `by` says which person does it."""

    kind: str
    name: str
    map: str = ""
    outcome: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    ahead: timedelta = timedelta()
    by: int = 0


@dataclass(frozen=True)
class Tell:
    """An order, and what happened to it."""

    id: int
    what: str


class CannotDrive(Exception):
    """Orders stand on a map where nothing can set them going."""


class Refused(CannotDrive):
    """Somebody may not do it."""


def register() -> None:
    """The step that does nothing, and a command that tells maps what happened; they are no part of the product."""
    from orderway.kernel.context import Context
    from orderway.kernel.outcome import Outcome
    from orderway.kernel.registry import Ref, command, commands
    from orderway.workflow.commands.proceed import arrive

    if NOTHING in commands:
        return

    @command(NOTHING)
    def nothing(_: Context, rows: Sequence[Ref]) -> Outcome:
        """Do nothing."""
        return Outcome([row.id for row in rows])

    @command("bench.tell", row=Tell)
    def tell(ctx: Context, rows: Sequence[Tell]) -> Outcome:
        """Tell the maps what happened."""
        arrive(ctx, SUBJECT, [row.id for row in rows], rows[0].what)
        return Outcome([row.id for row in rows])


class Driver:
    """A few persons and the clock. `graphs` are the compiled maps by key."""

    def __init__(self, url: str, graphs: Mapping[str, Any]) -> None:
        self.life = OurLife(url)
        self.graphs = graphs
        self.ahead = timedelta()

    def do(self, act: Act, ids: Sequence[int]) -> None:
        """One act for a set of orders, and all that follows from it."""
        self.ahead = max(self.ahead, act.ahead)
        with self._clock():
            DOES[act.kind](self, act, ids)
            settle()

    def one_by_one(self, act: Act, ids: Sequence[int], alone: bool) -> None:
        """A work item of each order is finished, in a transaction each; everything reacts after each when `alone`, else at the end."""
        with self._clock():
            for row in self.completing(act, ids):
                self.run("workflow.complete", [row], act.by)
                if alone:
                    settle()
            settle()

    def now(self) -> datetime:
        """What time it is for the orders."""
        return datetime.now(UTC) + self.ahead

    def _clock(self) -> AbstractContextManager[None]:
        from orderway.kernel import clock

        return clock.at(self.now()) if self.ahead else nullcontext()

    def way(self, key: str, id: int, seen: Callable[[Act], None]) -> None:
        """Drive one order from the start of a map until it has left all maps; `seen` is told each act when it is done."""
        done: Counter[tuple[str, str]] = Counter()
        act: Act | None = self._first(key)
        while act is not None:
            act = self._done(act, id)
            done[act.map, act.name] += 1
            seen(act)
            if done.total() > MOST:
                raise CannotDrive(f"{key} does not end within {MOST} acts: {dict(done)}")
            act = self._next(key, id, done)

    def _done(self, act: Act, id: int) -> Act:
        """The act, by the first person who may do it: a map may ask for other eyes, or for several votes."""
        for by in range(len(self.life.actors) - 1):
            try:
                self.do(replace(act, by=by), [id])
                return replace(act, by=by)
            except Refused:
                continue
        last = replace(act, by=len(self.life.actors) - 1)
        self.do(last, [id])
        return last

    def along(self, acts: Sequence[Act], ids: Sequence[int], seen: Callable[[Act], None] = lambda _: None) -> None:
        """The same acts for a set."""
        self.ahead = timedelta()
        for act in acts:
            self.do(act, ids)
            seen(act)

    def run(self, name: str, rows: Sequence[Any], by: int = 0) -> None:
        """One command; nothing may be refused. Messages come from outside, everything else is done by a person."""
        from orderway.kernel.access import system_actor
        from orderway.kernel.running import run

        outcome = run(name, system_actor(1) if name == "bench.tell" else self.life.actors[by], rows)
        if not outcome.ok:
            raise Refused(f"{name}: {outcome.refused[0]}")

    def completing(self, act: Act, ids: Sequence[int]) -> list[Any]:
        """What finishes the oldest open work item of each order at a node, as they stand in the department's list."""
        from orderway.kernel.sql import fetch
        from orderway.workflow.commands.work import CompleteWork

        found = fetch(OPEN, {"ids": list(ids), "node": act.name, "map": act.map})
        if len(found) != len(ids):
            raise CannotDrive(f"{len(found)} of {len(ids)} orders wait at {act.name}")
        return [CompleteWork(row.id, act.outcome, act.values, act.checks) for row in found]

    def _first(self, key: str) -> Act:
        graph = self.graphs[key]
        if graph.start:
            return Act("start", key)
        if not graph.starts:
            raise CannotDrive(f"{key} starts by the clock only, for no order")
        return Act("tell", next(iter(graph.starts)))

    def _next(self, key: str, id: int, done: Counter[tuple[str, str]]) -> Act | None:
        """What sets the order going next; None when it is on no map any more."""
        from orderway.kernel.sql import fetch

        standing = fetch(STANDING, {"id": id})
        if not standing:
            return None
        if stuck := [row for row in standing if row.state == "stuck"]:
            raise CannotDrive(f"{key}: stuck at {stuck[0].node} ({stuck[0].reason_code})")
        if items := fetch(ITEMS, {"id": id}):
            item = min(items, key=lambda row: (done[row.map, row.node], row.id))
            return self._finish(item.map, item.node, done)
        acts = [act for row in standing if (act := self._event(row)) is not None]
        if not acts:
            raise CannotDrive(f"{key}: nothing goes on from {', '.join(row.node for row in standing)}")
        return min(acts, key=lambda found: (found[0], done[found[1].map, found[1].name]))[1]

    def _finish(self, map: str, node: str, done: Counter[tuple[str, str]]) -> Act:
        """Finish a work item: with its first outcome that sends nothing back, another time with the next one, so that loops end."""
        from orderway.workflow.rules import PLAIN_OUTCOME

        work = self.graphs[map].nodes[node].does
        outcomes = [one.name for one in work.outcomes if not one.sends_back] or [PLAIN_OUTCOME]
        values = {one.name: _fill(one) for one in work.fields if one.required}
        checks = tuple(check.name for check in work.checks)
        return Act("complete", node, map, outcomes[done[map, node] % len(outcomes)], values, checks)

    def _event(self, row: Any) -> tuple[int, Act] | None:
        """What lets this token go on, and how late it is tried: what an activity only listens for comes last."""
        from orderway.workflow.graph import Hear, Pause, Race, Wait

        graph = self.graphs[row.map]
        does = graph.nodes[row.node].does
        beside = row.state == "listening" and not (row.beside and isinstance(graph.nodes[row.beside].does, Race))
        late = 10 if beside else 0
        if isinstance(does, Wait):
            return late, Act("tell", does.event)
        if isinstance(does, Hear):
            return late + 1, Act("signal", does.signal)
        if isinstance(does, Pause) and row.due_at is not None:
            return late + 2, Act("wait", row.node, ahead=row.due_at - datetime.now(UTC) + SPARE)
        return None


def _fill(one: Any) -> Any:
    return next(iter(one.choices)) if one.type == "choice" else FILLED.get(one.type, "x")


def _start(driver: Driver, act: Act, ids: Sequence[int]) -> None:
    from orderway.workflow.commands.proceed import StartMap

    driver.run("workflow.start", [StartMap(act.name, id) for id in ids])


def _complete(driver: Driver, act: Act, ids: Sequence[int]) -> None:
    driver.run("workflow.complete", driver.completing(act, ids), act.by)


def _tell(driver: Driver, act: Act, ids: Sequence[int]) -> None:
    driver.run("bench.tell", [Tell(id, act.name) for id in ids])


def _signal(driver: Driver, act: Act, _: Sequence[int]) -> None:
    from orderway.workflow.commands.proceed import GiveSignal

    driver.run("workflow.signal", [GiveSignal(act.name)])


def _nobody(*_: Any) -> None:
    """Time goes by of itself."""


DOES: Mapping[str, Callable[[Driver, Act, Sequence[int]], None]] = {
    "start": _start,
    "complete": _complete,
    "tell": _tell,
    "signal": _signal,
    "wait": _nobody,
}
STANDING = """select d.key as map, t.node, t.state, t.reason_code, p.node as beside, m.due_at
from process_instance i join process_definition d on d.id = i.definition_id join token t on t.instance_id = i.id
left join token p on p.id = t.parent left join timer m on m.token_id = t.id
where i.subject_type = 'order' and i.subject_id = %(id)s::bigint and i.state = 'running' order by m.due_at nulls first, t.id"""
ITEMS = """select w.id, d.key as map, w.node from work_item w join process_definition d on d.id = w.definition_id
join process_instance i on i.id = w.instance_id
where i.subject_type = 'order' and i.subject_id = %(id)s::bigint and w.state = 'open' order by w.id"""
OPEN = """select min(w.id) as id from process_instance i join process_definition d on d.id = i.definition_id
join work_item w on w.instance_id = i.id
where i.subject_type = 'order' and i.subject_id = any(%(ids)s::bigint[]) and i.state = 'running' and d.key = %(map)s::text
  and w.node = %(node)s::text and w.state = 'open'
group by i.subject_id order by 1"""
