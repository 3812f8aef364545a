"""`orderway check` names what does not agree with its events."""

from decimal import Decimal as D

import pytest

from orderway.kernel.checking import differences
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder

pytestmark = pytest.mark.usefixtures("db")


def test_a_row_changed_behind_our_back_is_named(shop):
    (id,) = run(
        "orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["ENV-DL"], D(3))])]
    ).done
    run("orders.hold", shop.manager, [HoldOrder(id, "wait")])
    assert differences() == []
    fetch("update sales_order set hold_reason = 'nothing' where id = %(id)s::bigint", {"id": id})
    assert differences() == [f'events of sales_order {id}: hold_reason should be "wait", is "nothing"']


def test_a_sum_that_left_its_ledger_is_named(shop):
    fetch(
        "update stock_level set on_hand = on_hand + 1 where item_id = %(id)s::bigint", {"id": shop.items["PAP-LX-120"]}
    )
    (line,) = differences()
    assert line.startswith("stock.levels: ")
    assert "51.0000" in line
