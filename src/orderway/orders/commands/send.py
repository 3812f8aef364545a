"""Sending orders on their way: through the map of their kind, with a parcel that is found by their names, to the archive."""

from collections.abc import Sequence

from orderway.documents.commands import IndexDocument, index_documents
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.workflow.commands.proceed import StartMap, StopMap

SQL = statements("orders", "send")
PRINT, TRADE = "print_order", "trade_order"


@command("orders.send_on_way")
def send_on_way(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Start the map of each order: with something to make the print order, else the trade order. Unpublished maps start nothing."""
    orders = ctx.fetch(SQL.kinds, ids=[row.id for row in rows])
    ctx.run("orders.rank", [Ref(order.id) for order in orders if order.ruled])  # the maps may ask how urgent they are
    starts = [StartMap(PRINT if order.made else TRADE, order.id) for order in orders if order.state == "placed"]
    started = ctx.run("workflow.start", starts, partial=True)
    refused = [refusal for refusal in started.refused if refusal.code not in ("unknown-map", "already-running")]
    return Outcome([row.id for row in rows], refused)


@command("orders.leave_maps")
def leave_maps(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """These orders were cancelled: nobody has to do anything for them any more."""
    orders = [order for order in ctx.fetch(SQL.reasons, ids=[row.id for row in rows]) if order.state == "cancelled"]
    ctx.run("workflow.stop", [StopMap("order", order.id, order.hold_reason or "cancelled") for order in orders])
    return Outcome([row.id for row in rows])


@command("orders.go_on")
def go_on(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """What stopped these orders on their maps is gone: they were held and are resumed, or what was owing was given up."""
    stopped = ctx.fetch(SQL.stopped, ids=[row.id for row in rows])
    ctx.run("workflow.retry", [Ref(token.id) for token in stopped], partial=True)
    return Outcome([row.id for row in rows])


@command("orders.label_parcels")
def label_parcels(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Give the parcels of orders the index values by which people look for them."""
    labels = [
        IndexDocument(order.parcel_id, name, value, "rule")
        for order in ctx.fetch(SQL.kinds, ids=[row.id for row in rows])
        for name, value in (("order", order.number), ("customer", order.customer), ("reference", order.their_reference))
        if value
    ]
    if labels:
        index_documents(ctx.within(), labels)
    return Outcome([row.id for row in rows])


@command("orders.archive")
def archive(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """The orders are done with: commit their parcels to the archive, as soon as their papers lie in them."""
    return Outcome([row.id for row in rows], _commit(ctx, orders=[row.id for row in rows]))


@command("orders.archive_filed")
def archive_filed(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Papers (the rows) were filed: where they were the last that finished orders waited for, commit the parcels."""
    return Outcome([row.id for row in rows], _commit(ctx, documents=[row.id for row in rows]))


def _commit(ctx: Context, orders: Sequence[int] = (), documents: Sequence[int] = ()) -> Sequence[Refusal]:
    found = ctx.fetch(SQL.filled_parcels, ids=list(orders), documents=list(documents))
    return ctx.run("archive.commit", [Ref(order.parcel_id) for order in found], partial=True).refused
