"""Life: placed, confirmed, allocated, picked, packed, shipped, invoiced, paid; eight commands, everything that reacts has reacted.

Papers are queued on both sides and made on neither.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal as D
from functools import partial
from typing import Any

from .cost import RUNS, Figure, interleaved, measured
from .ground import LIMIT, OURS, Ground, rows
from .limit.life import REST, Life
from .world import OTHERS, PERSON

LINES = 5
ONE, SET = 0.30, 0.40  # targets
WAVE = 20


def basket(n: int, customers: Sequence[int], items: Sequence[int]) -> tuple[int, list[tuple[int, D]]]:
    """The n-th order: its customer, and five items with their quantities."""
    lines = [(items[(n * 7 + line * 13) % len(items)], D(1 + line % 3)) for line in range(LINES)]
    return customers[n % len(customers)], lines


def known(url: str) -> tuple[list[int], list[int]]:
    """The customers and items of the benches by id."""
    customers = rows(url, "select id from party where number like 'B0%' order by id")
    items = rows(url, "select id from item where number like 'BENCH-%' order by id")
    return [row[0] for row in customers], [row[0] for row in items]


def settle() -> None:
    """Let everything react that reacts, as the worker does."""
    from orderway.kernel import reacting
    from orderway.workflow.commands import proceed

    while reacting.drain() + proceed.drain():
        pass


def sets(everything: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Sets of `size`, the last one perhaps smaller."""
    for start in range(0, len(everything), size):
        yield everything[start : start + size]


class OurLife:
    """The eight commands, called for a set of orders."""

    def __init__(self, url: str) -> None:
        from orderway.people.queries import actor_of

        self.customers, self.items = known(url)
        mails = (PERSON, *OTHERS)
        ids = dict(rows(url, "select email, id from person where email = any(%s)", (list(mails),)))
        self.actors = [actor for mail in mails if (actor := actor_of(ids[mail], 1))]
        self.actor = self.actors[0]

    def orders(self, start: int, count: int) -> list[Any]:
        from orderway.orders.commands.place import PlaceLine, PlaceOrder

        wanted = [basket(n, self.customers, self.items) for n in range(start, start + count)]
        return [PlaceOrder(customer, [PlaceLine(item, q) for item, q in lines]) for customer, lines in wanted]

    def run(self, name: str, given: Sequence[Any]) -> Any:
        from orderway.kernel.running import run

        outcome = run(name, self.actor, given)
        assert outcome.ok, outcome.refused
        return outcome

    def live(self, start: int, count: int, at_once: int) -> None:
        """`count` orders from placing to payment, each command called for `at_once` of them."""
        from orderway.billing.commands.pay import Pay
        from orderway.fulfilment.commands.pack import PackShipment
        from orderway.fulfilment.commands.pick import PickLine
        from orderway.fulfilment.commands.ship import ShipShipment
        from orderway.kernel.registry import Ref
        from orderway.kernel.sql import fetch

        orders = self.orders(start, count)
        ids = [id for some in sets(orders, at_once) for id in self.run("orders.place", some).done]
        refs = [Ref(id) for id in ids]
        for some in sets(refs, at_once):
            self.run("orders.confirm", some)
        for some in sets(refs, at_once):
            self.run("orders.allocate", some)
        settle()  # opens the shipments
        lines = fetch(SHIPMENT_LINES, {"ids": ids})
        for some in sets(lines, at_once * LINES):
            self.run("fulfilment.pick", [PickLine(line.id, line.quantity) for line in some])
        shipments = sorted({line.shipment_id for line in lines})
        for some in sets(shipments, at_once):
            self.run("fulfilment.pack", [PackShipment(id) for id in some])
        for some in sets(shipments, at_once):
            self.run("fulfilment.ship", [ShipShipment(id, "Post") for id in some])
        invoices = [id for some in sets(refs, at_once) for id in self.run("billing.issue", some).values["invoices"]]
        due = fetch(DUE, {"ids": invoices})
        for some in sets(due, at_once):
            self.run("billing.pay", [Pay(row.id, row.due) for row in some])
        settle()


# what the pages of the warehouse and of billing have at hand already
SHIPMENT_LINES = """select l.id, l.shipment_id, l.quantity from shipment s join shipment_line l on l.shipment_id = s.id
where s.order_id = any(%(ids)s::bigint[]) order by l.id"""
DUE = "select id, due from invoice where id = any(%(ids)s::bigint[]) order by id"


class Lives:
    """Both sides of a life, each with its own next order."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.ours = OurLife(ground.named(OURS))
        self.limit = Life(ground.named(LIMIT), self.ours.actor.id)

    def by_hand(self, start: int, count: int, at_once: int) -> None:
        """The same lives by hand."""
        baskets = [basket(n, self.ours.customers, self.ours.items) for n in range(start, start + count)]
        ids = [id for some in sets(baskets, at_once) for id in self.limit.place(some)]
        for step in REST:
            for some in sets(ids, at_once):
                self.limit.proceed(step, some)

    def compared(self, name: str, count: int, at_once: int, target: float, runs: int, look: int = 0) -> Figure:
        """A figure over `count` orders a run; everybody looks up (and reacts) after `look` orders, or at the end."""

        def cost(live: Callable[[int, int, int], None]) -> float:
            self.ground.tidy()
            waves = partial(in_waves, live, count, at_once, look or count)
            return measured(waves, os.getpid(), self.ground.postmaster) / count * 1_000

        ours, limit = interleaved(partial(cost, self.ours.live), partial(cost, self.by_hand), runs)
        self.ground.same_rows()
        return Figure(name, ours, limit, target, count * runs)

    def close(self) -> None:
        self.limit.connection.close()


def in_waves(live: Callable[[int, int, int], None], count: int, at_once: int, look: int) -> None:
    for start in range(0, count, look):
        live(start, min(look, count - start), at_once)


def bench(ground: Ground, one: int = 100, many: int = 1_000, runs: int = RUNS) -> list[Figure]:
    """Lives in sets of `many`, and `one` by one, each in processor milliseconds an order.

    One by one: every command is called for one order. The worker looks every 150 ms for what has to react, and finds what some
    WAVE commands left; so as many orders take a step before everything reacts. `alone` is one order in a house where nothing else
    happens, and reacts to that one.
    """
    ground.fresh()
    lives = Lives(ground)
    try:
        return [
            lives.compared("life one at a time", one, 1, ONE, runs, look=WAVE),
            lives.compared("life alone", one // 4, 1, ONE, runs, look=1),
            lives.compared(f"life sets of {many}", many, many, SET, runs),
        ]
    finally:
        lives.close()
