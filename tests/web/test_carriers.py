"""A carrier is booked once whatever goes wrong, and when it stays down a person is asked what to do (SP-15, SP-05)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import shop_floor as floor
from carrier_server import LABEL, CarrierServer
from django.test import override_settings

from orderway.documents.store import store
from orderway.fulfilment import jobs
from orderway.fulfilment.carrying import NotBooked, is_address
from orderway.fulfilment.commands.booking import LAST_TRY, BookCarrier, EnterTracking
from orderway.fulfilment.commands.carriers import SetCarrier
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel import checking, reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.proceed import HoldOrder

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def carrier() -> Iterator[CarrierServer]:
    server = CarrierServer()
    yield server
    server.close()


def known(shop: Any, address: str, name: str = "Kurier Nord") -> int:
    return int(run("fulfilment.set_carriers", shop.administrator, [SetCarrier(name, address, "parcel")]).done[0])


def wanted(shop: Any, address: str) -> tuple[int, int]:
    """A packed shipment whose carrier is wanted: its id and the booking's."""
    shipment = floor.packed(shop)
    floor.ok("fulfilment.book", shop.warehouse, BookCarrier(shipment, known(shop, address)))
    return shipment, int(booking(shop, shipment).id)


def booking(shop: Any, shipment: int) -> Any:
    return ask("fulfilment.booking", shop.warehouse, id=shipment)


def tried(shop: Any, id: int, times: int = LAST_TRY) -> None:
    """The job runs as often as the worker would let it."""
    for _ in range(times):
        try:
            jobs.book_now(shop.company, id, timeout=0.3)
        except NotBooked:
            continue
        return


def down(shop: Any) -> list[Any]:
    return list(ask("capture.exceptions", shop.manager, kind="carrier-down").rows)


def queued() -> list[int]:
    rows = fetch(
        "select (args ->> 'booking')::bigint as id from procrastinate_jobs where task_name = 'fulfilment.book'", {}
    )
    return [row.id for row in rows]


def test_a_packed_shipment_is_booked_and_its_label_lies_in_the_parcel(shop: Any, carrier: CarrierServer) -> None:
    shipment, id = wanted(shop, carrier.address)
    assert queued() == [id]
    with override_settings(CARRIER_TOKENS={carrier.address.split("/")[2]: "s3cret", "elsewhere.example": "other"}):
        jobs.book_now(shop.company, id)
    ((headers, body),) = carrier.asked
    assert (headers["Authorization"], len(headers["Idempotency-Key"])) == ("Bearer s3cret", 32)
    head = floor.head(shop, shipment)
    assert body["to"] == {
        "name": head.ship_name, "street": head.ship_street, "postcode": head.ship_postcode, "city": head.ship_city,
        "country": head.ship_country,
    }  # fmt: skip
    assert (body["order"], body["service"], [one["number"] for one in body["packages"]]) == (
        head.order_number,
        "parcel",
        [1],
    )
    assert (head.carrier, head.tracking, booking(shop, shipment).state) == ("Kurier Nord", "CX000001", "booked")
    (label,) = [one for one in ask("documents.in_parcel", shop.manager, id=head.parcel_id) if one.kind == "label"]
    assert store().read(shop.company, label.sha256) == LABEL
    # what was booked goes out with the shipment, and what is typed then goes before it
    floor.ok("fulfilment.ship", shop.warehouse, ShipShipment(shipment))
    assert (floor.head(shop, shipment).carrier, floor.head(shop, shipment).tracking) == ("Kurier Nord", "CX000001")
    jobs.book_now(shop.company, id)
    assert len(carrier.asked) == 1, "a second job asks nobody"


@pytest.mark.parametrize(
    "first", [[], ["500"], ["429"], ["garbage"], ["no PDF"], ["time-out after booking"], ["garbage", "500", "429"]]
)
def test_whatever_goes_wrong_the_carrier_books_once_and_nothing_is_lost(
    first: list[str], shop: Any, carrier: CarrierServer
) -> None:
    shipment, id = wanted(shop, carrier.address)
    carrier.plan = list(first)
    tried(shop, id)
    assert len(carrier.asked) == len(first) + 1
    assert len({headers["Idempotency-Key"] for headers, _ in carrier.asked}) == 1
    assert list(carrier.booked.values()) == [floor.head(shop, shipment).tracking] == ["CX000001"]
    assert down(shop) == []
    assert checking.differences() == []


def test_a_carrier_that_stays_down_is_an_exception_that_is_tried_again(shop: Any, carrier: CarrierServer) -> None:
    shipment, id = wanted(shop, carrier.address)
    carrier.plan = ["time-out after booking", *["500"] * (LAST_TRY - 1)]
    tried(shop, id, LAST_TRY - 1)
    assert down(shop) == []
    tried(shop, id, 1)
    (one,) = down(shop)
    assert (one.code, one.kind, one.subject_id) == (
        "carrier-perhaps-booked",
        "carrier-down",
        floor.head(shop, shipment).order_id,
    )
    assert one.facts["error"] == "500 out of order"
    assert one.actions == ("fulfilment.book_again", "fulfilment.enter_tracking", "fulfilment.book")
    floor.ok("fulfilment.book_again", shop.manager, Ref(id))
    assert down(shop) == []
    tried(shop, id)
    assert list(carrier.booked.values()) == [floor.head(shop, shipment).tracking]


def test_a_line_that_is_refused_has_booked_nothing_and_another_carrier_takes_over(
    shop: Any, carrier: CarrierServer
) -> None:
    gone = CarrierServer()
    gone.close()
    shipment, id = wanted(shop, gone.address)
    tried(shop, id)
    (one,) = down(shop)
    assert (one.code, "127.0.0.1" in one.facts["error"]) == ("carrier-down", True)
    other = known(shop, carrier.address, "Spedition Süd")
    floor.ok("fulfilment.book", shop.manager, BookCarrier(shipment, other))
    assert down(shop) == []
    tried(shop, id)
    assert carrier.asked == [], "the booking that was given up asks nobody"
    tried(shop, booking(shop, shipment).id)
    assert (floor.head(shop, shipment).carrier, floor.head(shop, shipment).tracking) == ("Spedition Süd", "CX000001")


@pytest.mark.parametrize("answer", ["422", "302"])
def test_a_clear_no_is_not_asked_again_and_the_number_is_entered_by_hand(
    answer: str, shop: Any, carrier: CarrierServer
) -> None:
    shipment, id = wanted(shop, carrier.address)
    carrier.plan = [answer]
    tried(shop, id)
    assert (len(carrier.asked), [one.code for one in down(shop)]) == (1, ["carrier-down"])
    assert [r.code for r in run("fulfilment.enter_tracking", shop.manager, [EnterTracking(id, " ")]).refused] == [
        "tracking-missing"
    ]
    floor.ok("fulfilment.enter_tracking", shop.manager, EnterTracking(id, "BY-HAND-1"))
    assert (floor.head(shop, shipment).tracking, down(shop)) == ("BY-HAND-1", [])


def test_a_shipment_that_leaves_otherwise_or_not_at_all_asks_no_carrier(shop: Any, carrier: CarrierServer) -> None:
    shipment, id = wanted(shop, carrier.address)
    carrier.plan = ["422"]
    tried(shop, id)
    floor.ok("fulfilment.ship", shop.warehouse, ShipShipment(shipment, "own van", ""))
    assert (down(shop), booking(shop, shipment)) == ([], None)
    second, later = wanted(shop, carrier.address)
    floor.ok("orders.cancel", shop.manager, HoldOrder(floor.head(shop, second).order_id, "not wanted"))
    tried(shop, later)
    assert (booking(shop, second), len(carrier.asked)) == (None, 1)


def test_a_carrier_that_says_when_is_asked_then() -> None:
    def wait(error: Exception, attempts: int) -> Any:
        return jobs.Later().get_retry_decision(exception=error, job=SimpleNamespace(attempts=attempts))  # type: ignore[arg-type]

    def seconds(error: Exception, attempts: int) -> float:
        return float((wait(error, attempts).retry_at - datetime.now(UTC)).total_seconds())

    assert 110 < seconds(NotBooked("429", wait=120), 0) <= 120
    assert [round(seconds(NotBooked("500"), n)) for n in range(LAST_TRY - 1)] == [3, 9, 27, 81, 243]
    assert wait(NotBooked("500"), LAST_TRY - 1) is None


def test_who_carries_is_said_by_administrators_and_a_plain_name_goes_on_as_before(
    shop: Any, carrier: CarrierServer
) -> None:
    theirs = run("fulfilment.set_carriers", shop.manager, [SetCarrier("X", carrier.address)])
    assert [r.code for r in theirs.refused] == ["not-allowed"]
    wrong = run(
        "fulfilment.set_carriers", shop.administrator, [SetCarrier(" ", carrier.address), SetCarrier("X", "ftp://x")]
    )
    assert [r.code for r in wrong.refused] == ["bad-carrier-name", "bad-web-address"]
    id = known(shop, carrier.address)
    assert known(shop, "https://other.example/book") == id
    run("fulfilment.set_carriers", shop.administrator, [SetCarrier("Kurier Nord", carrier.address, active=False)])
    shipment = floor.packed(shop)
    assert [r.code for r in run("fulfilment.book", shop.warehouse, [BookCarrier(shipment, id)]).refused] == [
        "unknown-carrier"
    ]
    assert [r.code for r in run("fulfilment.book", shop.stranger, [BookCarrier(shipment, id)]).refused] == [
        "unknown-shipment"
    ]
    floor.ok("fulfilment.ship", shop.warehouse, ShipShipment(shipment, "DHL", "00340"))
    assert (floor.head(shop, shipment).carrier, queued()) == ("DHL", [])


@pytest.mark.parametrize(
    "stated",
    ["", "ftp://a/b", "http://", "http://user:pw@a/b", "http://a b", "http://a:99999/", "//a/b", "javascript:x"],
)
def test_no_addresses(stated: str) -> None:
    assert not is_address(stated)


def test_pages_book_and_settle(shop: Any, as_: Any, carrier: CarrierServer) -> None:
    administrator, warehouse, manager = as_("administrator"), as_("warehouse"), as_("manager")
    assert manager.get("/carriers").status_code == 403
    assert administrator.post("/carriers", {"name-new1": "X", "address-new1": "nowhere"}).status_code == 422
    form = {"name-new1": "Kurier Nord", "service-new1": "parcel", "address-new1": carrier.address, "active-new1": "on"}
    assert administrator.post("/carriers", form).status_code == 302
    assert "Kurier Nord" in administrator.get("/carriers").content.decode()
    shipment = floor.packed(shop)
    assert f'/shipping/{shipment}/book"' in warehouse.get(f"/shipping/{shipment}").content.decode()
    (one,) = ask("fulfilment.carriers", shop.warehouse)
    assert warehouse.post(f"/shipping/{shipment}/book", {"carrier": str(one.id)}).status_code == 302
    assert "Kurier Nord is asked." in warehouse.get(f"/shipping/{shipment}").content.decode()
    reacting.drain()
    carrier.plan = ["422", "422"]
    tried(shop, booking(shop, shipment).id)
    (stopped,) = down(shop)
    page = manager.get(f"/exceptions/{stopped.id}").content.decode()
    assert "no such postcode" in page
    assert f"/shipping/{shipment}/tracking" in page
    assert f"/shipping/{shipment}/book" in page
    assert manager.post(f"/exceptions/{stopped.id}/again").status_code == 302
    tried(shop, booking(shop, shipment).id)
    assert len(down(shop)) == 1
    assert warehouse.post(f"/shipping/{shipment}/tracking", {"tracking": "H-1"}).status_code == 302
    assert "H-1" in warehouse.get(f"/shipping/{shipment}").content.decode()
    assert down(shop) == []


def test_two_administrators_at_once_change_what_each_of_them_saw(shop: Any, as_: Any) -> None:
    browser, id = as_("administrator"), known(shop, "https://nord.example/book")
    assert f'name="address-{id}"' in browser.get("/carriers").content.decode()
    known(shop, "https://first.example/book", "Aachener Bote")  # it stands before the other one now
    form = {f"address-{id}": "https://new.example/book", f"service-{id}": "express"}
    assert browser.post("/carriers", form).status_code == 302
    now = {one.name: (one.address, one.is_active) for one in ask("fulfilment.carriers", shop.administrator, all=True)}
    assert now == {
        "Aachener Bote": ("https://first.example/book", True),
        "Kurier Nord": ("https://new.example/book", False),
    }


def test_a_job_that_ends_before_the_tries_do_leaves_no_booking_behind(shop: Any, carrier: CarrierServer) -> None:
    shipment, id = wanted(shop, carrier.address)
    carrier.plan = ["429", "429"]
    for attempts, left in ((0, "wanted"), (LAST_TRY - 1, "failed")):  # the tries between were lost to other things
        with pytest.raises(NotBooked):
            jobs.book(SimpleNamespace(job=SimpleNamespace(attempts=attempts)), shop.company, id)
        assert booking(shop, shipment).state == left
    assert [one.code for one in down(shop)] == ["carrier-down"]
