"""Reactions run later, on sets, and one bad row does not stop the others."""

from collections.abc import Sequence
from decimal import Decimal as D

import pytest

from orderway.kernel import clock, reacting, registry
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, react
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def listening():
    """A reaction to placed orders, taken away again; it notes the sets it was called with."""
    calls: list[list[int]] = []
    broken: set[int] = set()
    unwanted: set[int] = set()

    @command("tests.note")
    def note(ctx, rows: Sequence[Ref]) -> Outcome:
        """Note which orders came."""
        if any(row.id in broken for row in rows):
            raise RuntimeError("poison")
        calls.append([row.id for row in rows])
        assert all(ctx.causes.get(row.id) for row in rows)
        return Outcome(
            [r.id for r in rows if r.id not in unwanted], [Refusal("unwanted", r.id) for r in rows if r.id in unwanted]
        )

    react("order.placed", "tests.note")
    yield calls, broken, unwanted
    del registry.commands["tests.note"], registry.reactions["order.placed>tests.note"]
    registry.listeners["order.placed"].remove("order.placed>tests.note")


def place(shop, count):
    rows = [PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["ENV-DL"], D(1))]) for _ in range(count)]
    return list(run("orders.place", shop.manager, rows).done)


def mine(calls):
    return [id for call in calls for id in call]


def test_twenty_orders_are_one_call(shop, listening):
    calls, _, _ = listening
    ids = place(shop, 20)
    reacting.drain()
    assert calls == [ids]
    assert fetch("select count(*) as n from pending where reaction = 'order.placed>tests.note'", {})[0].n == 0


def test_a_poison_row_backs_off_and_the_others_are_done(shop, listening):
    calls, broken, _ = listening
    ids = place(shop, 8)
    broken.add(ids[5])
    reacting.drain()
    assert sorted(mine(calls)) == [id for id in ids if id != ids[5]]
    (row,) = fetch("select * from pending where reaction = 'order.placed>tests.note'", {})
    assert (row.subject_id, row.tries) == (ids[5], 1)
    assert row.ready_at > clock.now()
    assert "poison" in row.error


def test_a_row_that_never_works_ends_on_the_desk(shop, listening):
    _, broken, _ = listening
    (id,) = place(shop, 1)
    broken.add(id)
    for _ in range(reacting.LAST_TRY):
        fetch("update pending set ready_at = %(now)s::timestamptz", {"now": clock.now()})
        reacting.drain()
    (trouble,) = fetch("select * from desk_exception where subject_id = %(id)s::bigint", {"id": id})
    assert (trouble.code, trouble.state, trouble.command) == ("broken", "open", "tests.note")


def test_a_refused_row_ends_on_the_desk_with_its_code(shop, listening):
    _, _, unwanted = listening
    ids = place(shop, 3)
    unwanted.add(ids[1])
    reacting.drain()
    assert [(t.code, t.subject_id) for t in fetch("select * from desk_exception", {})] == [("unwanted", ids[1])]


def test_a_dry_run_settles_its_reactions_and_leaves_none(shop, listening):
    calls, _, _ = listening
    rows = [PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["ENV-DL"], D(1))])]
    outcome = run("orders.place", shop.manager, rows, dry=True)
    assert calls == [list(outcome.done)]
    assert fetch("select count(*) as n from pending", {})[0].n == 0
