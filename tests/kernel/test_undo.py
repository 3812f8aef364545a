"""Undo from the event's row image (OW-18)."""

from decimal import Decimal as D

import pytest

from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def order(shop):
    (id,) = run(
        "orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["ENV-DL"], D(3))])]
    ).done
    return id


def last_command():
    return fetch("select max(command_id) as id from event", {})[0].id


def test_a_hold_is_undone_as_if_it_had_not_been(shop, order):
    run("orders.hold", shop.manager, [HoldOrder(order, "asks for another paper")])
    held = last_command()
    assert run("kernel.undo", shop.manager, [Ref(held)]).done == [held]
    head = ask("orders.one", shop.manager, id=order)
    assert (head.state, head.hold_reason, head.held_from) == ("placed", "", "")


def test_an_undo_can_be_undone_by_nobody_once_the_row_went_on(shop, order):
    run("orders.hold", shop.manager, [HoldOrder(order, "wait")])
    held = last_command()
    run("orders.resume", shop.manager, [Ref(order)])
    refused = run("kernel.undo", shop.manager, [Ref(held)]).refused
    assert [(r.code, r.subject) for r in refused] == [("changed-since", order)]
    assert ask("orders.one", shop.manager, id=order).state == "placed"


def test_what_binds_us_is_not_reversible(shop, order):
    run("orders.confirm", shop.manager, [Ref(order)])
    assert [r.code for r in run("kernel.undo", shop.manager, [Ref(last_command())]).refused] == ["not-reversible"]


def test_a_neighbour_undoes_nothing_of_ours(shop, order):
    run("orders.hold", shop.manager, [HoldOrder(order, "wait")])
    assert [r.code for r in run("kernel.undo", shop.stranger, [Ref(last_command())]).refused] == ["unknown-command"]
