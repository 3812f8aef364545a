"""Reading shipments."""

from dataclasses import dataclass
from typing import Any

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.workflow.acts import Refused

from .refusing import Carried, ShipmentLeaves, judges

SQL = statements("fulfilment", "shipments")
REFUSING = statements("fulfilment", "refusing")
BOOKING = statements("fulfilment", "booking")
SORTS = {"oldest": "s.id", "order": "o.number, s.id", "customer": "p.name, s.id", "due": "o.requested_on, s.id"}
TO_DO = ["open", "picked", "packed"]


@dataclass(frozen=True)
class ShipmentList:
    """Ask for shipments: those to do unless a state is named; by words, warehouse or order, sorted, one page."""

    state: str | None = None
    search: str | None = None
    warehouse: str | None = None
    order: int | None = None
    sort: str = "oldest"
    after: str | None = None
    size: int = 50


@query("fulfilment.shipments", ShipmentList)
def shipments(ctx: Reader, asked: ShipmentList) -> Page:
    """Shipments with their order and customer, one page at a time."""
    states = [asked.state] if asked.state else None if asked.order else TO_DO
    narrowed = {"search": asked.search, "warehouse": asked.warehouse, "order": asked.order, "states": states}
    return page(ctx, SQL.list, SORTS, asked, **narrowed)


@dataclass(frozen=True)
class OneShipment:
    """Ask for one shipment by its id."""

    id: int


@query("fulfilment.shipment", OneShipment)
def one_shipment(ctx: Reader, asked: OneShipment) -> Any:
    """The head of one shipment, or None."""
    return ctx.one(SQL.one, id=asked.id)


@query("fulfilment.lines", OneShipment)
def lines(ctx: Reader, asked: OneShipment) -> list[Any]:
    """What to pick for one shipment, or was picked, in the order of the walk."""
    return ctx.fetch(SQL.lines, id=asked.id)


@query("fulfilment.packages", OneShipment)
def packages(ctx: Reader, asked: OneShipment) -> list[Any]:
    """The packages of one shipment with their contents, a row a content."""
    return ctx.fetch(SQL.packages, id=asked.id)


@query("fulfilment.why_not", OneShipment)
def why_not(ctx: Reader, asked: OneShipment) -> Refused | None:
    """Which acts on a shipment would be refused now and on what that rests; None for an unknown one."""
    row = ctx.one(REFUSING.leaves, id=asked.id)
    if row is None:
        return None
    carried = [Carried(**line._asdict()) for line in ctx.fetch(REFUSING.lines, id=asked.id)]
    return judges.told(ShipmentLeaves(**row._asdict(), lines=carried))


@dataclass(frozen=True)
class OfOrder:
    """Ask for what belongs to one order."""

    order: int


@query("fulfilment.returns", OfOrder)
def returns(ctx: Reader, asked: OfOrder) -> list[Any]:
    """What came back of one order, a row a line."""
    return ctx.fetch(SQL.returns, order=asked.order)


@dataclass(frozen=True)
class Carriers:
    """Ask for carriers: those in use unless all are asked for."""

    all: bool = False


@query("fulfilment.carriers", Carriers)
def carriers(ctx: Reader, asked: Carriers) -> list[Any]:
    """Who carries goods for us and takes bookings, by name."""
    return ctx.fetch(BOOKING.carriers, active=None if asked.all else True)


@query("fulfilment.booking", OneShipment)
def booking(ctx: Reader, asked: OneShipment) -> Any:
    """How the carrier of one shipment is booked, or None where none was asked."""
    return ctx.one(BOOKING.of_shipment, shipment=asked.id)
