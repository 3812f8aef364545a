"""How often each rule of a table fired in a period: told from the decisions that were stored, and counted again by hand (GD-18)."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from orderway.decisions.commands import DecideOn, PublishTable
from orderway.kernel import clock
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
RULES = ("< 200", "[100..400)", ">= 300", "> 100000")  # some hit together, the last never; from 400 to 900 see below
FIRST = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # half past eleven at night where the company is


def table(*tests: str) -> str:
    rows = "".join(
        f"<rule><inputEntry><text><![CDATA[{test}]]></text></inputEntry><outputEntry><text>{n}</text></outputEntry></rule>"
        for n, test in enumerate(tests)
    )
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:x" name="x"><decision id="size" name="Size"><decisionTable '
        'hitPolicy="COLLECT"><input><inputExpression typeRef="number"><text>net</text></inputExpression></input>'
        f'<output typeRef="number"/>{rows}</decisionTable></decision></definitions>'
    )


def told(shop: Any, version: int = 1, **period: Any) -> dict[int | None, tuple[int, int]]:
    rows = ask("decisions.fired", shop.manager, key="size", version=version, **period)
    return {row.rule: (row.times, row.subjects) for row in rows}


def test_each_rule_is_counted_in_the_days_asked_for_and_again_by_hand(shop: Any) -> None:
    chance = random.Random(3)
    gappy = [test for test in RULES if test != ">= 300"]
    assert run("decisions.publish", shop.administrator, [PublishTable(table(*gappy), "order")]).ok
    item = shop.items["PAP-A4-80"]
    rows = [PlaceOrder(shop.customers["10001"], [PlaceLine(item, Decimal(chance.randint(1, 150)))]) for _ in range(30)]
    orders = run("orders.place", shop.manager, rows).done
    for hour in range(0, 72, 6):
        with clock.at(FIRST + timedelta(hours=hour)):
            asked = [DecideOn(id, "size") for id in chance.sample(orders, 7)]
            assert run("decisions.decide", shop.manager, asked).ok
    made = [one for id in orders for one in ask("decisions.why", shop.manager, subject_type="order", subject=id)]
    assert len(made) == 12 * 7
    day = FIRST.date()  # the company's day begins an hour before that of UTC
    for since, until in (
        (None, None),
        (day, day),
        (day + timedelta(1), day + timedelta(2)),
        (day + timedelta(9), None),
    ):
        begin = None if since is None else datetime(since.year, since.month, since.day, tzinfo=UTC) - timedelta(hours=1)
        end = None if until is None else datetime(until.year, until.month, until.day, 23, tzinfo=UTC)
        within = [
            (one, n)
            for n, one in enumerate(made)
            if (begin is None or one.at >= begin) and (end is None or one.at < end)
        ]
        times = Counter(rule for one, _ in within for rule in ([number for number, _ in one.rules] or [0]))
        found = told(shop, since=since, until=until)
        assert {rule: many for rule, (many, _) in found.items() if rule is not None} == times
        assert found.get(None, (0, 0))[0] == len(within)
    every = told(shop)
    assert every[0][0] > 0, "some were decided by no rule"
    assert every[1][0] + every[2][0] + every[0][0] > every[None][0], "rules that hit together count each"
    assert every[None][1] <= 30
    assert 3 not in every


def test_versions_are_counted_apart_and_the_neighbour_sees_nothing(shop: Any) -> None:
    row = PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["PAP-A4-80"], Decimal(3))])
    (order,) = run("orders.place", shop.manager, [row]).done
    for tests in (["-"], ["< 0", "-"]):
        assert run("decisions.publish", shop.administrator, [PublishTable(table(*tests), "order")]).ok
        assert run("decisions.decide", shop.manager, [DecideOn(order, "size")]).ok
    assert run("decisions.decide", shop.manager, [DecideOn(order, "size")]).ok
    assert told(shop, 1) == {None: (1, 1), 1: (1, 1)}
    assert told(shop, 2) == {None: (2, 1), 2: (2, 1)}
    assert ask("decisions.fired", shop.stranger, key="size", version=2) == []
