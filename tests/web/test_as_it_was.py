"""The order page as it was: rebuilt from the events, and at the last moment the same as the rows themselves."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
import shop_floor as floor

from orderway.billing.commands.pay import Pay
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask
from orderway.kernel.sql import fetch
from orderway.orders.commands.deliver import ShortShip
from orderway.orders.commands.proceed import HoldOrder
from orderway.web.as_it_was import images, laid_over, order_at


def text(answer):
    return answer.content.decode()


@pytest.fixture
def moments(monkeypatch):
    """An hour passes between what people do: each call is an hour later."""
    now = [datetime.now(UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def later():
        now[0] += timedelta(hours=1)
        return now[0]

    return later


@pytest.fixture
def lived(shop, moments):
    """An order that was held, resumed, shortened, delivered, invoiced and paid."""
    order = floor.head(shop, floor.shipment(shop)).order_id
    moments()
    floor.ok("orders.hold", shop.manager, HoldOrder(order, "Wait for the colour"))
    held = moments()
    floor.ok("orders.resume", shop.manager, Ref(order))
    moments()
    line = ask("orders.lines", shop.manager, id=order)[1]
    floor.ok("orders.short_ship", shop.manager, ShortShip(line.id, D(1), "out of print"))
    moments()
    (shipment,) = ask("fulfilment.shipments", shop.warehouse, order=order).rows
    return order, held, shipment.id


def test_at_the_last_moment_the_images_are_the_rows(shop, lived, moments):
    order, _held, _shipment = lived
    events = ask("kernel.timeline", shop.manager, root_type="order", root_id=order)
    now = images(events, moments())
    for table, ids in (("sales_order", [order]), ("order_line", list(now["order_line"]))):
        rows = fetch(f"select * from {table} where id = any(%(i)s::bigint[])", {"i": ids})  # noqa: S608
        assert rows
        for row in rows:
            assert laid_over(row, now[table][row.id]) == row, table


def test_the_page_shows_what_was_known_then_and_changes_nothing(shop, as_, lived):
    order, held, _shipment = lived
    browser = as_("manager")
    events = ask("kernel.timeline", shop.manager, root_type="order", root_id=order)
    head, lines = ask("orders.one", shop.manager, id=order), ask("orders.lines", shop.manager, id=order)
    then, then_lines = order_at(head, lines, events, held - timedelta(minutes=1))
    assert (then.state, then.hold_reason) == ("held", "Wait for the colour")
    assert then_lines[1].cancelled == 0
    assert head.state == "confirmed"
    assert then.net > head.net
    past = browser.get(f"/orders/{order}", {"at": (held - timedelta(minutes=1)).isoformat()})
    assert "As it was on" in text(past)
    assert "On hold" in text(past)
    assert "Cancel order" not in text(past)
    assert "Put on hold" in text(past), "the event of then"
    assert "Will not be delivered in full" not in text(past), "what came later is not told"
    now = text(browser.get(f"/orders/{order}"))
    assert "As it was on" not in now
    assert 'data-island="slider"' in now
    for tab in ("parcel", "map", "money", "activity"):
        assert browser.get(f"/orders/{order}", {"at": held.isoformat(), "tab": tab}).status_code == 200


def test_money_of_then(shop, as_, lived, moments):
    order, _held, shipment = lived

    lines = floor.lines(shop, shipment)
    floor.ok("fulfilment.pick", shop.warehouse, *[PickLine(line.id, line.quantity) for line in lines])
    floor.ok("fulfilment.pack", shop.warehouse, PackShipment(shipment))
    floor.ok("fulfilment.ship", shop.warehouse, ShipShipment(shipment))
    moments()
    (id,) = floor.ok("billing.issue", shop.accountant, Ref(order)).values["invoices"]
    unpaid = moments()
    due = ask("billing.invoice", shop.accountant, id=id).due
    floor.ok("billing.pay", shop.accountant, Pay(id, due))
    moments()
    browser = as_("accountant")
    then = text(browser.get(f"/orders/{order}", {"at": (unpaid - timedelta(minutes=1)).isoformat(), "tab": "money"}))
    assert re.search(rf"{due:,.2f}.* open", then)
    assert re.search(r"Money.*?Paid", text(browser.get(f"/orders/{order}?tab=money")), re.DOTALL)


@pytest.mark.parametrize(
    "at", ["", "yesterday", "1990-01-01", "1990-01-01T00:00", "2999-01-01T00:00:00+00:00", "0001-01-01T00:00"]
)
def test_any_moment_is_answered(shop, as_, order, at):
    assert as_("manager").get(f"/orders/{order}", {"at": at}).status_code == 200
