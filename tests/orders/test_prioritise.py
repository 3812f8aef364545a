"""Some orders go first: marked by a person, or by the rule of a published table; stock serves them so, but nobody waits for ever (SP-14)."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from functools import cmp_to_key
from typing import Any

import pytest

from orderway.catalog.commands import AddItem
from orderway.decisions.commands import PublishTable
from orderway.kernel import clock, reacting
from orderway.kernel.checking import differences
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.prioritise import PrioritiseOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.orders.rules import PRIORITY_TABLE
from orderway.parties.commands import ChangeParty
from orderway.stock.commands import Move, SetPatience
from orderway.worker.loop import rank_orders

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
TODAY = date(2026, 3, 2)
# flag, days left, price group, lines made to order -> class
RULES = (
    ('"urgent"', "-", "-", "-", 2),
    ('"wait"', "-", "-", "-", -1),
    ("-", "<= 2", '"trade"', "-", 2),
    ("-", "<= 2", "-", "-", 1),
    ("-", "-", "-", "> 0", 1),
    ("-", "-", "-", "-", 0),
)


def drawn(rules: Any = RULES) -> str:
    columns = (("flag", "string"), ("days_left", "number"), ("customer_group", "string"), ("made_lines", "number"))
    inputs = "".join(
        f'<input label="{n}"><inputExpression typeRef="{k}"><text>{n}</text></inputExpression></input>'
        for n, k in columns
    )
    rows = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text><![CDATA[{cell}]]></text></inputEntry>" for cell in when)
        + f"<outputEntry><text>{then}</text></outputEntry></rule>"
        for *when, then in rules
    )
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:p" name="p"><decision id="order_priority" name="How urgent it is">'
        f'<decisionTable hitPolicy="FIRST">{inputs}<output name="priority" typeRef="number"/>{rows}</decisionTable>'
        "</decision></definitions>"
    )


def publish(shop: Any, rules: Any = RULES) -> None:
    assert run("decisions.publish", shop.administrator, [PublishTable(drawn(rules), "order", "deadlines")]).ok


def placed(shop: Any, item: int | None = None, n: int = 1, **more: Any) -> list[int]:
    line = PlaceLine(item or shop.items["ENV-DL"], D(10), D(1))
    row = PlaceOrder(shop.customers["10001"], [line], **more)
    return list(run("orders.place", shop.manager, [row] * n).done)


def confirmed(shop: Any, item: int, n: int = 1, **more: Any) -> list[int]:
    return list(run("orders.confirm", shop.manager, [Ref(id) for id in placed(shop, item, n, **more)]).done)


def scarce(shop: Any, name: str = "SCARCE") -> int:
    return int(run("catalog.add_items", shop.administrator, [AddItem(name, "Scarce paper")]).done[0])


def comes_in(shop: Any, item: int, quantity: int) -> None:
    """Goods come in, and what follows from that."""
    assert run("stock.move", shop.warehouse, [Move(item, shop.warehouses["main"], D(quantity))]).ok
    reacting.drain()


def mark(shop: Any, order: int, flag: str, reason: str = "asked for by phone") -> Any:
    return run("orders.prioritise", shop.manager, [PrioritiseOrder(order, flag, reason)])


def demand(order: int) -> Any:
    (row,) = fetch(
        "select d.* from demand d join order_line l on l.demand_id = d.id where l.order_id = %(id)s::bigint"
        " and d.quantity > d.met",
        {"id": order},
    )
    return row


def head(shop: Any, order: int) -> Any:
    return ask("orders.one", shop.manager, id=order)


def reserved(shop: Any, orders: list[int]) -> list[int]:
    """Which of these orders have all their goods."""
    return [
        id for id in orders if all(line.allocated == line.quantity for line in ask("orders.lines", shop.manager, id=id))
    ]


def test_an_urgent_order_is_served_before_older_ones_and_one_that_can_wait_after_younger(shop: Any) -> None:
    item = scarce(shop)
    calm, waits, normal, urgent = confirmed(shop, item, 4)
    assert mark(shop, waits, "wait").ok
    assert mark(shop, urgent, "urgent", "the fair opens on Monday").ok
    assert [demand(id).priority for id in (calm, waits, normal, urgent)] == [5, 7, 5, 1]
    for expected in (urgent, calm, normal, waits):
        assert ask("orders.queue", shop.manager, item=item).rows[0].order_id == expected
        comes_in(shop, item, 10)
        assert expected in reserved(shop, [calm, waits, normal, urgent])
    assert differences() == []


def test_a_mark_needs_a_reason_a_right_and_an_order_that_is_still_on_its_way(shop: Any) -> None:
    (order,) = placed(shop)
    assert [r.code for r in mark(shop, order, "urgent", " ").refused] == ["reason-missing"]
    assert [r.code for r in mark(shop, order, "now", "!").refused] == ["unknown-flag"]
    assert [r.code for r in mark(shop, 0, "urgent").refused] == ["unknown-order"]
    row = [PrioritiseOrder(order, "urgent", "!")]
    assert [r.code for r in run("orders.prioritise", shop.warehouse, row).refused] == ["not-allowed"]
    assert [r.code for r in run("orders.prioritise", shop.stranger, row).refused] == ["unknown-order"]
    assert run("orders.cancel", shop.manager, [HoldOrder(order, "not wanted")]).ok
    assert [r.code for r in mark(shop, order, "urgent").refused] == ["wrong-state"]
    assert head(shop, order).flag == "normal"


def test_taking_a_mark_back_brings_order_and_demands_where_they_were(shop: Any) -> None:
    (order,) = placed(shop)
    assert mark(shop, order, "wait", "they move house").ok
    outcome = mark(shop, order, "urgent", "moved already")
    assert (head(shop, order).flag, head(shop, order).priority, demand(order).priority) == ("urgent", 2, 1)
    assert run("kernel.undo", shop.manager, [Ref(outcome.values["undo"])]).ok
    now = head(shop, order)
    assert (now.flag, now.flag_reason, now.priority, demand(order).priority) == ("wait", "they move house", -1, 7)
    assert mark(shop, order, "normal", "").ok
    assert (head(shop, order).flag_reason, demand(order).priority) == ("", 5)
    assert differences() == []


def test_the_list_of_orders_can_be_narrowed_to_a_class_and_sorted_by_it(shop: Any) -> None:
    orders = placed(shop, n=3)
    mark(shop, orders[0], "wait")
    mark(shop, orders[2], "urgent")
    assert [row.id for row in ask("orders.list", shop.manager, priority=2).rows] == [orders[2]]
    sorted_ = [row.id for row in ask("orders.list", shop.manager, sort="priority").rows if row.id in orders]
    assert sorted_ == [orders[2], orders[1], orders[0]]


def rule_by_hand(flag: str, days: int | None, group: str) -> int:
    if flag != "normal":
        return 2 if flag == "urgent" else -1
    if days is not None and days <= 2:
        return 2 if group == "trade" else 1
    return 0


def test_the_table_ranks_by_deadline_customer_and_mark_and_the_run_follows(shop: Any) -> None:
    chance = random.Random(14)
    publish(shop)
    assert run("parties.change", shop.manager, [ChangeParty(shop.customers["10003"], price_group="trade")]).ok
    item, moment = scarce(shop), datetime.combine(TODAY, datetime.min.time(), clock.now().tzinfo) + timedelta(hours=9)
    expected = {}
    with clock.at(moment):
        for _ in range(40):
            days = chance.choice((None, 0, 1, 2, 3, 20))
            customer, group = chance.choice((("10001", "list"), ("10003", "trade")))
            wanted = None if days is None else TODAY + timedelta(days)
            row = PlaceOrder(shop.customers[customer], [PlaceLine(item, D(10), D(1))], requested_on=wanted)
            (order,) = run("orders.place", shop.manager, [row]).done
            flag = chance.choice(("normal", "normal", "urgent", "wait"))
            if flag != "normal":
                assert mark(shop, order, flag).ok
            expected[order] = (-rule_by_hand(flag, days, group), wanted or date.max, order)
        run("orders.confirm", shop.manager, [Ref(id) for id in expected])
        assert run("orders.allocate", shop.manager, [Ref(id) for id in expected]).ok
        assert {id: -head(shop, id).priority for id in expected} == {id: key[0] for id, key in expected.items()}
        line = sorted(expected, key=expected.__getitem__)
        assert [row.order_id for row in ask("orders.queue", shop.manager, item=item).rows] == line
        comes_in(shop, item, 155)
        assert sorted(reserved(shop, list(expected))) == sorted(line[:15])
    assert differences() == []


def test_a_deadline_that_comes_near_makes_an_order_urgent_without_anybody_doing_anything(shop: Any) -> None:
    with clock.at(datetime(2026, 3, 2, 8, tzinfo=clock.now().tzinfo)):
        publish(shop)
        (order,) = placed(shop, requested_on=date(2026, 3, 9))
        reacting.drain()
        assert (head(shop, order).priority, demand(order).priority) == (0, 5)
    with clock.at(datetime(2026, 3, 7, 8, tzinfo=clock.now().tzinfo)):
        why = ask("orders.why_priority", shop.manager, id=order)
        assert (why.now, why.order.priority, [n for n, _ in why.rules]) == (1, 0, [4])
        rank_orders()
        assert (head(shop, order).priority, demand(order).priority) == (1, 3)
        (told,) = ask("decisions.why", shop.manager, subject_type="order", subject=order)
        assert (told.values["days_left"], [number for number, _ in told.rules]) == (2, [4])
        rank_orders()  # asked again nothing changes, and nothing is noted twice
        assert len(ask("decisions.why", shop.manager, subject_type="order", subject=order)) == 1
    assert differences() == []


def test_a_new_version_of_the_table_ranks_the_orders_that_are_on_their_way(shop: Any) -> None:
    publish(shop)
    first, second = placed(shop, n=2)
    mark(shop, second, "wait")
    reacting.drain()
    assert [head(shop, id).priority for id in (first, second)] == [0, -1]
    publish(shop, (('"wait"', "-", "-", "-", 0), ("-", "-", "-", "-", 2)))
    reacting.drain()
    assert [(head(shop, id).priority, demand(id).priority) for id in (first, second)] == [(2, 1), (0, 5)]
    assert ask("orders.why_priority", shop.manager, id=first).version == 2


def test_without_a_table_the_mark_alone_counts_and_says_why(shop: Any) -> None:
    (order,) = placed(shop, requested_on=date(2020, 1, 1))
    mark(shop, order, "urgent", "the fair opens on Monday")
    why = ask("orders.why_priority", shop.manager, id=order)
    assert (why.now, why.version, why.order.flag_reason, why.order.flagged_by) == (
        2,
        0,
        "the fair opens on Monday",
        shop.manager.name,
    )
    assert ask("orders.by_table", shop.manager) == []


def before(one: Any, other: Any, now: datetime, patience: int) -> int:
    """Whether `one` is served before `other`, said slowly and in words: who has waited too long first, the longest of them; then by
    class, by the day it is wanted (no day last), by age."""
    limit = timedelta(days=patience)
    late, late_other = now - one["placed_at"] > limit, now - other["placed_at"] > limit
    if late != late_other:
        return -1 if late else 1
    for key in [*(["placed_at"] if late else []), "priority", "due_on", "placed_at", "id"]:
        left, right = one[key], other[key]
        if left == right:
            continue
        if left is None or right is None:
            return 1 if left is None else -1
        return -1 if left < right else 1
    return 0


@pytest.mark.parametrize("patience", [None, 3])
def test_who_is_served_is_what_a_slow_reference_says(shop: Any, patience: int | None) -> None:
    chance, now = random.Random(patience or 0), clock.now()
    if patience:
        assert run("stock.set_patience", shop.manager, [SetPatience(patience)]).ok
    assert ask("stock.patience", shop.manager).patience_days == (patience or 14)
    overdue = 0
    for round_ in range(25):
        item = scarce(shop, f"Q-{patience}-{round_}")
        orders = confirmed(shop, item, chance.randint(2, 9))
        rows = []
        for id in orders:
            row = {
                "id": demand(id).id,
                "order": id,
                "priority": chance.choice((1, 3, 5, 7)),
                "due_on": chance.choice((None, TODAY, TODAY + timedelta(1), TODAY + timedelta(9))),
                "placed_at": now - timedelta(days=chance.choice((0, 1, 2, 3, 4, 13, 14, 15, 30)), minutes=5),
            }
            fetch(
                "update demand set priority = %(priority)s::integer, due_on = %(due_on)s::date,"
                " placed_at = %(placed_at)s::timestamptz where id = %(id)s::bigint",
                row,
            )
            rows.append(row)
        line = sorted(rows, key=cmp_to_key(lambda a, b: before(a, b, now, patience or 14)))
        overdue += sum(now - row["placed_at"] > timedelta(days=patience or 14) for row in rows)
        queued = ask("orders.queue", shop.manager, item=item).rows
        assert [row.order_id for row in queued] == [row["order"] for row in line]
        served = chance.randint(1, len(orders))
        comes_in(shop, item, served * 10 - 5)
        got = {id: ask("orders.lines", shop.manager, id=id)[0].allocated for id in orders}
        assert [got[row["order"]] for row in line] == [10] * (served - 1) + [5] + [0] * (len(orders) - served)
    assert overdue > 10
    assert differences() == []


def test_however_many_urgent_orders_come_nobody_waits_longer_than_the_patience(shop: Any) -> None:
    item, start = scarce(shop), datetime(2026, 3, 2, 8, tzinfo=clock.now().tzinfo)
    assert run("stock.set_patience", shop.manager, [SetPatience(5)]).ok
    with clock.at(start):
        (patient,) = confirmed(shop, item)
        mark(shop, patient, "wait")
    served_on = None
    for day in range(1, 10):
        with clock.at(start + timedelta(days=day, minutes=1)):
            (urgent,) = confirmed(shop, item)
            mark(shop, urgent, "urgent")
            comes_in(shop, item, 10)
            if served_on is None and patient in reserved(shop, [patient]):
                served_on = day
    assert served_on == 5


def test_what_a_cancelled_order_held_goes_to_the_first_in_the_queue_and_not_to_who_asks_next(shop: Any) -> None:
    item = scarce(shop)
    (holder,) = confirmed(shop, item)
    comes_in(shop, item, 10)
    run("orders.allocate", shop.manager, [Ref(holder)])
    calm, urgent = confirmed(shop, item, 2)
    mark(shop, urgent, "urgent")
    assert run("orders.cancel", shop.manager, [HoldOrder(holder, "not wanted")]).ok
    reacting.drain()
    run("orders.allocate", shop.manager, [Ref(calm)])
    assert reserved(shop, [calm, urgent]) == [urgent]


def test_patience_is_between_a_day_and_a_year_and_can_be_taken_back(shop: Any) -> None:
    for days in (0, 366):
        assert [r.code for r in run("stock.set_patience", shop.manager, [SetPatience(days)]).refused] == [
            "patience-not-possible"
        ]
    outcome = run("stock.set_patience", shop.manager, [SetPatience(30)])
    assert ask("stock.patience", shop.manager).patience_days == 30
    assert run("kernel.undo", shop.manager, [Ref(outcome.values["undo"])]).ok
    assert ask("stock.patience", shop.manager).patience_days == 14


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "asking",
    [
        "select d.id, d.placed_at < w.until from demand d cross join patience(1, now(), 14) w",
        "select exists (select 1 from priority_table(1))",
        "select o.id, a.command_id from sales_order o cross join lateral acts_of_people(o.id, o.parcel_id) a",
    ],
)
def test_what_several_statements_say_alike_is_a_function_that_costs_nothing(asking: str) -> None:
    plan = "\n".join(row[0] for row in fetch(f"explain (costs off) {asking}", {}))
    assert "Function Scan" not in plan, "PostgreSQL writes it into the statement"


def test_the_function_knows_the_table_by_the_key_that_orders_ask(shop: Any) -> None:
    asking, given = "select id from priority_table(%(company)s::bigint)", {"company": shop.company}
    assert not fetch(asking, given)
    drawing = (
        f'<definitions xmlns="{SPACE}" namespace="urn:p" name="p"><decision id="{PRIORITY_TABLE}" name="p"><decisionTable>'
        + (
            '<input><inputExpression typeRef="string"><text>flag</text></inputExpression></input><output typeRef="number"/>'
            "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
            "</decisionTable></decision></definitions>"
        )
    )
    assert run("decisions.publish", shop.administrator, [PublishTable(drawing, "order")]).ok
    assert len(fetch(asking, given)) == 1
