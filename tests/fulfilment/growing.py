"""n good rows for every command of fulfilment."""

from decimal import Decimal as D

import growth

from orderway.documents.store import store
from orderway.fulfilment.commands.booking import BookCarrier, EnterTracking, NoteBooked, NoteNotBooked
from orderway.fulfilment.commands.carriers import SetCarrier
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.fulfilment.commands.take_back import TakeBack
from orderway.kernel.access import system_actor
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


def _carriers(shop, n):
    rows = [SetCarrier(f"Carrier {n} {i}", "https://carrier.example/book") for i in range(n)]
    return list(run("fulfilment.set_carriers", shop.administrator, rows).done)


def _wanted(shop, n):
    carriers = _carriers(shop, n)
    shipments = packed(shop, n)
    run("fulfilment.book", shop.warehouse, [BookCarrier(*pair) for pair in zip(shipments, carriers, strict=True)])
    sql = "select id from booking where shipment_id = any(%(s)s::bigint[]) order by id"
    return [row.id for row in fetch(sql, {"s": shipments})]


def _failed(shop, n):
    ids = _wanted(shop, n)
    run("fulfilment.note_not_booked", system_actor(shop.company), [NoteNotBooked(id, "away", True) for id in ids])
    return ids


def _booked(shop, n):
    label = store().keep(shop.company, b"%PDF-1.7 growth").sha256
    return [NoteBooked(id, f"T{id}", label) for id in _wanted(shop, n)]


def _dropped(shop, n):
    sql = "select shipment_id from booking where id = any(%(b)s::bigint[]) order by id"
    return _refs(row.shipment_id for row in fetch(sql, {"b": _failed(shop, n)}))


CASES = {
    "fulfilment.set_carriers": lambda _, n: [SetCarrier(f"New {n} {i}", "https://carrier.example") for i in range(n)],
    "fulfilment.book": lambda shop, n: [BookCarrier(*p) for p in zip(packed(shop, n), _carriers(shop, n), strict=True)],
    "fulfilment.hand_over_bookings": lambda shop, n: _refs(_wanted(shop, n)),
    "fulfilment.note_booked": _booked,
    "fulfilment.note_not_booked": lambda shop, n: [NoteNotBooked(id, "away", True) for id in _wanted(shop, n)],
    "fulfilment.book_again": lambda shop, n: _refs(_failed(shop, n)),
    "fulfilment.enter_tracking": lambda shop, n: [EnterTracking(id, "T") for id in _failed(shop, n)],
    "fulfilment.drop_bookings": _dropped,
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
