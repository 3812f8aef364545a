"""n good rows for every command of fulfilment."""

from decimal import Decimal as D

import growth

from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.fulfilment.commands.take_back import TakeBack
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.proceed import HoldOrder


def _refs(ids):
    return [Ref(id) for id in ids]


def allocated(shop, n):
    return list(run("orders.allocate", shop.manager, _refs(growth.confirmed(shop, n))).done)


def released(shop, n):
    return run("fulfilment.release", shop.warehouse, _refs(allocated(shop, n))).values["shipments"]


def _lines(shipments):
    rows = fetch(
        "select id, quantity from shipment_line where shipment_id = any(%(s)s::bigint[])", {"s": list(shipments)}
    )
    return [PickLine(row.id, row.quantity) for row in rows]


def picked(shop, n):
    shipments = released(shop, n)
    run("fulfilment.pick", shop.warehouse, _lines(shipments))
    return list(shipments)


def packed(shop, n):
    return list(run("fulfilment.pack", shop.warehouse, [PackShipment(id) for id in picked(shop, n)]).done)


def shipped(shop, n):
    return list(run("fulfilment.ship", shop.warehouse, [ShipShipment(id) for id in packed(shop, n)]).done)


def _orders(shipments):
    rows = fetch("select order_id from shipment where id = any(%(s)s::bigint[])", {"s": list(shipments)})
    return _refs(row.order_id for row in rows)


def _returns(shop, n):
    rows = fetch(
        "select l.id, l.order_id from order_line l join shipment s on s.order_id = l.order_id where s.id = any(%(s)s::bigint[]) and l.delivered > 0",
        {"s": shipped(shop, n)},
    )
    return [TakeBack(row.order_id, shop.warehouses["main"], [(row.id, D(1))], "too many") for row in rows]


def _cancelled(shop, n):
    orders = _orders(released(shop, n))
    return _refs(run("orders.cancel", shop.manager, [HoldOrder(row.id, "not wanted") for row in orders]).done)


CASES = {
    "fulfilment.release": lambda shop, n: _refs(allocated(shop, n)),
    "fulfilment.release_allocated": lambda shop, n: _refs(allocated(shop, n)),
    "fulfilment.pick": lambda shop, n: _lines(released(shop, n)),
    "fulfilment.pack": lambda shop, n: [PackShipment(id) for id in picked(shop, n)],
    "fulfilment.ship": lambda shop, n: [ShipShipment(id) for id in packed(shop, n)],
    "fulfilment.deliver": lambda shop, n: _refs(shipped(shop, n)),
    "fulfilment.backorder": lambda shop, n: _orders(shipped(shop, n)),
    "fulfilment.take_back": _returns,
    "fulfilment.note_rest": lambda shop, n: _orders(shipped(shop, n)),
    "fulfilment.cancel_shipments": _cancelled,
}
