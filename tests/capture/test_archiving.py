"""The original is committed when every order that came with it is done with."""

import pytest
from doorstep import come_in, csv, inputs, work

from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.proceed import HoldOrder

pytestmark = pytest.mark.usefixtures("db")
CUSTOMER = "Kanzlei Bergmann Roth"


def test_the_originals_parcel_waits_for_the_last_of_its_orders(shop):
    come_in(shop, "b.csv", csv(*(f"B-{n};{CUSTOMER};ENV-DL;{n};" for n in (1, 2))))
    first, second = inputs(shop)

    def parcel() -> str:
        return fetch("select state from parcel where id = %(id)s::bigint", {"id": first.parcel_id})[0].state

    run("orders.cancel", shop.manager, [HoldOrder(first.order_id, "not wanted")])
    work()
    assert parcel() == "open"
    run("orders.cancel", shop.manager, [HoldOrder(second.order_id, "not wanted")])
    work()
    assert parcel() == "closed"
