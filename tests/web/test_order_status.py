"""How far an order is, for its customer: by the link of a letter, without signing in (SE-53, DX-05, GD-07)."""

import re
from html import unescape

import pytest
import shop_floor as floor
from django.test import Client

from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask
from orderway.orders.commands.proceed import HoldOrder
from orderway.orders.status import Holder, holder_of, status_path
from orderway.parties.models import Party
from orderway.people import signing_in


@pytest.fixture
def anybody() -> Client:
    """A browser in which nobody is signed in."""
    return Client(headers={"host": "localhost"})


def seen(browser: Client, shop, order: int, status: int = 200) -> str:
    answer = browser.get(status_path(shop.company, order))
    assert answer.status_code == status
    return unescape(answer.content.decode())


def steps(page: str) -> list[tuple[str, ...]]:
    """Each step as it stands, with what it is called and what is told."""
    found = re.findall(r'<li class="(done|now|ahead)".*?<span>(.*?)</span>(?:<small>(.*?)</small>)?', page)
    return [(stands, name) for stands, name, _ in found]


def test_a_customer_follows_an_order_to_the_door(shop, anybody):
    shipment = floor.packed(shop)
    order = floor.head(shop, shipment).order_id
    assert steps(seen(anybody, shop, order)) == [
        ("done", "Received"),
        ("done", "Confirmed"),
        ("ahead", "On the way"),
        ("ahead", "Delivered"),
    ]
    floor.ok("fulfilment.ship", shop.warehouse, ShipShipment(shipment, "DHL", "00340434161094015902"))
    page = seen(anybody, shop, order)
    assert steps(page)[2:] == [("done", "On the way"), ("ahead", "Delivered")]
    assert "piececode=00340434161094015902" in page
    floor.ok("fulfilment.deliver", shop.warehouse, Ref(shipment))
    assert steps(seen(anybody, shop, order))[3] == ("done", "Delivered")


def test_one_event_moves_our_page_and_the_customers(shop, anybody, as_):
    shipment = floor.packed(shop)
    order = floor.head(shop, shipment).order_id

    def happened(name: str) -> int:
        events = ask("kernel.timeline", shop.manager, root_type="order", root_id=order)
        return sum(event.name == name for event in events)

    def both() -> tuple[bool, bool, list[str]]:
        ours = as_("manager").get(f"/orders/{order}").content.decode()
        theirs = [name for stands, name in steps(seen(anybody, shop, order)) if stands == "done"]
        return "All shipped" in ours, "All delivered" in ours, theirs[2:]

    assert both() == (False, False, [])
    floor.ok("fulfilment.ship", shop.warehouse, ShipShipment(shipment))
    assert (both(), happened("shipment.shipped")) == ((True, False, ["On the way"]), 1)
    floor.ok("fulfilment.deliver", shop.warehouse, Ref(shipment))
    assert (both(), happened("shipment.delivered")) == ((False, True, ["On the way", "Delivered"]), 1)


def test_an_order_that_is_looked_at_says_so_and_keeps_our_reasons_to_ourselves(shop, order, anybody):
    assert ("now", "Confirmed") in steps(seen(anybody, shop, order))
    floor.ok("orders.hold", shop.manager, HoldOrder(order, "They never pay"))
    page = seen(anybody, shop, order)
    assert ("now", "Confirmed") in steps(page)
    assert "never pay" not in page


def test_a_cancelled_order_says_so(shop, order, anybody):
    floor.ok("orders.cancel", shop.manager, HoldOrder(order, "Ordered twice"))
    page = seen(anybody, shop, order)
    assert "This order was cancelled." in page
    assert "Ordered twice" not in page


def test_whoever_holds_the_link_learns_no_price_no_address_and_no_name(shop, order, anybody):
    page = seen(anybody, shop, order)
    head = ask("orders.one", shop.manager, id=order)
    assert head.number in page
    assert "B-77" in page
    personal = (
        head.customer,
        head.ship_name,
        head.ship_street,
        head.ship_city,
        "Ring twice",
        shop.manager.name,
        "EUR",
        "€",
    )
    assert [word for word in personal if word and word in page] == []


def test_it_speaks_the_customers_language_and_not_that_of_who_looks(shop, order, as_):
    Party.objects.filter(pk=ask("orders.one", shop.manager, id=order).customer_id).update(language="de")
    page = seen(as_("manager"), shop, order)
    assert ("done", "Erhalten") in steps(page)
    assert "data-live-url" not in page


def test_nobody_can_make_a_link(shop, order, anybody):
    token = status_path(shop.company, order).rpartition("/")[2]
    assert holder_of(token) == Holder(shop.company, order)
    for wrong in (
        token[:-1],
        token + "x",
        token.replace(f".{order}~", f".{order + 1}~"),
        f"{shop.company}.{order}",
        "~",
        "1.2~",
        "ä~ß",
    ):
        assert anybody.get(f"/status/{wrong}").status_code == 404, wrong


def test_an_order_that_is_gone_says_so(shop, order, anybody):
    seen(anybody, shop, order + 1_000_000, status=410)
    assert anybody.get(status_path(shop.company + 1, order)).status_code == 410


def test_who_looks_too_often_waits_and_others_do_not(shop, order, anybody, monkeypatch):
    monkeypatch.setattr(signing_in, "LOOKS", 3)
    for _ in range(3):
        seen(anybody, shop, order)
    assert "quarter of an hour" in seen(anybody, shop, order, status=429)
    other = Client(headers={"host": "localhost"}, REMOTE_ADDR="192.0.2.7")
    seen(other, shop, order)
    with clock.at(clock.now() + signing_in.SPAN):
        seen(anybody, shop, order)


def test_nobody_on_the_way_keeps_the_page(shop, order, anybody):
    answer = anybody.get(status_path(shop.company, order))
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"


def test_staff_see_what_the_customer_sees(shop, order, as_):
    assert status_path(shop.company, order) in as_("manager").get(f"/orders/{order}").content.decode()
