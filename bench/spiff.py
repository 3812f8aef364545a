"""One completion: a person finishes one work item of one order, against SpiffWorkflow doing the same step of the same map.

Both keep what they do: SpiffWorkflow's instance is read from its row, goes on, and is written back, all in one transaction (its
specification is kept in memory, as its own server does). On our side everything has reacted when the time stops.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from .cost import Figure, interleaved, measured
from .drawings import draw
from .driving import Act, Driver
from .ground import LIMIT, OURS, Ground
from .life import WAVE, settle

MAP = Path(__file__).parent / "maps" / "both_engines.bpmn"
KEY = "both_engines"
STEPS = ("check", "approve", "proof", "plan", "ship")
QUANTITY = 500
TARGET = 2.0


class Spiff:
    """SpiffWorkflow with a table of its own, an instance a row."""

    def __init__(self, url: str) -> None:
        from SpiffWorkflow.bpmn.parser import BpmnParser
        from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

        parser = BpmnParser()
        parser.add_bpmn_file(str(MAP))
        self.spec, self.inner = parser.get_spec(KEY), parser.get_subprocess_specs(KEY)
        self.serializer = BpmnWorkflowSerializer()
        whole = self.serializer.to_dict(self._new())
        self.kept = {name: whole[name] for name in ("spec", "subprocess_specs")}
        self.connection = psycopg.connect(url, prepare_threshold=0)
        self.connection.execute(
            "create table bench_spiff (id bigserial primary key, state text not null, done boolean not null)"
        )
        self.connection.commit()

    def _new(self) -> Any:
        from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

        one = BpmnWorkflow(self.spec, self.inner)
        one.do_engine_steps()
        return one

    def start(self, count: int) -> list[int]:
        """Instances that wait at their first work item, by id."""
        text = "insert into bench_spiff (state, done) values (%s, false) returning id"
        found = [
            self.connection.execute(text, (self._dump(self._new()),), prepare=True).fetchone() for _ in range(count)
        ]
        self.connection.commit()
        return [row[0] for row in found if row]

    def complete(self, id: int, name: str) -> None:
        """Finish one work item and go on to the next ones, in one transaction."""
        from SpiffWorkflow.util.task import TaskState

        select = "select state from bench_spiff where id = %s for update"
        row = self.connection.execute(select, (id,), prepare=True).fetchone()
        assert row
        one = self.serializer.from_dict(json.loads(row[0]) | self.kept)
        (task,) = [each for each in one.get_tasks(state=TaskState.READY, manual=True) if each.task_spec.name == name]
        task.data["quantity"] = QUANTITY
        task.run()
        one.do_engine_steps()
        update = "update bench_spiff set state = %s, done = %s where id = %s"
        self.connection.execute(update, (self._dump(one), one.is_completed(), id), prepare=True)
        self.connection.commit()

    def finish(self, step: str, ids: list[int]) -> None:
        """The same for several instances, a transaction each."""
        for id in ids:
            self.complete(id, step)

    def _dump(self, one: Any) -> str:
        whole = self.serializer.to_dict(one)
        return json.dumps({name: part for name, part in whole.items() if name not in self.kept})

    def ended(self) -> int:
        """How many instances have ended."""
        row = self.connection.execute("select count(*) from bench_spiff where done").fetchone()
        self.connection.commit()
        assert row
        return int(row[0])


def one_completion(ground: Ground, runs: int, count: int = WAVE) -> list[Figure]:
    """Processor milliseconds of one completion, over all work items of `count` orders a run.

    The worker looks every 150 ms for what has to react and finds what some `count` completions left; `alone` reacts to each.
    """
    if importlib.util.find_spec("SpiffWorkflow") is None:
        print(
            "SpiffWorkflow, a tool of the developers, is not installed: one completion is not compared.",
            file=sys.stderr,
        )
        return []
    from .workflow import orders, publish

    given: dict[str, Any] = {}

    def prepare() -> None:
        url = ground.named(OURS)
        given["ids"] = orders(url, 2 * count * (runs + 1))
        given["graphs"] = publish(url, [draw(MAP)])

    ground.fresh(prepare)
    driver, spiff = Driver(ground.named(OURS), given["graphs"]), Spiff(ground.named(LIMIT))
    pools = {each: given["ids"][each::2] for each in (False, True)}

    def cost(start: Callable[[], list[int]], finish: Callable[[str, list[int]], None]) -> float:
        ids = start()
        ground.tidy()

        def every() -> None:
            for step in STEPS:
                finish(step, ids)

        return measured(every, os.getpid(), ground.postmaster) / (count * len(STEPS)) * 1_000

    def ours(each: bool) -> float:
        return cost(lambda: _started(driver, pools[each], count), lambda step, ids: _finish(driver, step, ids, each))

    def theirs() -> float:
        return cost(lambda: spiff.start(count), spiff.finish)

    costs = {each: interleaved(lambda each=each: ours(each), theirs, runs) for each in (False, True)}  # type: ignore[misc]
    ended = ground.added(OURS)["event process.ended"]
    assert ended == spiff.ended() == 2 * count * (runs + 1), (ended, spiff.ended())
    spiff.connection.close()
    n = count * len(STEPS) * runs
    return [Figure(f"workflow one completion{' alone' * each}", *found, TARGET, n) for each, found in costs.items()]


def _started(driver: Driver, pool: list[int], count: int) -> list[int]:
    ids = [pool.pop() for _ in range(count)]
    driver.do(Act("start", KEY), ids)
    return ids


def _finish(driver: Driver, step: str, ids: list[int], each: bool) -> None:
    """One work item of each order, a transaction each."""
    values = {"quantity": str(QUANTITY)} if step == STEPS[0] else {}
    for row in driver.completing(Act("complete", step, KEY, "done", values), ids):
        driver.run("workflow.complete", [row])
        if each:
            settle()
    settle()
