"""Touches per order: how often people had to act on orders, held against a tally of our own of who did what to which (GD-18)."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from test_inbox import read_now

from orderway.capture import inlets
from orderway.kernel import clock, reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.comment import CommentOrder
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.prioritise import PrioritiseOrder
from orderway.orders.commands.proceed import HoldOrder

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
Tally = defaultdict[int, int]


def act(tally: Tally, name: str, actor: Any, orders: Sequence[int], row: Callable[[int], Any]) -> None:
    """A person gives a command for some orders: whoever of them it is done to was touched once, however much follows."""
    outcome = run(name, actor, [row(id) for id in orders], partial=True)
    for id in outcome.done:
        tally[id] += 1
    reacting.drain()


def some_days(shop: Any, chance: random.Random) -> tuple[Tally, dict[int, tuple[date, str, int]]]:
    """Three weeks in which people and the company itself do things to orders; our tally, and each order's day, channel and customer."""
    tally: Tally = defaultdict(int)
    known: dict[int, tuple[date, str, int]] = {}
    boss = system_actor(shop.company)
    for n in range(18):
        with clock.at(FIRST + timedelta(days=n, hours=chance.randint(0, 5))):
            channel, customer = (
                chance.choice(["phone", "shop", "edi"]),
                shop.customers[chance.choice(["10001", "10002"])],
            )
            by_hand = channel == "phone"
            lines = [PlaceLine(shop.items["DESIGN-H"], D(chance.randint(1, 3)))]
            row = PlaceOrder(customer, lines, channel=channel)
            (id,) = run("orders.place", shop.manager if by_hand else boss, [row]).done
            tally[id] += by_hand
            known[id] = (clock.now().date(), channel, customer)
            reacting.drain()
            for _ in range(chance.randint(0, 4)):
                among = chance.sample(sorted(known), min(len(known), chance.randint(1, 4)))
                who = chance.choice([shop.manager, shop.administrator])
                verb = chance.choice(["comment", "hold", "resume", "prioritise"])
                if verb == "comment":
                    act(tally, "orders.comment", who, among, lambda one: CommentOrder(one, "looked at it"))
                elif verb == "hold":
                    act(tally, "orders.hold", who, among, lambda one: HoldOrder(one, "wait"))
                elif verb == "resume":
                    act(tally, "orders.resume", who, among, Ref)
                else:
                    act(tally, "orders.prioritise", who, among, lambda one: PrioritiseOrder(one, "urgent", "asked"))
            run("orders.confirm", boss, [Ref(id)], partial=True)  # by itself: nobody's touch
            reacting.drain()
    return tally, known


@pytest.fixture
def period() -> dict[str, Any]:
    return {"which": "all", "since": FIRST.date(), "until": FIRST.date() + timedelta(30)}


def test_touches_are_those_of_our_own_tally_order_by_order_and_in_each_sum(shop: Any, period: dict[str, Any]) -> None:
    tally, known = some_days(shop, random.Random(18))
    rows = ask("capture.touches", shop.manager, size=200, **period).rows
    assert {one.id: one.touches for one in rows} == {id: tally[id] for id in known}
    assert 0 in tally.values(), "some went through untouched"
    assert max(tally.values()) > 2
    keys = {
        "week": lambda one: str(known[one][0] - timedelta(days=known[one][0].weekday())),
        "channel": lambda one: known[one][1],
        "customer": lambda one: str(known[one][2]),
    }
    for by, key in keys.items():
        orders, touches = Counter(key(id) for id in known), Counter[str]()
        for id in known:
            touches[key(id)] += tally[id]
        found = ask("capture.touch_sums", shop.manager, by=by, **period)
        assert {one.key: (one.orders, one.touches) for one in found} == {k: (n, touches[k]) for k, n in orders.items()}
        assert sum(one.untouched for one in found) == sum(1 for id in known if tally[id] == 0)
        for one in found:  # what a figure leads to is what it sums
            named = {by: one.key if by == "channel" else date.fromisoformat(one.key) if by == "week" else int(one.key)}
            behind = ask("capture.touches", shop.manager, size=200, **period, **named).rows
            assert (len(behind), sum(row.touches for row in behind)) == (one.orders, one.touches)
    for id in known:
        acts = ask("capture.acts", shop.manager, id=id).rows
        assert len(acts) == tally[id]
        assert all(one.who for one in acts)
    assert not ask("capture.touches", shop.stranger, size=200, **period).rows
    assert not ask("capture.touch_sums", shop.stranger, **period)
    assert not ask("capture.acts", shop.stranger, id=rows[0].id).rows


TABLE = "Bestellnummer;Kunde;Artikelnummer;Menge;Preis\r\n"


def csv(*rows: str) -> bytes:
    return (TABLE + "".join(f"{row}\r\n" for row in rows)).encode()


def come_in(shop: Any) -> None:
    """What lies at the door is read, and all that follows is done."""
    reacting.drain()
    read_now(shop)


def test_the_door_counts_and_what_came_with_the_same_file_does_not(shop: Any) -> None:
    """A person uploads a file with two orders: one goes through by itself, of the other a person says what is meant."""
    from orderway.capture.commands.settle import SettleInput

    both = csv("B-1;Kanzlei Bergmann Roth;PAP-A4-80;4;4,90", "B-2;Kanzlei Bergmann Roth;KV-9;4;31,50")
    assert inlets.receive(shop.manager, "two.csv", both, "upload").ok
    come_in(shop)
    (doubtful,) = ask("capture.inbox", shop.manager, state="review").rows
    meant = SettleInput(doubtful.id, items={1: shop.items["PAP-A4-80"]}, stated_prices=True)
    assert run("capture.settle", shop.manager, [meant]).ok
    come_in(shop)
    rows = ask("capture.touches", shop.manager, which="all").rows
    assert sorted(one.touches for one in rows) == [1, 2]
    (settled,) = [one for one in rows if one.touches == 2]
    told = ask("capture.acts", shop.manager, id=settled.id).rows
    assert [one.command for one in told] == ["capture.receive", "capture.settle"]


def test_what_a_machine_sends_and_nobody_doubts_is_touched_by_nobody(shop: Any, as_: Any) -> None:
    data = csv("B-7;Kanzlei Bergmann Roth;PAP-A4-80;4;4,90")
    assert inlets.receive(system_actor(shop.company), "edi.csv", data, "edi").ok
    come_in(shop)
    (one,) = ask("capture.touches", shop.manager, which="all").rows
    assert one.touches == 0
    assert "it went through by itself" in page(as_("manager").get(f"/reports/touches/{one.id}"))


def page(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_the_plot_its_figures_and_the_way_down_to_who_did_what(shop: Any, as_: Any, period: dict[str, Any]) -> None:
    tally, known = some_days(shop, random.Random(4))
    browser = as_("manager")
    asked = f"since={period['since']}&until={period['until']}&which=all"
    total = f"{D(sum(tally.values())) / len(known):.1f}"
    for by in ("week", "customer", "channel"):
        shown = page(browser.get(f"/reports/touches?by={by}&{asked}"))
        assert f"{total} touches per order" in shown
        assert f"Touches per order by {by}" in shown
        assert 'data-island="chart"' in shown
    untouched = sum(1 for id in known if not tally[id])
    assert f"{untouched} of {len(known)} orders went through untouched" in shown
    assert "/reports/touches/orders?which=all&amp;since=2026-03-02" in shown
    behind = page(browser.get(f"/reports/touches/orders?channel=phone&sort=-touches&{asked}"))
    phoned = [id for id in known if known[id][1] == "phone"]
    assert behind.count('href="/reports/touches/') >= len(phoned)
    most = max(known, key=lambda one: tally[one])
    acts = page(browser.get(f"/reports/touches/{most}"))
    assert acts.count("<tr data-row") == tally[most]
    assert "Manager" in acts
    assert "Touches per order" in page(browser.get("/reports"))
    nothing = page(browser.get("/reports/touches?since=2020-01-01&until=2020-02-01"))
    assert "No order ended in this period" in nothing
    assert browser.get("/reports/touches?by=x&since=y&which=z").status_code == 200
    for role, status in (("auditor", 200), ("warehouse", 403)):
        assert as_(role).get("/reports/touches").status_code == status
