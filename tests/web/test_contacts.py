"""Everything that passed between a customer and us stands in one list (DX-05)."""

from decimal import Decimal as D

import pytest
import shop_floor as floor
from django.core.files.uploadedfile import SimpleUploadedFile

from orderway.capture import jobs
from orderway.kernel import reacting
from orderway.kernel.running import ask
from orderway.kernel.sql import fetch
from orderway.orders.commands.comment import CommentOrder
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import ChangeParty

CSV = (
    b"Order number;Customer;Item number;Description;Quantity;Unit price\n"
    b"B-7;Kanzlei Bergmann Roth;PAP-A4-80;Copy paper;40;4.90\n"
)


@pytest.fixture
def customer(shop, as_) -> int:
    """Kanzlei Bergmann Roth: a file came in and became an order, one was placed by phone, a colleague noted something; and a neighbour."""
    mine, other = shop.customers["10001"], shop.customers["10002"]
    floor.ok("parties.change", shop.manager, ChangeParty(mine, email="kanzlei@example.org"))
    as_("manager").post("/inbox/upload", {"files": [SimpleUploadedFile("order.csv", CSV)]})
    reacting.drain()
    waiting = [row.id for row in fetch("select id from intake where state = 'received' order by id", {})]
    jobs.read_inputs(shop.company, waiting)
    reacting.drain()
    line = PlaceLine(shop.items["PAP-A4-80"], D(1))
    called = floor.ok("orders.place", shop.manager, PlaceOrder(mine, [line], "phone")).done[0]
    theirs = floor.ok("orders.place", shop.manager, PlaceOrder(other, [line], "phone")).done[0]
    floor.ok("orders.comment", shop.accountant, CommentOrder(called, "Wants the invoice by post"))
    floor.ok("orders.comment", shop.accountant, CommentOrder(theirs, "Of somebody else"))
    reacting.drain()
    return int(mine)


def kinds(shop, customer: int, **narrowed: str) -> list[str]:
    return [row.kind for row in ask("capture.contacts", shop.manager, customer=customer, **narrowed).rows]


def test_it_holds_what_came_in_what_we_wrote_what_was_noted_and_what_was_said(shop, customer):
    found = kinds(shop, customer)
    assert sorted(found) == ["in", "note", "order", "out", "out"]  # a receipt for each of the two orders
    rows = ask("capture.contacts", shop.manager, customer=customer).rows
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
    assert {row.what for row in rows if row.kind == "note"} == {"Wants the invoice by post"}


def test_an_order_that_came_as_a_file_is_no_second_contact(shop, customer):
    (came,) = ask("capture.contacts", shop.manager, customer=customer, kind="in").rows
    assert came.order_number
    assert came.order_id not in [
        row.order_id for row in ask("capture.contacts", shop.manager, customer=customer, kind="order").rows
    ]


def test_words_and_kind_narrow_it(shop, customer, as_):
    assert kinds(shop, customer, search="by post") == ["note"]
    assert kinds(shop, customer, kind="out") == ["out", "out"]
    page = as_("manager").get(f"/customers/{customer}/contacts?kind=note").content.decode()
    assert "Wants the invoice by post" in page
    assert "Of somebody else" not in page


def test_each_leads_to_where_it_stands(shop, customer, as_):
    page = as_("manager").get(f"/customers/{customer}/contacts").content.decode()
    (came,) = ask("capture.contacts", shop.manager, customer=customer, kind="in").rows
    assert f'href="/inbox/{came.id}"' in page
    assert f'href="/orders/{came.order_id}"' in page
    assert "Accountant of Kessler" in page
    assert f'href="/customers/{customer}/contacts"' in as_("manager").get(f"/customers/{customer}").content.decode()


def test_of_another_companys_customer_nothing_is_told(shop, customer, as_):
    assert as_(shop.stranger).get(f"/customers/{customer}/contacts").status_code == 404
    assert ask("capture.contacts", shop.stranger, customer=customer).rows == []
