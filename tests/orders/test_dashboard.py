"""The figures of the dashboard are those of a recount from the record of a thousand random orders (DX-04, SP-18, GD-20)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from random import Random
from typing import Any

import pytest

from orderway.billing.commands.pay import Pay
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.deliver import ShortShip
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder

ORDERS = 1_000
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)
TODAY = NOW.date()


def _order(shop: Any, luck: Random) -> PlaceOrder:
    chosen = luck.sample(["PAP-A4-80", "PAP-LX-120", "ENV-DL", "LETTER-A4", "DESIGN-H"], luck.randint(1, 3))
    wanted = luck.choice([None, TODAY, TODAY + timedelta(days=luck.randint(-20, 20))])
    return PlaceOrder(
        shop.customers[luck.choice(["10001", "10002"])],
        [PlaceLine(shop.items[item], D(luck.randint(1, 4))) for item in chosen],
        ordered_on=TODAY - timedelta(days=luck.randint(0, 110)),
        requested_on=wanted,
    )


def _some(luck: Random, ids: Any, share: float) -> list[Ref]:
    return [Ref(id) for id in ids if luck.random() < share]


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def trade(shop: Any) -> None:
    """A thousand orders in every stage."""
    luck = Random(4711)
    placed = run("orders.place", shop.manager, [_order(shop, luck) for _ in range(ORDERS)]).done
    confirmed = run("orders.confirm", shop.manager, _some(luck, placed, 0.8)).done
    run("orders.hold", shop.manager, [HoldOrder(ref.id, "asked") for ref in _some(luck, placed, 0.06)])
    run("orders.allocate", shop.manager, _some(luck, confirmed, 0.8), partial=True)
    run("orders.cancel", shop.manager, [HoldOrder(r.id, "not needed") for r in _some(luck, placed, 0.05)], partial=True)
    shipments = run("fulfilment.release", shop.warehouse, _some(luck, confirmed, 0.8), partial=True).values["shipments"]
    lines = fetch(
        "select id, quantity from shipment_line where shipment_id = any(%(s)s::bigint[]) order by id", {"s": shipments}
    )
    run(
        "fulfilment.pick",
        shop.warehouse,
        [PickLine(x.id, x.quantity) for x in lines if luck.random() < 0.9],
        partial=True,
    )
    run("fulfilment.pack", shop.warehouse, [PackShipment(ref.id) for ref in _some(luck, shipments, 0.9)], partial=True)
    run("fulfilment.ship", shop.warehouse, [ShipShipment(ref.id) for ref in _some(luck, shipments, 0.9)], partial=True)
    some = [row.id for row in fetch("select id from order_line order by id", {}) if luck.random() < 0.15]
    run("orders.short_ship", shop.manager, [ShortShip(line, D(1), "not made any more") for line in some], partial=True)
    bills = run("billing.issue", shop.accountant, _some(luck, confirmed, 0.7), partial=True).values["invoices"]
    due = fetch("select id, due from invoice where id = any(%(b)s::bigint[]) order by id", {"b": bills})
    run("billing.pay", shop.accountant, [Pay(b.id, b.due) for b in due if b.due and luck.random() < 0.6])


def _from_the_record() -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """Orders and their lines as the events alone tell them."""
    orders: dict[int, dict[str, Any]] = {}
    lines: dict[int, dict[str, Any]] = {}
    tables: Mapping[str, dict[int, dict[str, Any]]] = {"sales_order": orders, "order_line": lines}
    for event in fetch("select data from event where root_type = 'order' order by id", {}):
        for change in event.data.get("changes", ()):
            if change["table"] in tables:
                tables[change["table"]].setdefault(change["id"], {}).update(change["new"])
    return orders, lines


class Recount:
    """The stage of each active order, found the slow way."""

    def __init__(self) -> None:
        self.orders, lines = _from_the_record()
        held = fetch("select demand_id, sum(quantity) as held from allocation group by demand_id", {})
        self.held = {row.demand_id: row.held for row in held}
        self.lines: dict[int, list[dict[str, Any]]] = {id: [] for id in self.orders}
        for line in lines.values():
            self.lines[line["order_id"]].append(line)

    def active(self) -> Iterator[tuple[dict[str, Any], str, bool]]:
        for id, order in self.orders.items():
            if order["state"] in ("placed", "held", "confirmed"):
                late = self.owes(id) and _day(order) is not None and _day(order) < TODAY
                yield order, self.stage(id), bool(late)

    def owes(self, id: int) -> bool:
        return any(line["demand_id"] and D(str(line["delivered"])) < _wanted(line) for line in self.lines[id])

    def stage(self, id: int) -> str:
        state = self.orders[id]["state"]
        if state in ("placed", "held"):
            return {"placed": "check", "held": "held"}[state]
        if self.owes(id):
            goods = [line for line in self.lines[id] if line["demand_id"]]
            lacks = any(D(str(x["delivered"])) + self.held.get(x["demand_id"], D(0)) < _wanted(x) for x in goods)
            return "short" if lacks else "deliver"
        open_ = any(D(str(line["invoiced"])) < _wanted(line) for line in self.lines[id])
        return "invoice" if open_ else "pay"


def _wanted(line: Mapping[str, Any]) -> D:
    return D(str(line["quantity"])) - D(str(line["cancelled"]))


def _day(order: Mapping[str, Any]) -> Any:
    told = order["promised_on"] or order["requested_on"]
    return date.fromisoformat(told) if told else None


def test_a_thousand_orders_stand_in_the_stages_of_the_recount(shop: Any, trade: None) -> None:
    recount = list(Recount().active())
    count, net, late = Counter[str](), Counter[str](), Counter[str]()
    for order, stage, is_late in recount:
        count[stage] += 1
        net[stage] += D(str(order["net"]))  # type: ignore[assignment]
        late[stage] += is_late
    rows = {row.stage: row for row in ask("orders.overview", shop.manager)}
    assert set(rows) == set(count) == {"check", "held", "short", "deliver", "invoice", "pay"}
    assert {stage: row.n for stage, row in rows.items()} == count
    assert {stage: row.net for stage, row in rows.items()} == net
    assert {stage: row.late for stage, row in rows.items() if row.late} == {s: n for s, n in late.items() if n}
    counts = ask("orders.counts", shop.manager)
    assert len(recount) > ORDERS / 2
    days = [_day(order) for order, _, _ in recount]
    assert counts.active == len(recount)
    assert counts.late == late.total() == len(_all(shop, late=True))
    assert counts.today == days.count(TODAY)
    assert counts.due == sum(day is not None and day <= TODAY + timedelta(days=7) for day in days)


def test_the_trend_by_week_is_that_of_the_recount(shop: Any, trade: None) -> None:
    monday = TODAY - timedelta(days=TODAY.weekday())
    weeks = {monday - timedelta(weeks=n): [0, D(0)] for n in range(13)}
    for order in Recount().orders.values():
        day = date.fromisoformat(order["ordered_on"])
        week = weeks.get(day - timedelta(days=day.weekday()))
        if week and order["state"] != "cancelled":
            week[0] += 1
            week[1] += D(str(order["net"]))
    assert {row.week: [row.n, row.net] for row in ask("orders.weeks", shop.manager)} == weeks


def _all(shop: Any, **narrowed: Any) -> list[int]:
    found, after = [], None
    while True:
        page = ask("orders.list", shop.manager, size=200, after=after, **narrowed)
        found += [row.id for row in page.rows]
        if not (after := page.next):
            return found
