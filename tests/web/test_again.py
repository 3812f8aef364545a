"""The same order again in one act, and what is asked first (SE-52)."""

import re
from decimal import Decimal as D

import pytest
import shop_floor as floor

from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.copy import CopyOrder
from orderway.orders.commands.place import PlaceLine, PlaceOrder


def placed(shop, item: str, quantity: int, price: str | None = None) -> int:
    line = PlaceLine(shop.items[item], D(quantity), D(price) if price else None)
    return int(floor.ok("orders.place", shop.manager, PlaceOrder(shop.customers["10001"], [line])).done[0])


@pytest.fixture
def usual(shop) -> int:
    """Ten reams at the price of the day, of which there are many."""
    return placed(shop, "PAP-A4-80", 10)


def copies(order: int) -> list[int]:
    return [
        row.id for row in fetch("select id from sales_order where copied_from_id = %(id)s order by id", {"id": order})
    ]


def test_one_act_places_the_same_again_where_nothing_is_otherwise(usual, as_):
    answer = as_("manager").post(f"/orders/{usual}/again")
    (new,) = copies(usual)
    assert answer["Location"] == f"/orders/{new}"


def test_another_price_is_told_and_asked_first(shop, as_):
    order = placed(shop, "PAP-A4-80", 10, "1.00")
    browser = as_("manager")
    page = browser.post(f"/orders/{order}/again").content.decode()
    assert copies(order) == []
    assert "Nothing was ordered yet" in page
    assert "€1.00" in page
    assert "€4.90" in page
    browser.post(f"/orders/{order}/again", {"accepted": "1"})
    (new,) = copies(order)
    assert ask("orders.lines", shop.manager, id=new)[0].price > 1


def test_goods_that_are_short_are_told_and_asked_first(shop, usual, as_):
    order = placed(shop, "PAP-A4-80", 1_000_000)
    page = as_("manager").post(f"/orders/{order}/again").content.decode()
    assert copies(order) == []
    assert re.search(r"[\d,]+ of 1,000,000 free", page)


def test_what_is_made_or_done_for_an_order_is_never_short(shop, as_):
    order = placed(shop, "DESIGN-H", 3)
    as_("manager").post(f"/orders/{order}/again")
    assert len(copies(order)) == 1


def test_one_call_orders_a_customers_last_order_again(shop, usual):
    last = placed(shop, "PAP-A4-80", 7)
    customer = shop.customers["10001"]
    (new,) = run("orders.copy", shop.manager, [CopyOrder(customer=customer, ask=True)]).done
    assert copies(last) == [new]
    nobody = run("orders.copy", shop.manager, [CopyOrder(customer=10**9), CopyOrder()], partial=True)
    assert [refusal.code for refusal in nobody.refused] == ["unknown-order", "unknown-order"]


def test_of_a_set_those_are_placed_that_are_as_they_were(shop, usual):
    dear = placed(shop, "PAP-A4-80", 10, "1.00")
    rows = [CopyOrder(dear, ask=True), CopyOrder(usual, ask=True), CopyOrder(dear)]
    outcome = run("orders.copy", shop.manager, rows, partial=True)
    assert (len(copies(dear)), len(copies(usual))) == (1, 1)
    (refused,) = outcome.refused
    assert (refused.code, refused.subject, refused.facts["order"]) == ("otherwise-today", dear, dear)
    assert [(line["position"], line["then"]) for line in refused.facts["lines"]] == [(1, D(1))]
    assert not run("orders.copy", shop.manager, rows).done


def test_another_company_s_order_is_not_there(shop, usual, as_):
    assert as_("stranger").post(f"/orders/{usual}/again").status_code == 404
    assert as_("warehouse").post(f"/orders/{usual}/again").status_code == 403
