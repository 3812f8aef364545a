"""Booking a carrier for a shipment: asked for by the floor, asked by a job, answered with a tracking number, settled when it fails."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from orderway.documents.printing import FilePaper
from orderway.kernel import desk
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import statements

from ..rules import not_bookable
from .pick import FLOOR

SQL = statements("fulfilment", "booking")
subject("booking", "booking", root="order", root_column="order_id")
WHO = [*FLOOR, "manager"]
LAST_TRY = 6
_COLUMNS = ("state", "error", "tries", "unanswered", "tracking")
_GONE = {"state": "dropped"}
AGAIN = {"state": "wanted", "error": "", "tries": 0}
"""What a booking becomes that is tried again: under the same key, so what the carrier booked already it answers again."""


@dataclass(frozen=True)
class BookCarrier:
    """A packed shipment and the carrier to book for it."""

    id: int
    carrier: int


@command("fulfilment.book", row=BookCarrier, roles=WHO)
def book(ctx: Context, rows: Sequence[BookCarrier]) -> Outcome:
    """Book carriers for packed shipments; a job asks them. After a failure another carrier may be booked, or the same one again."""
    wanted = {row.id: row.carrier for row in rows}
    shipments, live = _lock(ctx, list(wanted))
    known = {row.id for row in ctx.fetch(SQL.carriers, active=True)}
    refused = [r for id in wanted if (r := _unfit(id, shipments.get(id), live.get(id), wanted[id] in known))]
    out = {refusal.subject for refusal in refused}
    may = [id for id in wanted if id not in out]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    failed = [live[id] for id in may if id in live]
    same = [one for one in failed if one.carrier_id == wanted[one.shipment_id]]
    other = [one for one in failed if one.carrier_id != wanted[one.shipment_id]]
    _move(ctx, "booking.wanted_again", same, {one.id: AGAIN for one in same})
    _move(ctx, "booking.dropped", other, {one.id: _GONE for one in other})
    _off_desk(ctx, failed)
    again = {one.shipment_id for one in same}
    fresh = [id for id in may if id not in again]
    orders = [shipments[id].order_id for id in fresh]
    keys = [secrets.token_hex(16) for _ in fresh]
    made = ctx.fetch(SQL.insert, order=orders, shipment=fresh, carrier=[wanted[id] for id in fresh], key=keys)
    ctx.record_new("booking.wanted", "booking", [row.id for row in made])
    return Outcome(may, refused)


def _lock(ctx: Context, ids: Sequence[int]) -> tuple[dict[int, Any], dict[int, Any]]:
    """Lock shipments, then the bookings of them that count; both by the shipment's id."""
    shipments = {row.id: row for row in ctx.fetch(SQL.lock_shipments, ids=list(ids))}
    live = {row.shipment_id: row for row in ctx.fetch(SQL.lock_of_shipments, shipments=list(shipments))}
    return shipments, live


def _unfit(id: int, shipment: Any, booking: Any, known: bool) -> Refusal | None:
    if shipment is None:
        return Refusal("unknown-shipment", id)
    if not known:
        return Refusal("unknown-carrier", id)
    return next(iter(not_bookable(id, shipment, booking)), None)


def _move(ctx: Context, event: str, bookings: Sequence[Any], new: Mapping[int, Mapping[str, Any]]) -> None:
    full = [{name: new[b.id].get(name, getattr(b, name)) for name in _COLUMNS} for b in bookings]
    ctx.fetch(SQL.move, id=[b.id for b in bookings], **{name: [row[name] for row in full] for name in _COLUMNS})
    changed = {b.id: {k: v for k, v in new[b.id].items() if v != getattr(b, k)} for b in bookings}
    facts = [
        Fact(b.id, b.order_id, {k: getattr(b, k) for k in changed[b.id]}, changed[b.id], {"carrier": b.carrier})
        for b in bookings
    ]
    ctx.record(event, "booking", facts)


def _off_desk(ctx: Context, bookings: Sequence[Any]) -> None:
    told = ctx.fetch(SQL.on_desk, ids=[b.id for b in bookings])
    desk.close(ctx.actor.company_id, [], [one.id for one in told])


@command("fulfilment.hand_over_bookings")
def hand_over_bookings(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Queue the asking of carriers. Only a reaction does this."""
    if not ctx.dry:
        app.job_manager.batch_defer_jobs([_job(ctx.actor.company_id, row.id) for row in rows])
    return Outcome([row.id for row in rows])


def _job(company: int, booking: int) -> Job:
    # the lock: two jobs of one booking never run beside each other
    return Job(
        task_name="fulfilment.book",
        queue="send",
        lock=f"booking-{booking}",
        queueing_lock=None,
        task_kwargs={"company": company, "booking": booking},
    )


def _locked(ctx: Context, ids: Sequence[int], *states: str) -> tuple[list[Any], dict[int, Any], list[Refusal]]:
    """Lock the shipments of bookings and then these; the bookings in one of `states`, their shipments, the other ones refused."""
    shipments, live = _lock(ctx, [row.shipment_id for row in ctx.fetch(SQL.of_bookings, ids=list(ids))])
    found = {booking.id: booking for booking in live.values() if booking.id in set(ids)}
    refused = [Refusal("unknown-booking", id) for id in ids if id not in found]
    refused += [
        Refusal("wrong-booking-state", b.id, {"carrier": b.carrier}) for b in found.values() if b.state not in states
    ]
    return [booking for booking in found.values() if booking.state in states], shipments, refused


@dataclass(frozen=True)
class NoteBooked:
    """A booking that the carrier answered: its tracking number, and the label (PDF) in the store where it sent one."""

    id: int
    tracking: str
    label: str = ""


@command("fulfilment.note_booked", row=NoteBooked)
def note_booked(ctx: Context, rows: Sequence[NoteBooked]) -> Outcome:
    """Note what carriers answered; the label lies in the order's parcel then. Only the booking job does this."""
    said = {row.id: row for row in rows}
    may, shipments, refused = _locked(ctx, list(said), "wanted")
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    new = {b.id: {"state": "booked", "tracking": said[b.id].tracking, "error": "", "unanswered": False} for b in may}
    _move(ctx, "booking.booked", may, new)
    # what somebody entered by hand meanwhile stands
    _track(
        ctx,
        shipments,
        {b.shipment_id: (b.carrier, said[b.id].tracking) for b in may if not shipments[b.shipment_id].tracking},
    )
    labels = {b.shipment_id: said[b.id] for b in may if said[b.id].label}
    papers = [
        FilePaper(
            row.parcel_id,
            "label",
            f"Label {labels[row.id].tracking}.pdf".replace("/", "-"),
            labels[row.id].label,
            "shipment",
            row.id,
        )
        for row in ctx.fetch(SQL.parcels, ids=list(labels))
    ]
    if papers:
        ctx.run("documents.file_papers", papers)
    return Outcome([b.id for b in may], refused)


def _track(ctx: Context, shipments: Mapping[int, Any], known: Mapping[int, tuple[str, str]]) -> None:
    """Write carrier and tracking number on shipments."""
    carriers, numbers = [carrier for carrier, _ in known.values()], [number for _, number in known.values()]
    ctx.fetch(SQL.track, id=list(known), carrier=carriers, tracking=numbers)
    facts = []
    for id, (carrier, number) in known.items():
        old = {"carrier": shipments[id].carrier, "tracking": shipments[id].tracking}
        facts.append(Fact(id, shipments[id].order_id, old, {"carrier": carrier, "tracking": number}))
    ctx.record("shipment.tracked", "shipment", facts)


@dataclass(frozen=True)
class NoteNotBooked:
    """A carrier that did not book and why. `final` when no repeat can help; `unanswered` when it may have booked after all."""

    id: int
    error: str
    final: bool = False
    unanswered: bool = False


@command("fulfilment.note_not_booked", row=NoteNotBooked)
def note_not_booked(ctx: Context, rows: Sequence[NoteNotBooked]) -> Outcome:
    """Note that carriers did not book; `again` names those still to be asked, the others are on the desk. Only the job does this."""
    said = {row.id: row for row in rows}
    may, shipments, refused = _locked(ctx, list(said), "wanted")
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    lost = [b for b in may if said[b.id].final or b.tries + 1 >= LAST_TRY]
    again = [b for b in may if b not in lost]
    new: dict[int, dict[str, Any]] = {}
    for b in may:
        open_end = b.unanswered or said[b.id].unanswered
        new[b.id] = {"tries": b.tries + 1, "error": said[b.id].error[:500], "unanswered": open_end}
        new[b.id] |= {"state": "failed"} if b in lost else {}
    _move(ctx, "booking.put_off", again, new)
    _move(ctx, "booking.failed", lost, new)
    _to_desk(ctx, lost, new, shipments)
    return Outcome([b.id for b in may], refused, {"again": [b.id for b in again]})


def _to_desk(ctx: Context, bookings: Sequence[Any], new: Mapping[int, Any], shipments: Mapping[int, Any]) -> None:
    told = []
    for b in bookings:
        code = "carrier-perhaps-booked" if new[b.id]["unanswered"] else "carrier-down"
        facts = {"carrier": b.carrier, "error": new[b.id]["error"], "shipment": b.shipment_id}
        facts["number"] = shipments[b.shipment_id].order_number
        told.append((code, None, b.id, facts))
    desk.put(ctx.actor.company_id, "fulfilment.book_again", told)


@command("fulfilment.book_again", roles=WHO)
def book_again(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Ask carriers again that were down, under the same key: what they booked already they answer, and nothing is booked twice."""
    may, _, refused = _locked(ctx, [row.id for row in rows], "failed")
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    _move(ctx, "booking.wanted_again", may, {b.id: AGAIN for b in may})
    _off_desk(ctx, may)
    return Outcome([b.id for b in may], refused)


@dataclass(frozen=True)
class EnterTracking:
    """A booking that failed, and the tracking number that the carrier gave otherwise (by telephone, on its own page)."""

    id: int
    tracking: str


@command("fulfilment.enter_tracking", row=EnterTracking, roles=WHO)
def enter_tracking(ctx: Context, rows: Sequence[EnterTracking]) -> Outcome:
    """Enter by hand under which number carriers carry shipments, in place of bookings that failed."""
    given = {row.id: row.tracking.strip() for row in rows}
    may, shipments, refused = _locked(ctx, list(given), "failed")
    refused += [Refusal("tracking-missing", b.id) for b in may if not given[b.id]]
    may = [b for b in may if given[b.id]]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    _move(ctx, "booking.booked", may, {b.id: {"state": "booked", "tracking": given[b.id]} for b in may})
    _track(ctx, shipments, {b.shipment_id: (b.carrier, given[b.id]) for b in may})
    _off_desk(ctx, may)
    return Outcome([b.id for b in may], refused)


@command("fulfilment.drop_bookings")
def drop_bookings(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """These shipments left by other means or not at all: what no carrier booked for them is asked no more."""
    shipments, live = _lock(ctx, [row.id for row in rows])
    cancelled = {id for id, shipment in shipments.items() if shipment.state == "cancelled"}
    idle = [b for b in live.values() if b.state == "failed" or (b.state == "wanted" and b.shipment_id in cancelled)]
    _move(ctx, "booking.dropped", idle, {b.id: _GONE for b in idle})
    _off_desk(ctx, idle)
    return Outcome([row.id for row in rows])
