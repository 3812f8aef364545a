"""Whether a shipment may be picked, packed, shipped or delivered. Pure."""

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from orderway.kernel.outcome import Refusal

# verb -> the states of a shipment it may start from
MOVES: Mapping[str, frozenset[str]] = {
    "pick": frozenset({"open"}),
    "pack": frozenset({"picked"}),
    "ship": frozenset({"packed"}),
    "deliver": frozenset({"shipped"}),
}
IN_HAND = frozenset(
    {"packed", "shipped", "delivered"}
)  # the states in which another carrier is booked where one failed


def in_state(verb: str, id: int, shipment: Any) -> list[Refusal]:
    """The table of moves; `id` is what the refusal is about, a shipment or a line of it."""
    if shipment.state in MOVES[verb]:
        return []
    return [Refusal("wrong-state", id, {"number": shipment.order_number, "state": shipment.state})]


def stays(verb: str, id: int, shipment: Any) -> list[Refusal]:
    """The wrong state first; then, goods of an order that is held or cancelled stay where they are."""
    if wrong := in_state(verb, id, shipment):
        return wrong
    if shipment.order_state in ("held", "cancelled"):
        return [Refusal("order-stopped", id, {"number": shipment.order_number, "state": shipment.order_state})]
    return []


def not_packable(id: int, shipment: Any, lines: Sequence[Any]) -> list[Refusal]:
    """Whether there is nothing to be packed of a shipment with these lines."""
    return stays("pack", id, shipment) or (
        [] if any(line.picked for line in lines) else [Refusal("nothing-picked", id)]
    )


def not_shippable(shipments: Sequence[Any], lines: Sequence[Any]) -> list[Refusal]:
    """What keeps shipments that leave together, with their picked `lines` (sorted by shipment), in the house."""
    refused = [no for shipment in shipments for no in stays("ship", shipment.id, shipment)]
    return refused + _not_held(shipments, lines, {no.subject for no in refused if no.subject})


class Booking(NamedTuple):
    """A booking, as the rule about it asks."""

    state: str
    carrier: str
    tracking: str


def not_bookable(id: int, shipment: Any, booking: Any) -> list[Refusal]:
    """Whether no carrier can be booked for a shipment: one is (unless that failed), or it is not packed or was never in hand."""
    if booking is not None and booking.state != "failed":
        return [Refusal("already-booked", id, {"carrier": booking.carrier, "tracking": booking.tracking})]
    if shipment.state == "packed" or (booking is not None and shipment.state in IN_HAND):
        return []
    return [Refusal("wrong-state", id, {"number": shipment.order_number, "state": shipment.state})]


def nothing_to_return(subject: int, line: Any) -> list[Refusal]:
    """Whether nothing of a line of an order (with its `position` and what was `delivered`) is with the customer, who could send it back."""
    return [] if line.delivered > 0 else [Refusal("nothing-delivered", subject, {"position": line.position})]


def _not_held(shipments: Sequence[Any], lines: Sequence[Any], out: Set[int]) -> list[Refusal]:
    """Shipments that carry more than is held for them: the order gave some of it up, and it has not been put back yet."""
    left = {(line.demand_id, line.level_id): line.held for line in lines}
    carried = {id: list(group) for id, group in groupby(lines, key=lambda line: line.shipment_id)}
    refused = []
    for shipment in shipments:
        own = [] if shipment.id in out else carried.get(shipment.id, [])
        short = [line for line in own if line.picked > left[line.demand_id, line.level_id]]
        if short:
            held = sum((left[line.demand_id, line.level_id] for line in short), Decimal(0))
            picked = sum((line.picked for line in short), Decimal(0))
            facts = {"number": shipment.order_number, "picked": picked, "held": held}
            refused.append(Refusal("not-held", shipment.id, facts))
            continue
        for line in own:
            left[line.demand_id, line.level_id] -= line.picked
    return refused
