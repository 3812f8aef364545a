"""One completion: a person finishes one work item of one order, against SpiffWorkflow doing the same step of the same map, and against
the statement that is written by hand for it.

Any map: a way through it is recorded with one order, and then as many orders as do something while the worker looks once go along
that way on both sides. Only completions are counted, a transaction each, with all that follows from them; what else happens on the
way (the start, messages, times) happens on both sides, and is not counted.
"""

import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from .cost import Figure, interleaved, measured
from .drawings import Drawing, with_called
from .driving import CannotDrive, Driver
from .ground import LIMIT, OURS, Ground, rows
from .life import WAVE
from .limit.workflow import Maps
from .recording import Segment, Way, record
from .redrawn import flow_name
from .spiff import Move, Spiff, is_installed

TARGET = 2.0
TARGET_BY_HAND = 0.30
COMPLETE = "complete"


def one_completion(ground: Ground, drawing: Drawing, runs: int, count: int = WAVE) -> list[Figure]:
    """Processor milliseconds of one completion, over all work items of `count` orders a run; no figures, and a sentence why, for a
    map that SpiffWorkflow does not run as we do.

    The worker looks every 150 ms for what has to react and finds what some `count` completions left; `alone` reacts to each. What is
    written by hand has the target of a life one at a time: it says how far down any engine could come.
    """
    if not is_installed():
        return []
    try:
        both = Both(ground, drawing, 3 * count * (runs + 1))
    except CannotDrive as why:
        print(f"{drawing.key}: one completion is not compared: {why}", file=sys.stderr)
        return []
    costs = {
        alone: interleaved(partial(both.ours, count, alone), partial(both.theirs, count), runs)
        for alone in (False, True)
    }
    by_hand = interleaved(partial(both.ours, count, False), partial(both.by_hand, count), runs)
    both.close()
    name, many = f"workflow {drawing.key} one completion", both.steps * count * runs
    found = [Figure(f"{name}{' alone' * alone}", *cost, TARGET, many) for alone, cost in costs.items()]
    return [*found, Figure(f"{name} by hand", *by_hand, TARGET_BY_HAND, many)]


class Both:
    """Both sides with the same map and the same moves, and `many` orders for ours. Raises CannotDrive when they do not go the same way.

    `steps` is how many work items an order finishes on its way.
    """

    def __init__(self, ground: Ground, drawing: Drawing, many: int) -> None:
        from .workflow import orders, publish

        def prepare() -> None:
            url = ground.named(OURS)
            self.pool = orders(url, many + 1)
            self.graphs = publish(url, [drawing])
            self.way = record(url, Driver(url, self.graphs), drawing.key, self.pool.pop())
            self.moves = moves(self.way, self.graphs, dict(rows(url, "select id, key from process_definition")))

        self.ground = ground
        ground.fresh(prepare)
        self.steps = sum(move.act.kind == COMPLETE for move in self.moves)
        if not self.steps:
            raise CannotDrive("nobody has a work item on its way")
        self.driver = Driver(ground.named(OURS), self.graphs)
        self.spiff = Spiff(ground.named(LIMIT), drawing.key, with_called([drawing]), self.graphs)
        self.spiff.rehearse(self.moves)
        self.hand = Maps(ground.named(LIMIT), self.way)
        self.hand.connection.execute("set plan_cache_mode = force_generic_plan")  # as ours does for a row
        self.untouched = list(self.pool)  # the other database has the same orders, which nobody has sent along there

    def ours(self, count: int, alone: bool) -> float:
        """What one completion costs on our side, in processor milliseconds; everything reacts after each when `alone`."""
        ids = [self.pool.pop() for _ in range(count)]
        self.ground.tidy()
        self.driver.ahead = timedelta()

        def go(move: Move) -> float:
            if move.act.kind == COMPLETE:
                return self._measured(lambda: self.driver.one_by_one(move.act, ids, alone))
            self.driver.do(move.act, ids)
            return 0.0

        return sum(map(go, self.moves)) / (count * self.steps) * 1_000

    def theirs(self, count: int) -> float:
        """The same on SpiffWorkflow's."""
        return sum(self.each(count)) / (count * self.steps) * 1_000

    def by_hand(self, count: int) -> float:
        """The same by the statements of a person who knows the map: one a completion, each committed."""
        ids = [self.untouched.pop() for _ in range(count)]
        self.ground.tidy()

        def go(n: int, move: Move) -> float:
            if move.act.kind == COMPLETE:
                return self._measured(lambda: self._each_by_hand(n, ids))
            self._each_by_hand(n, ids)
            return 0.0

        return sum(itertools.starmap(go, enumerate(self.moves))) / (count * self.steps) * 1_000

    def _each_by_hand(self, n: int, ids: Sequence[int]) -> None:
        for id in ids:
            self.hand.segment(n, [id])

    def each(self, count: int) -> list[float]:
        """What each step of the way costs SpiffWorkflow for `count` orders, in processor seconds."""
        self.ground.tidy()
        ids = self.spiff.start(count, self.moves[0])

        def go(move: Move) -> float:
            def every() -> None:
                for id in ids:
                    self.spiff.go(id, move)

            if move.act.kind == COMPLETE:
                return self._measured(every)
            every()
            return 0.0

        return [go(move) for move in self.moves[1:]]

    def close(self) -> None:
        """Both have taken all their orders to the end, or the figures say nothing."""
        url = self.ground.named(OURS)
        ((left,),) = rows(url, "select count(*) from process_instance where state = 'running'")
        assert not self.pool, "orders are left that nobody has sent along"
        assert left == self.spiff.open() == 0, (left, self.spiff.open())
        self.spiff.connection.close()
        self.hand.connection.close()

    def _measured(self, work: Callable[[], object]) -> float:
        return measured(work, os.getpid(), self.ground.postmaster)


def moves(way: Way, graphs: Mapping[str, Any], keys: Mapping[int, str]) -> list[Move]:
    """The recorded way as SpiffWorkflow is led along it; `keys` are the maps by the id of their definition.

    Raises CannotDrive when orders leave a gateway by two ways within one move: it is told the flows of a move, not their order.
    """
    found = [Move(segment.act, _taken(segment, keys), _open(segment)) for segment in way.segments]
    for move in found:
        _plain(move, graphs)
    return found


def _taken(segment: Segment, keys: Mapping[int, str]) -> frozenset[str]:
    taken: set[str] = set()
    for place, row in segment.after.items():
        if place[0] == "process_instance":
            before: Sequence[str] = segment.before[place]["path"] if place in segment.before else []
            taken |= {flow_name(keys[row["definition_id"]], flow) for flow in row["path"][len(before) :]}
    return frozenset(taken)


def _open(segment: Segment) -> Mapping[str, int]:
    items = (row for (table, _), row in segment.after.items() if table == "work_item" and row["state"] == "open")
    return Counter(item["node"] for item in items)


def _plain(move: Move, graphs: Mapping[str, Any]) -> None:
    from orderway.workflow.graph import Choose

    for key, graph in graphs.items():
        for node in graph.nodes.values():
            ways = {way.flow for way in node.ways if flow_name(key, way.flow) in move.taken}
            if isinstance(node.does, Choose) and len(ways) > 1:
                raise CannotDrive(f"orders leave {node.id} by {' and '.join(sorted(ways))} in one move")
