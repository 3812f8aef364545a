"""Capture: a CSV of 20,000 orders of five lines, from the file to orders that are placed and labelled; against COPY of the same rows."""

import os
from functools import partial
from statistics import median

from .cost import Figure, measured
from .ground import LIMIT, OURS, Ground, rows
from .life import basket, known, settle
from .limit.capture import Copied

ORDERS = 20_000
TARGET = 0.50


def table(url: str, count: int) -> bytes:
    """The file: a line an ordered line, customers and items by their numbers."""
    customers, items = known(url)
    numbers = dict(rows(url, "select id, number from party"))
    articles = dict(rows(url, "select id, number from item"))
    lines = ["Order;Customer number;Item number;Quantity"]
    for n in range(count):
        customer, wanted = basket(n, customers, items)
        lines += [f"C{n:06};{numbers[customer]};{articles[item]};{quantity}" for item, quantity in wanted]
    return "\n".join(lines).encode()


def take_in(data: bytes) -> None:
    """What inlet, reading job and worker do with a file, until nothing is left to do."""
    from orderway.capture.inlets import receive
    from orderway.capture.jobs import read_inputs
    from orderway.kernel.access import system_actor
    from orderway.kernel.sql import fetch

    outcome = receive(system_actor(1), "orders.csv", data, "folder")
    assert outcome.ok, outcome.refused
    settle()
    (intake,) = fetch("select id from intake where message_id = %(id)s::bigint", {"id": outcome.done[0]})
    read_inputs(1, [intake.id])
    settle()


def _take_small(url: str) -> None:
    take_in(table(url, 20))


def bench(ground: Ground, count: int = ORDERS, runs: int = 3) -> list[Figure]:
    """Processor milliseconds an order, the median of `runs` files; a small file comes before them and is not counted."""
    costs: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        url = ground.named(OURS)
        ground.fresh(partial(_take_small, url))
        copied = Copied(url)
        copied.mark()
        ground.mark()
        ground.tidy()
        data = table(url, count) + f"\nX{run};B0000;BENCH-0000;1".encode()
        costs[0].append(measured(partial(take_in, data), os.getpid(), ground.postmaster))
        placed = ground.added(OURS)["sales_order"]
        assert placed == count + 1, placed
        copied.read()
        ground.tidy()
        costs[1].append(measured(partial(copied.write, ground.named(LIMIT)), os.getpid(), ground.postmaster))
        ground.same_rows()
    ours, limit = (median(found) / count * 1_000 for found in costs)
    return [Figure("capture", ours, limit, TARGET, count * runs)]
