"""Late orders and back-orders stand out: each view holds exactly what is late or short (DX-06)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderway.kernel import clock, reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.deliver import ShortShip
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.stock.commands import Move

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.sampled_from(["PAP-LX-120", "ENV-DL"]), st.integers(1, 60)),
        st.tuples(st.just("comes"), st.sampled_from(["PAP-LX-120", "ENV-DL"]), st.integers(1, 40)),
        st.tuples(st.just("cancel"), st.just(""), st.integers(0, 9)),
        st.tuples(st.just("give up"), st.just(""), st.integers(0, 9)),
    ),
    min_size=3,
    max_size=14,
)


class Tally:
    """A slow shop assistant with a notebook: who ordered what, and what of it lies aside for them, first come first served."""

    def __init__(self, free: dict[str, D]) -> None:
        self.free = dict(free)
        self.lines: dict[int, tuple[str, D, D]] = {}  # line: item, wanted, laid aside

    def serve(self, item: str) -> None:
        for id, (wants, wanted, held) in sorted(self.lines.items()):
            if wants == item and held < wanted:
                more = min(wanted - held, self.free[item])
                self.lines[id] = (item, wanted, held + more)
                self.free[item] -= more

    def drop(self, line: int, quantity: D) -> str:
        item, wanted, held = self.lines[line]
        kept = min(held, wanted - quantity)
        self.lines[line] = (item, wanted - quantity, kept)
        self.free[item] += held - kept
        return item

    def short(self) -> dict[int, D]:
        return {id: wanted - held for id, (_, wanted, held) in self.lines.items() if held < wanted}


def _confirmed(shop: Any, item: str, quantity: int) -> tuple[int, int]:
    """A confirmed order of one line, which has reserved what there was; the order and its line."""
    lines = [PlaceLine(shop.items[item], D(quantity))]
    (order,) = run("orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], lines)]).done
    for verb in ("orders.confirm", "orders.allocate"):
        assert run(verb, shop.manager, [Ref(order)]).ok
    return int(order), int(ask("orders.lines", shop.manager, id=order)[0].id)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_list_holds_exactly_the_lines_that_are_short(shop: Any, acts: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        _acted(shop, acts)
        transaction.set_rollback(True)


def _acted(shop: Any, acts: list[tuple[str, str, int]]) -> None:
    levels = ask("stock.levels", shop.warehouse, size=200).rows
    tally = Tally({i: sum((at.on_hand - at.reserved for at in levels if at.number == i), D(0)) for i in shop.items})
    orders: list[tuple[int, int]] = []
    for at, (act, item, n) in enumerate(acts):
        with clock.at(MOMENT + timedelta(minutes=at)):
            if act == "order":
                orders.append(_confirmed(shop, item, n))
                tally.lines[orders[-1][1]] = (item, D(n), D(0))
                tally.serve(item)
            elif act == "comes":
                assert run("stock.move", shop.warehouse, [Move(shop.items[item], shop.warehouses["main"], D(n))]).ok
                tally.free[item] += n
                tally.serve(item)
            elif orders:
                _give_up(shop, tally, *orders[n % len(orders)], whole=act == "cancel")
            reacting.drain()
    rows = {row.id: row.missing for row in ask("orders.queue", shop.manager, size=200).rows}
    assert rows == tally.short()


def _give_up(shop: Any, tally: Tally, order: int, line: int, whole: bool) -> None:
    _, wanted, _ = tally.lines[line]
    if not wanted:
        return
    if whole:
        assert run("orders.cancel", shop.manager, [HoldOrder(order, "not needed")]).ok
    else:
        assert run("orders.short_ship", shop.manager, [ShortShip(line, wanted, "not made any more")]).ok
    tally.serve(tally.drop(line, wanted))


def test_the_report_sums_what_waits_for_goods(shop: Any) -> None:
    with clock.at(MOMENT):
        _confirmed(shop, "PAP-LX-120", 60)  # of 50
    (row,) = ask("orders.queue", shop.manager).rows
    assert (row.owed, row.reserved, row.missing, row.net) == (D(60), D(50), D(10), D("1180.00"))


def test_words_kind_and_lateness_narrow_it(shop: Any) -> None:
    line = PlaceLine(shop.items["PAP-LX-120"], D(60))
    made = PlaceLine(shop.items["LETTER-A4"], D(500))
    with clock.at(MOMENT):
        wanted = [
            PlaceOrder(shop.customers["10001"], [line], requested_on=MOMENT.date()),
            PlaceOrder(shop.customers["10002"], [made]),
        ]
        ids = run("orders.place", shop.manager, wanted).done
        for verb in ("orders.confirm", "orders.allocate"):
            assert run(verb, shop.manager, [Ref(id) for id in ids]).ok
    paper, letter = ids

    def found(**narrowed: Any) -> list[int]:
        with clock.at(MOMENT + timedelta(days=1)):
            return [row.order_id for row in ask("orders.queue", shop.manager, **narrowed).rows]

    assert found(search="munken") == found(kind="goods") == found(late=True) == [paper]
    assert found(search="Harrow") == found(kind="made") == [letter]
    assert set(found()) == {paper, letter}
