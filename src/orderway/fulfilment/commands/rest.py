"""What orders gave up: it is not picked, and what was picked of it goes back to its place."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.workflow.commands.proceed import arrive

from .pick import tell_maps
from .ship import SQL as ORDERS

SQL = statements("fulfilment", "rest")


@command("fulfilment.note_rest")
def note_rest(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """What these orders still owed was given up: pick lists shrink, and what was picked of it goes back to its place.

    A box that holds some of it must be packed again. Where all else has arrived or left, the maps go on.
    """
    ids = [row.id for row in rows]
    in_house = {s.id: s for s in ctx.fetch(SQL.lock, orders=ids)}
    beyond = ctx.fetch(SQL.beyond, ids=list(in_house))
    unpacked = sorted({line.shipment_id for line in beyond if in_house[line.shipment_id].state == "packed"})
    ctx.fetch(SQL.trim, line=[line.id for line in beyond], keeps=[line.keeps for line in beyond])
    ctx.fetch(SQL.unpack, ids=unpacked)
    now = {s.id: s for s in ctx.fetch(SQL.restate, ids=list(in_house), unpacked=unpacked)}
    _record(ctx, in_house, now, beyond)
    tell_maps(ctx, [s.order_id for s in now.values() if in_house[s.id].state == "open"], "picked")
    arrive(ctx, "order", [row.order_id for row in ctx.fetch(ORDERS.delivered_orders, ids=ids)], "delivered")
    arrive(ctx, "order", [row.order_id for row in ctx.fetch(ORDERS.shipped_orders, ids=ids)], "shipped")
    return Outcome(ids)


def _record(ctx: Context, before: dict[int, Any], now: dict[int, Any], beyond: Sequence[Any]) -> None:
    """What came of each shipment, with what its lines carried before and carry now."""
    parts: dict[int, list[Part]] = {}
    units: dict[int, Decimal] = {}
    for line in beyond:
        parts.setdefault(line.shipment_id, []).append(_part(line))
        if line.picked is not None:
            units[line.shipment_id] = units.get(line.shipment_id, Decimal(0)) + line.picked - line.keeps
    events: dict[str, list[Fact]] = {}
    for id in sorted({*now, *parts}):
        state = now[id].state if id in now else before[id].state
        says = {"put_back": units[id]} if id in units else {}
        old, new = {"state": before[id].state}, {"state": state}
        fact = Fact(id, before[id].order_id, old, new, says, parts.get(id, ()))
        events.setdefault(_name(state, id in units, id in now), []).append(fact)
    for name, facts in events.items():  # one a kind of event
        ctx.record(name, "shipment", facts)


def _part(line: Any) -> Part:
    """A list that asks for less wants a smaller quantity; one that asks for nothing is picked with none."""
    if line.picked is None and line.keeps:
        return Part("shipment_line", line.id, {"quantity": line.quantity}, {"quantity": line.keeps})
    return Part("shipment_line", line.id, {"picked": line.picked}, {"picked": line.keeps})


def _name(state: str, put_back: bool, moved: bool) -> str:
    if state == "cancelled":
        return "shipment.cancelled"
    if put_back:
        return "shipment.put_back"
    return "shipment.picked" if moved else "shipment.shortened"
