"""Workflow: any maps, in sets of 1,000, against hand-written SQL that moves the same tokens and work items; and one completion.

The steps of the maps are replaced by one that does nothing: the engine is measured, not the trade.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import psycopg

from .completion import one_completion
from .cost import RUNS, Figure, interleaved, measured
from .drawings import Drawing, draw, some, with_called
from .driving import Act, CannotDrive, Driver, register
from .foreign import settled
from .ground import LIMIT, OURS, Ground
from .life import WAVE, OurLife, basket, sets, settle
from .limit.life import REST, Life
from .limit.workflow import Maps
from .recording import Way, left_behind, record

TARGET = 0.50
PICKED = 3


def orders(url: str, count: int) -> list[int]:
    """Orders on no map that everything has been done for already (by hand, which is quick): the steps of a map do nothing here, so
    that a map which asks until all is delivered would never end otherwise."""
    life = OurLife(url)
    by_hand = Life(url, life.actor.id)
    ids: list[int] = []
    for start in range(0, count, 1_000):
        baskets = [basket(n, life.customers, life.items) for n in range(start, min(start + 1_000, count))]
        few = by_hand.place(baskets)
        for step in REST:
            by_hand.proceed(step, few)
        ids += few
    # what happened to them would be taken by the maps at once; each is told anew when the map waits for it
    by_hand.connection.execute("delete from arrival")
    by_hand.connection.close()
    return ids


def publish(url: str, drawings: Sequence[Drawing]) -> Mapping[str, Any]:
    """Publish maps and those they call; returns their graphs by key. Raises CannotDrive for one that cannot run."""
    from orderway.kernel.access import system_actor
    from orderway.kernel.running import run
    from orderway.workflow.commands.publish import PublishMap
    from orderway.workflow.published import compile_xml

    every = with_called(drawings)
    published = run("workflow.publish", system_actor(1), [PublishMap(one.xml) for one in every])
    if not published.ok:
        wrong = [one for refusal in published.refused for one in refusal.facts.get("problems", ())]
        told = ", ".join(f"{one['name'] or one['element']}: {one['why']}" for one in wrong)
        raise CannotDrive(f"cannot be published: {told or published.refused[0]}")
    settle()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "delete from process_clock"
        )  # the clock runs ahead in here, and starts no maps of the company
    graphs = {one.key: compile_xml(one.xml, {each.key for each in every}).graph for one in every}
    return {key: graph for key, graph in graphs.items() if graph is not None}


def bench(
    ground: Ground, files: Sequence[Path] = (), count: int = 1_000, runs: int = RUNS, chance: Random | None = None
) -> Iterator[Figure]:
    """A set of `count` orders through each map, in processor milliseconds an order, and one completion on it; three maps that ship
    unless `files` are given. Raises CannotDrive at last for those that orders cannot go through."""
    register()
    left: list[str] = []
    for file in files or some(PICKED, chance or SystemRandom()):
        try:
            one = _drawn(file)
            yield through(ground, one, count, runs)
            yield from one_completion(ground, one, runs, min(count, WAVE))
        except CannotDrive as why:
            left.append(f"{file.name}: {why}")
    if left:
        raise CannotDrive("; ".join(left))


def _drawn(file: Path) -> Drawing:
    try:
        return settled(draw(file))
    except (ValueError, SyntaxError) as wrong:
        raise CannotDrive(f"cannot be read: {wrong}") from wrong


def through(ground: Ground, drawing: Drawing, count: int, runs: int) -> Figure:
    """One map: a way recorded with one order, then sets of `count` along it on both sides in turns."""
    given: dict[str, Any] = {}

    def prepare() -> None:
        url = ground.named(OURS)
        given["ids"] = orders(url, count * (runs + 1) + 1)
        given["graphs"] = publish(url, [drawing])
        given["way"] = record(url, Driver(url, given["graphs"]), drawing.key, given["ids"].pop())

    ground.fresh(prepare)
    way: Way = given["way"]
    ours, limit = Driver(ground.named(OURS), given["graphs"]), Maps(ground.named(LIMIT), way)
    told = f"{drawing.key}: {len(way.acts)} acts ({', '.join(f'{act.kind} {act.name}' for act in way.acts)})"
    print(told, file=sys.stderr)
    everything: list[int] = given["ids"]
    same_after_each(ground, ours, limit, way, everything[:count])
    pools = {side: [list(few) for few in sets(everything[count:], count)] for side in ("ours", "limit")}

    def cost(side: str, run: Callable[[list[int]], None]) -> float:
        few = pools[side].pop()
        ground.tidy()
        return measured(partial(run, few), os.getpid(), ground.postmaster) / count * 1_000

    costs = interleaved(
        partial(cost, "ours", partial(ours.along, way.acts)), partial(cost, "limit", limit.run), runs, warm=False
    )
    ground.same_rows()
    limit.connection.close()
    return Figure(f"workflow {drawing.key}", *costs, TARGET, count * runs)


def same_after_each(ground: Ground, ours: Driver, limit: Maps, way: Way, ids: list[int]) -> None:
    """Both sides once, not counted; after every segment each row must say the same on both."""
    shapes: list[Any] = []

    def seen(_: Act) -> None:
        shapes.append(left_behind(ground.named(OURS), ids))

    ours.along(way.acts, ids, seen)

    def compare(n: int) -> None:
        found = left_behind(ground.named(LIMIT), ids)
        strange = {"ours": shapes[n] - found, "limit": found - shapes[n]}
        assert not any(strange.values()), (way.acts[n], strange)

    limit.run(ids, compare)
    ground.same_rows()
