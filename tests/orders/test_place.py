"""Placing an order: what the customer gets, and what stands in the way."""

from decimal import Decimal as D

import pytest

from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder

pytestmark = pytest.mark.usefixtures("db")


def order(shop, *lines, customer="10001", **more):
    return PlaceOrder(shop.customers[customer], [PlaceLine(shop.items[n], D(q)) for n, q in lines], **more)


def test_prices_of_the_day_and_a_demand_for_goods(shop):
    outcome = run(
        "orders.place", shop.manager, [order(shop, ("PAP-A4-80", 10), ("DESIGN-H", 2), their_reference="SW-77")]
    )
    (id,) = outcome.done
    goods, service = ask("orders.lines", shop.manager, id=id)
    assert (goods.price, goods.net, goods.tax_category, goods.tax_rate) == (D("4.90"), D("49.00"), "S", D(19))
    assert goods.demand_id
    assert service.demand_id is None
    head = ask("orders.one", shop.manager, id=id)
    assert (head.net, head.their_reference, head.ship_city) == (D("199.00"), "SW-77", "Somewhere")


def test_a_hundred_are_cheaper(shop):
    (id,) = run("orders.place", shop.manager, [order(shop, ("PAP-A4-80", 100))]).done
    assert ask("orders.one", shop.manager, id=id).net == D("450.00")


@pytest.mark.parametrize(("customer", "category"), [("10001", "S"), ("10002", "G"), ("10003", "K")])
def test_home_export_and_intra_community_sales_bear_their_tax(shop, customer, category):
    (id,) = run("orders.place", shop.manager, [order(shop, ("PAP-A4-80", 1), customer=customer)]).done
    assert [line.tax_category for line in ask("orders.lines", shop.manager, id=id)] == [category]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda shop: PlaceOrder(999_999, [PlaceLine(shop.items["ENV-DL"], D(1))]), "unknown-customer"),
        (lambda shop: PlaceOrder(shop.customers["10001"], []), "no-lines"),
        (lambda shop: order(shop, ("ENV-DL", 0)), "quantity-not-positive"),
        (lambda shop: PlaceOrder(shop.customers["10001"], [PlaceLine(999_999, D(1))]), "unknown-item"),
        (lambda shop: order(shop, ("ENV-DL", 1), channel="pigeon"), "unknown-channel"),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_nothing_is_written(shop, spoil, code):
    before = ask("orders.list", shop.manager, which="all").count
    outcome = run("orders.place", shop.manager, [order(shop, ("ENV-DL", 1)), spoil(shop)])
    assert [(r.code, r.subject) for r in outcome.refused] == [(code, 1)]
    assert ask("orders.list", shop.manager, which="all").count == before


def test_what_was_agreed_for_one_order_goes_before_the_customers_terms(shop):
    lines = [PlaceLine(shop.items["ENV-DL"], D(1))]
    rows = [PlaceOrder(shop.customers["10001"], lines), PlaceOrder(shop.customers["10001"], lines, payment_days=0)]
    ids = run("orders.place", shop.manager, rows).done
    assert [ask("orders.one", shop.manager, id=id).payment_days for id in ids] == [14, 0]


def test_partial_places_what_can_be_placed(shop):
    good, bad = order(shop, ("ENV-DL", 1)), PlaceOrder(shop.customers["10001"], [])
    outcome = run("orders.place", shop.manager, [bad, good], partial=True)
    assert len(outcome.done) == 1
    assert [(r.code, r.subject) for r in outcome.refused] == [("no-lines", 0)]


def test_the_same_key_answers_the_same_and_another_body_is_refused(shop):
    rows = [order(shop, ("ENV-DL", 1))]
    first = run("orders.place", shop.manager, rows, key="form-1")
    again = run("orders.place", shop.manager, rows, key="form-1")
    assert list(again.done) == list(first.done)
    other = run("orders.place", shop.manager, [order(shop, ("ENV-DL", 2))], key="form-1")
    assert [r.code for r in other.refused] == ["key-reused"]


def test_a_stranger_sees_and_sells_nothing_of_ours(shop):
    (id,) = run("orders.place", shop.manager, [order(shop, ("ENV-DL", 1))]).done
    assert ask("orders.one", shop.stranger, id=id) is None
    outcome = run("orders.place", shop.stranger, [order(shop, ("ENV-DL", 1))])
    assert [r.code for r in outcome.refused] == ["unknown-customer"]


def test_a_packer_may_not_place_orders(shop):
    outcome = run("orders.place", shop.warehouse, [order(shop, ("ENV-DL", 1))])
    assert [r.code for r in outcome.refused] == ["not-allowed"]


def test_a_dry_run_says_what_would_happen_and_leaves_no_trace(shop):
    before = ask("orders.list", shop.manager, which="all").count
    outcome = run("orders.place", shop.manager, [order(shop, ("ENV-DL", 1))], dry=True)
    assert len(outcome.done) == 1
    assert ask("orders.list", shop.manager, which="all").count == before
