"""A day's work in the shop, for the pages to show: each step is a command."""

from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import orderway.workflow
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel import reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.production.commands.set_up import DescribePaper, SetMachine
from orderway.production.commands.specify import SpecifyPrint
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

MAPS = Path(orderway.workflow.__path__[0]) / "maps"


def ok(name: str, actor: Any, *rows: Any) -> Any:
    """A command that must succeed, with everything that reacts to it."""
    outcome = run(name, actor, rows)
    assert outcome.ok, outcome.refused
    reacting.drain()
    return outcome


def shipment(shop: Any, quantity: int = 10) -> int:
    """An order of copy paper, confirmed and allocated: its shipment waits to be picked."""
    lines = [PlaceLine(shop.items["PAP-A4-80"], D(quantity)), PlaceLine(shop.items["PAP-LX-120"], D(2))]
    (order,) = ok("orders.place", shop.manager, PlaceOrder(shop.customers["10001"], lines)).done
    boss = system_actor(shop.company)
    if ask("orders.one", shop.manager, id=order).state == "placed":
        ok("orders.confirm", boss, Ref(order))
    run("orders.allocate", boss, [Ref(order)])
    reacting.drain()
    return int(ask("fulfilment.shipments", shop.warehouse, order=order).rows[0].id)


def lines(shop: Any, shipment: int) -> list[Any]:
    """The lines of a shipment."""
    return list(ask("fulfilment.lines", shop.warehouse, id=shipment))


def head(shop: Any, shipment: int) -> Any:
    """The head of a shipment."""
    return ask("fulfilment.shipment", shop.warehouse, id=shipment)


def picked(shop: Any, quantity: int = 10) -> int:
    """A shipment with everything picked."""
    id = shipment(shop, quantity)
    ok("fulfilment.pick", shop.warehouse, *[PickLine(line.id, line.quantity) for line in lines(shop, id)])
    return id


def packed(shop: Any) -> int:
    """A shipment in one package."""
    id = picked(shop)
    ok("fulfilment.pack", shop.warehouse, PackShipment(id))
    return id


def shipped(shop: Any) -> int:
    """A shipment on its way."""
    id = packed(shop)
    ok("fulfilment.ship", shop.warehouse, ShipShipment(id, "DHL", "00340"))
    return id


def delivered(shop: Any) -> int:
    """A shipment that arrived."""
    id = shipped(shop)
    ok("fulfilment.deliver", shop.warehouse, Ref(id))
    return id


def invoice(shop: Any) -> int:
    """An issued invoice over what was delivered."""
    order = head(shop, delivered(shop)).order_id
    known = ask("billing.invoices", shop.accountant, order=order).rows
    return int(known[0].id if known else ok("billing.issue", shop.accountant, Ref(order)).values["invoices"][0])


def maps(shop: Any) -> None:
    """The shipped maps, published."""
    drawn = [PublishMap(file.read_text("utf-8")) for file in sorted(MAPS.glob("*.bpmn"))]
    ok("workflow.publish", system_actor(shop.company), *drawn)


def decide(actor: Any, order: int, outcome: str, **more: Any) -> None:
    """Finish what waits for this person about an order."""
    (item,) = ask("workflow.work", actor, subject=order).rows
    ok("workflow.complete", actor, CompleteWork(item.id, outcome, **more))


def priced(shop: Any) -> int:
    """A print order whose price sheet waits for the accountant."""
    order = print_order(shop)
    deadline = date.today() + timedelta(days=20)  # noqa: DTZ011 - any day well ahead
    decide(shop.manager, order, "filled", values={**FORM, "deadline": deadline.isoformat()})
    return order


def released(shop: Any) -> int:
    """A print order that quality has released: its tickets wait to be placed."""
    order = priced(shop)
    decide(shop.accountant, order, "approve", values={})
    decide(shop.quality, order, "valid", checks=["data_complete", "colours_right", "bleed_right"])
    return order


def print_order(shop: Any) -> int:
    """An order of letterheads that travels along the map of print orders; its form waits for the manager."""
    boss = system_actor(shop.company)
    maps(shop)
    lines = [PlaceLine(shop.items["LETTER-A4"], D(1000), D("0.138"))]
    (order,) = ok("orders.place", shop.manager, PlaceOrder(shop.customers["10001"], lines)).done
    run("workflow.start", boss, [StartMap("print_order", order)])
    reacting.drain()
    return int(order)


def machines(shop: Any) -> None:
    """A press and a paper, so that print can be calculated."""
    press = SetMachine("sm52", "Speedmaster", "press", D(120), 15, 8000, D(530), D(740), 4, D(18))
    ok("production.set_machines", shop.administrator, press)
    lynx = DescribePaper(shop.items["PAP-LX-120"], "Lynx", D(120), D(520), D(740), "long", D(118), 1000)
    ok("production.describe_papers", shop.administrator, lynx)


FORM = {"format": "A4", "pages": "1", "paper": "PAP-LX-120", "colours": "4/0", "run": "1000"}


def specified(shop: Any) -> int:
    """A print order whose form is filled in and whose job tickets are laid out."""
    machines(shop)
    order = print_order(shop)
    day = date.today() + timedelta(days=20)  # noqa: DTZ011 - any day well ahead
    row = SpecifyPrint(order, "A4", "PAP-LX-120", "4/0", D(1000), day, D(1))
    ok("production.specify", shop.manager, row)
    ok("production.make_papers", shop.manager, Ref(order))
    return order
