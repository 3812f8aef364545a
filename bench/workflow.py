"""Workflow: the two maps that ship, in sets of 1,000, against hand-written SQL that moves the same tokens and work items.

The steps of the maps are replaced by one that does nothing: the engine is measured, not the trade.
"""

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .cost import RUNS, Figure, interleaved, measured
from .ground import LIMIT, OURS, Ground
from .life import OurLife, sets, settle
from .limit.workflow import CHECKS, ITEMS, MAPS, Item, Maps

TARGET = 0.50
COMMAND = re.compile(r'orderway:command="[^"]*"')
ARGUMENT = re.compile(r"<orderway:argument [^>]*/>")
DELIVERY = ("picked", "packed", "shipped", "delivered", "paid")


@dataclass(frozen=True)
class Tell:
    """An order, and what happened to it."""

    id: int
    what: str


def register() -> None:
    """The step that does nothing, and a command that tells maps what happened; they are no part of the product."""
    from orderway.kernel.context import Context
    from orderway.kernel.outcome import Outcome
    from orderway.kernel.registry import Ref, command, commands
    from orderway.workflow.commands.proceed import arrive

    if "bench.nothing" in commands:
        return

    @command("bench.nothing")
    def nothing(_: Context, rows: Sequence[Ref]) -> Outcome:
        """Do nothing."""
        return Outcome([row.id for row in rows])

    @command("bench.tell", row=Tell)
    def tell(ctx: Context, rows: Sequence[Tell]) -> Outcome:
        """Tell the maps what happened."""
        arrive(ctx, "order", [row.id for row in rows], rows[0].what)
        return Outcome([row.id for row in rows])


def prepare(url: str, count: int) -> list[int]:
    """Orders on no map, their stock allocated (a map asks whether it is), then the maps with their steps replaced; returns the orders."""
    import orderway.workflow
    from orderway.kernel.access import system_actor
    from orderway.kernel.registry import Ref
    from orderway.kernel.running import run
    from orderway.workflow.commands.publish import PublishMap

    life = OurLife(url)
    ids: list[int] = []
    for at in range(0, count, 1_000):
        ids += life.run("orders.place", life.orders(at, min(1_000, count - at))).done
    for some in sets([Ref(id) for id in ids], 1_000):
        life.run("orders.confirm", some)
        life.run("orders.allocate", some)
    settle()
    drawn = sorted((Path(orderway.workflow.__file__).parent / "maps").glob("*.bpmn"))
    xmls = [ARGUMENT.sub("", COMMAND.sub('orderway:command="bench.nothing"', file.read_text())) for file in drawn]
    published = run("workflow.publish", system_actor(1), [PublishMap(xml) for xml in xmls])
    assert published.ok, published.refused
    return ids


class OurMaps:
    """The engine: orders through a map from its start to its end."""

    def __init__(self, url: str) -> None:
        self.life = OurLife(url)

    def run(self, key: str, ids: Sequence[int]) -> None:
        from orderway.kernel.access import system_actor
        from orderway.kernel.running import run
        from orderway.workflow.commands.proceed import StartMap

        self._go("workflow.start", [StartMap(key, id) for id in ids])
        if key == "print_order":
            for item in ITEMS:
                self._finish(item, ids)
        for what in (("production-finished",) if key == "print_order" else ()) + DELIVERY:
            assert run("bench.tell", system_actor(1), [Tell(id, what) for id in ids]).ok
            settle()

    def _go(self, name: str, given: Sequence[Any]) -> None:
        self.life.run(name, given)
        settle()

    def _finish(self, item: Item, ids: Sequence[int]) -> None:
        from orderway.kernel.sql import fetch
        from orderway.workflow.commands.work import CompleteWork

        found = fetch(OPEN, {"ids": list(ids), "node": item.node})
        values = json.loads(item.values)
        checks = item.checks.strip("{}").split(",") if item.checks == CHECKS else []
        self._go("workflow.complete", [CompleteWork(row.id, item.outcome, values, checks) for row in found])


OPEN = """select w.id from work_item w join process_instance i on i.id = w.instance_id
where i.subject_type = 'order' and i.subject_id = any(%(ids)s::bigint[]) and w.node = %(node)s::text and w.state = 'open' order by w.id"""


def bench(ground: Ground, count: int = 1_000, runs: int = RUNS) -> list[Figure]:
    """A set of `count` orders through each map, in processor milliseconds an order."""
    register()
    figures = []
    for key in MAPS:
        ids: list[int] = []
        ground.fresh(lambda ids=ids: ids.extend(prepare(ground.named(OURS), count * (runs + 1))))
        ours, limit = OurMaps(ground.named(OURS)), Maps(ground.named(LIMIT), 1)
        pools = {side: [ids[at : at + count] for at in range(0, len(ids), count)] for side in ("ours", "limit")}

        def cost(
            side: str, run: Callable[[str, Sequence[int]], None], key: str, pools: dict[str, list[list[int]]]
        ) -> float:
            some = pools[side].pop()
            ground.tidy()
            return measured(partial(run, key, some), os.getpid(), ground.postmaster) / count * 1_000

        costs = interleaved(
            partial(cost, "ours", ours.run, key, pools), partial(cost, "limit", limit.run, key, pools), runs
        )
        ground.same_rows()
        limit.connection.close()
        figures.append(Figure(f"workflow {key}", *costs, TARGET, count * runs))
    return figures
