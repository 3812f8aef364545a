"""The two maps that ship, on the real trade: an order from stock, and the print shop's case through five people's lists."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import press_room
import pytest

import orderway.workflow
from orderway.billing.commands.pay import Pay
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel import clock, reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.production.commands.plan import FinishTicket, PlanTicket
from orderway.workflow.commands.proceed import drain
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

pytestmark = pytest.mark.usefixtures("db")
MAPS = Path(orderway.workflow.__file__).parent / "maps"
CHECKS = ["data_complete", "colours_right", "bleed_right"]


@pytest.fixture(autouse=True)
def published(shop: Any) -> None:
    """The maps as they ship."""
    xmls = [PublishMap(file.read_text()) for file in sorted(MAPS.glob("*.bpmn"))]
    outcome = run("workflow.publish", shop.administrator, xmls)
    assert outcome.ok, outcome.refused


def act(name: str, actor: Any, *rows: Any) -> None:
    """Run a command, then let the worker come to rest."""
    outcome = run(name, actor, rows)
    assert outcome.ok, outcome.refused
    while reacting.drain() + drain():
        pass


def decide(actor: Any, node: str, outcome: str, **more: Any) -> None:
    """Finish what waits for this person, which must be the work at `node`."""
    (item,) = ask("workflow.work", actor).rows
    assert item.node == node
    act("workflow.complete", actor, CompleteWork(item.id, outcome, **more))


def where(shop: Any, order: int) -> list[str]:
    """The nodes where an order stands, calls left out."""
    found = ask("workflow.position", shop.manager, subject_type="order", subject=order)
    return sorted(node for position in found for node, _, _, _ in position.at if node != "deliver")


def states(shop: Any, order: int) -> set[str]:
    return {one.state for one in ask("workflow.position", shop.manager, subject_type="order", subject=order)}


def rows(table: str, order: int) -> Sequence[Any]:
    return fetch(f"select * from {table} where order_id = %(id)s::bigint order by id", {"id": order})  # noqa: S608


def send(shop: Any, order: int) -> None:
    """Pick, pack and ship all there is."""
    (shipment,) = rows("shipment", order)
    lines = fetch("select id, quantity from shipment_line where shipment_id = %(id)s::bigint", {"id": shipment.id})
    act("fulfilment.pick", shop.warehouse, *[PickLine(line.id, line.quantity) for line in lines])
    assert where(shop, order) == ["after_shipping", "packed"]
    act("fulfilment.pack", shop.warehouse, PackShipment(shipment.id))
    act("fulfilment.ship", shop.warehouse, ShipShipment(shipment.id))
    assert where(shop, order) == ["delivered", "paid"]
    act("fulfilment.deliver", shop.warehouse, Ref(shipment.id))


def bill(order: int, kind: str) -> Any:
    (found,) = [one for one in rows("invoice", order) if one.kind == kind]
    return found


def test_an_order_from_stock_goes_from_placed_to_completed(shop):
    placing = PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["PAP-A4-80"], D(10))])
    act("orders.place", shop.manager, placing)
    (order,) = [row.id for row in ask("orders.list", shop.manager).rows]
    assert where(shop, order) == ["after_shipping", "picked"], "verified, confirmed, allocated, released"
    assert bill(order, "invoice").state == "draft", "the invoice is prepared while the goods are picked (SE-04)"
    send(shop, order)
    assert where(shop, order) == ["finished", "paid"]
    invoice = bill(order, "invoice")
    act("billing.pay", shop.accountant, Pay(invoice.id, invoice.gross))
    assert (where(shop, order), states(shop, order)) == ([], {"ended"})
    assert ask("orders.one", shop.manager, id=order).state == "completed"


def test_what_is_short_goes_to_purchasing_and_on_when_it_is_there_or_partly(shop):
    placing = PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["ENV-DL"], D(100))])
    act("orders.place", shop.manager, placing)
    (order,) = [row.id for row in ask("orders.list", shop.manager).rows]
    assert where(shop, order) == ["settle_shortage"]
    decide(shop.purchasing, "settle_shortage", "again")
    assert where(shop, order) == ["settle_shortage"], "nothing came meanwhile"
    decide(shop.purchasing, "settle_shortage", "partly")
    assert where(shop, order) == ["after_shipping", "picked"]


def test_the_print_case_goes_through_five_lists(press):
    act(
        "orders.place",
        press.manager,
        PlaceOrder(press.customers["10001"], [PlaceLine(press.items["LETTER-A4"], D(5000))]),
    )
    (order,) = [row.id for row in ask("orders.list", press.manager).rows]
    form = {name: str(value) for name, value in press_room.LETTERHEAD.items()}
    decide(press.manager, "fill_form", "filled", values={**form, "format": "huge"})
    (again,) = ask("workflow.work", press.manager).rows
    assert (again.node, again.why_code) == ("fill_form", "invalid")
    assert "A4" in again.why, "what is wrong with the format stands there"
    decide(press.manager, "fill_form", "filled", values=form)
    decide(press.accountant, "approve_price", "reject", reason="The margin is missing.")
    (back,) = ask("workflow.work", press.manager).rows
    assert (back.why, back.assignee_id) == ("The margin is missing.", press.manager.id)
    decide(press.manager, "fill_form", "filled", values=form)
    decide(press.accountant, "approve_price", "approve")
    decide(press.quality, "validate", "reject", reason="No bleed.")
    decide(press.manager, "fill_form", "filled", values=form)
    assert ask("workflow.work", press.accountant).rows == [], "the approval holds: the calculation is the same"
    decide(press.quality, "validate", "valid", checks=CHECKS)
    decide(press.planner, "schedule", "scheduled")
    decide(press.production, "accept", "accept")
    assert where(press, order) == ["produced"]
    start = press_room.NOW + timedelta(hours=1)
    tickets = [ticket for ticket in rows("job_ticket", order) if ticket.state != "cancelled"]
    for ticket in tickets:
        act("production.plan", press.planner, PlanTicket(ticket.id, start))
        with clock.at(start):
            act("production.start", press.production, Ref(ticket.id))
            act("production.finish", press.production, FinishTicket(ticket.id, D(5000)))
        start += timedelta(minutes=ticket.minutes + 1)
    assert where(press, order) == ["after_shipping", "picked"]
    send(press, order)
    invoice = bill(order, "invoice")
    act("billing.pay", press.accountant, Pay(invoice.id, invoice.gross))
    assert (where(press, order), states(press, order)) == ([], {"ended"})


def test_a_changed_form_needs_a_new_approval(press):
    act(
        "orders.place",
        press.manager,
        PlaceOrder(press.customers["10001"], [PlaceLine(press.items["LETTER-A4"], D(5000))]),
    )
    form = {name: str(value) for name, value in press_room.LETTERHEAD.items()}
    decide(press.manager, "fill_form", "filled", values=form)
    decide(press.accountant, "approve_price", "approve")
    decide(press.quality, "validate", "reject", reason="More copies.")
    decide(press.manager, "fill_form", "filled", values={**form, "run": "9000"})
    decide(press.accountant, "approve_price", "approve")
