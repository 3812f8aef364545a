"""SpiffWorkflow on the same map: the peer that one completion is compared with (bench/completion.py).

An instance is a row. Each act reads it, lets it go on, and writes it back, in one transaction. Its specification is no part of the
row: the dictionary that its serializer takes and gives is kept here, as its own server keeps it apart; the objects are made of it each
time, as the serializer does.

At a gateway it takes the flows that the recorded way took, as the hand-written limits do: it reads no FEEL, and looking up a name is
less work than evaluating a condition. What a person says (outcome, form) is kept in its data all the same.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from .drawings import Drawing
from .driving import Act, CannotDrive
from .redrawn import FLOW, redrawn, ring_name

LONGEST = 120  # letters of what it says when it cannot


@dataclass(frozen=True, slots=True)
class Move:
    """An act on the way, the conditional flows taken after it (as `redrawn.flow_name` calls them), and how many work items are open
    at each node when all has come to rest."""

    act: Act
    taken: frozenset[str]
    open: Mapping[str, int]


class Spiff:
    """SpiffWorkflow with a table of its own. Raises CannotDrive for maps that it cannot read."""

    def __init__(self, url: str, key: str, drawings: Iterable[Drawing], graphs: Mapping[str, Any]) -> None:
        from SpiffWorkflow.bpmn.parser import BpmnParser
        from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
        from SpiffWorkflow.exceptions import SpiffWorkflowException

        parser = BpmnParser()
        try:
            for one in drawings:
                parser.add_bpmn_xml(redrawn(one.xml, graphs[one.key]), filename=one.key)
            self.spec, self.inner = parser.get_spec(key), parser.get_subprocess_specs(key)
            self.engine = _engine()
            self.serializer = BpmnWorkflowSerializer()
            whole = self.serializer.to_dict(self._new())
        except (SpiffWorkflowException, NotImplementedError) as error:
            raise CannotDrive(f"SpiffWorkflow cannot read it: {_line(error)}") from error
        self.kept = {name: whole[name] for name in ("spec", "subprocess_specs")}
        self.connection = psycopg.connect(url, prepare_threshold=0)
        self.connection.execute(
            "create table bench_spiff (id bigserial primary key, state text not null, done boolean not null)"
        )
        self.connection.commit()

    def start(self, count: int, move: Move) -> list[int]:
        """Instances that have begun with the first move, by id; a transaction each."""
        text = "insert into bench_spiff (state, done) values (%s, %s) returning id"
        ids = []
        for _ in range(count):
            one = self._new()
            self._go(one, move)
            row = self.connection.execute(text, (self._dump(one), one.is_completed()), prepare=True).fetchone()
            self.connection.commit()
            assert row
            ids.append(row[0])
        return ids

    def go(self, id: int, move: Move) -> Any:
        """One act for one instance and all that follows from it, in one transaction; returns the instance."""
        one = self._load("select state from bench_spiff where id = %s for update", id)
        self._go(one, move)
        update = "update bench_spiff set state = %s, done = %s where id = %s"
        self.connection.execute(update, (self._dump(one), one.is_completed(), id), prepare=True)
        self.connection.commit()
        return one

    def rehearse(self, moves: Sequence[Move]) -> None:
        """One instance all the way. Raises CannotDrive where it goes another way than ours: it must wait at the same work items after
        each act, and have ended after the last."""
        from SpiffWorkflow.exceptions import SpiffWorkflowException

        try:
            (id,) = self.start(1, moves[0])
            one = self._load("select state from bench_spiff where id = %s", id)
            for n, move in enumerate(moves):
                one = self.go(id, move) if n else one
                self._compare(one, move)
        except SpiffWorkflowException as error:
            raise CannotDrive(f"SpiffWorkflow cannot run it: {_line(error)}") from error
        if not one.is_completed():
            raise CannotDrive("SpiffWorkflow's instance has not ended where ours has")

    def open(self) -> int:
        """How many instances have not ended."""
        row = self.connection.execute("select count(*) from bench_spiff where not done").fetchone()
        self.connection.commit()
        assert row
        return int(row[0])

    def size(self, id: int) -> int:
        """How many bytes an instance takes in its row."""
        row = self.connection.execute("select octet_length(state) from bench_spiff where id = %s", (id,)).fetchone()
        self.connection.commit()
        assert row
        return int(row[0])

    def _compare(self, one: Any, move: Move) -> None:
        waiting = Counter(task.task_spec.bpmn_id for task in _waiting(one))
        if waiting != Counter(move.open):
            where = f"after {move.act.kind} {move.act.name}"
            raise CannotDrive(
                f"SpiffWorkflow goes another way: {where} it waits at {dict(waiting)}, ours at {move.open}"
            )

    def _new(self) -> Any:
        from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

        return BpmnWorkflow(self.spec, self.inner, script_engine=self.engine)

    def _load(self, text: str, id: int) -> Any:
        row = self.connection.execute(text, (id,), prepare=True).fetchone()
        assert row
        one = self.serializer.from_dict(json.loads(row[0]) | self.kept)
        one.script_engine = self.engine
        return one

    def _dump(self, one: Any) -> str:
        whole = self.serializer.to_dict(one)
        return json.dumps({name: part for name, part in whole.items() if name not in self.kept})

    def _go(self, one: Any, move: Move) -> None:
        act, self.engine.taken = move.act, move.taken
        if act.kind == "complete":
            task = next((each for each in _waiting(one) if each.task_spec.bpmn_id == act.name), None)
            if task is None:
                raise CannotDrive(f"SpiffWorkflow has no work item at {act.name}")
            task.data.update(act.values, outcome=act.outcome)
            task.run()
        elif act.kind != "start":
            one.do_engine_steps()
            one.send_event(_event(act))
        one.do_engine_steps()


def _waiting(one: Any) -> list[Any]:
    """The tasks that wait for a person."""
    from SpiffWorkflow.util.task import TaskState

    return list(one.get_tasks(state=TaskState.READY, manual=True))


def _event(act: Act) -> Any:
    from SpiffWorkflow.bpmn import BpmnEvent
    from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, SignalEventDefinition

    if act.kind == "signal":
        return BpmnEvent(SignalEventDefinition(act.name), {})
    return BpmnEvent(MessageEventDefinition(ring_name(act.name) if act.kind == "wait" else act.name), {})


def _engine() -> Any:
    """What evaluates its conditions and runs its scripts."""
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

    class Recorded(PythonScriptEngine):  # type: ignore[misc]
        """Answers with the way that was taken; how often something is done at once is a number."""

        taken: frozenset[str] = frozenset()

        def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:  # noqa: ARG002
            if expression.startswith(FLOW):
                return expression in self.taken
            if expression.strip().isdecimal():
                return int(expression)
            raise CannotDrive(f"SpiffWorkflow is asked {expression.strip()}, which no flow is called")

        def execute(self, task: Any, script: str, external_context: Any = None) -> bool:  # noqa: ARG002
            return True

    return Recorded()


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def is_installed() -> bool:
    """Whether SpiffWorkflow is there, and a sentence about it when it is not."""
    import importlib.util

    if importlib.util.find_spec("SpiffWorkflow") is not None:
        return True
    print("SpiffWorkflow, a tool of the developers, is not installed: one completion is not compared.", file=sys.stderr)
    return False
