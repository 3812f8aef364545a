"""The press room of the tests: two papers, two presses, three finishing machines; and print orders made on them."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

from orderway.catalog.commands import AddItem
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.production.commands.set_up import DescribePaper, SetMachine
from orderway.production.commands.specify import SpecifyPrint

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday
DEADLINE = date(2026, 3, 6)
MACHINES = [
    SetMachine("sm74-4", "Speedmaster 74-4", "press", D(120), 12, 8000, D(530), D(740), 4, D("9.50")),
    SetMachine("sm74-2", "Speedmaster 74-2", "press", D(85), 10, 7000, D(530), D(740), 2, D("9.50")),
    SetMachine("trim", "Polar 92", "finishing", D(60), 10, 20_000),
    SetMachine("fold", "Stahl KH 66", "finishing", D(55), 20, 9000),
    SetMachine("stitch", "Hohner Exact", "finishing", D(70), 25, 6000),
]
# what an order form for the letterhead holds; each test changes what it is about
LETTERHEAD = {
    "format": "A4",
    "paper": "PAP-LX-120",
    "colours": "2/0",
    "run": D(5000),
    "finishing": "trim",
    "deadline": DEADLINE,
}


def set_up(shop):
    """Machines and papers; returns the id of the brochure paper's item."""
    system = system_actor(shop.company)
    assert run("production.set_machines", system, MACHINES).ok
    (coated,) = run("catalog.add_items", system, [AddItem("BD-135", "Coated silk 135 g")]).done
    munken = shop.items["PAP-LX-120"]
    papers = [
        DescribePaper(
            munken, "Woodfree offset", D(120), D(430), D(610), "long", D(118), 1000, "ivory", "uncoated", D(135)
        ),
        DescribePaper(coated, "Coated art", D(135), D(520), D(720), "short", D(96), colour="white", surface="silk"),
    ]
    assert run("production.describe_papers", system, papers).ok
    return coated


def placed(shop, *more, count=1):
    """Placed orders with one line of letterheads, and more lines as (number, quantity)."""
    lines = [PlaceLine(shop.items["LETTER-A4"], D(5000))] + [PlaceLine(shop.items[n], D(q)) for n, q in more]
    return list(run("orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], lines)] * count).done)


def form(order, **changed):
    return SpecifyPrint(order, **{**LETTERHEAD, **changed})


def specified(shop, *more, count=1, **changed):
    """Placed orders whose form is filled in."""
    ids = placed(shop, *more, count=count)
    outcome = run("production.specify", shop.manager, [form(id, **changed) for id in ids])
    assert outcome.ok, outcome.refused
    return ids


def with_tickets(shop, count=1, **changed):
    """Confirmed orders with papers asked for, so that their tickets wait for planning."""
    ids = specified(shop, count=count, **changed)
    assert run("production.make_papers", shop.manager, [Ref(id) for id in ids]).ok
    assert run("orders.confirm", shop.manager, [Ref(id) for id in ids]).ok
    return ids
