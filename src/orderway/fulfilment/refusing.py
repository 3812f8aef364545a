"""Why an act on a shipment is refused, or taking back a line of an order: told by the rules that the commands judge by."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from orderway.kernel.outcome import Refusal
from orderway.orders.refusing import LineLeaves, line_judges
from orderway.workflow.acts import Acts

from .rules import (
    IN_HAND,
    MOVES,
    Booking,
    in_state,
    not_bookable,
    not_packable,
    not_shippable,
    nothing_to_return,
    stays,
)


class Carried(NamedTuple):
    """A line of a shipment: how much was picked (None: not yet), and how much its demand holds in the place it comes from."""

    id: int
    shipment_id: int
    demand_id: int
    level_id: int
    picked: Decimal | None
    held: Decimal


class ShipmentLeaves(NamedTuple):
    """What refusals of acts on a shipment rest on, as it is now; the state of the `booking` that counts, with whom and its tracking number
    ("": no carrier was asked)."""

    id: int
    order_number: str
    state: str
    order_state: str
    lines: Sequence[Carried]
    booking: str = ""
    carrier: str = ""
    tracking: str = ""


judges: Acts[ShipmentLeaves] = Acts()


def _pick(leaves: ShipmentLeaves) -> Sequence[Refusal]:
    return stays("pick", leaves.id, leaves)


def _pack(leaves: ShipmentLeaves) -> Sequence[Refusal]:
    return not_packable(leaves.id, leaves, leaves.lines)


def _ship(leaves: ShipmentLeaves) -> Sequence[Refusal]:
    return not_shippable([leaves], [line for line in leaves.lines if line.picked])


def _deliver(leaves: ShipmentLeaves) -> Sequence[Refusal]:
    return in_state("deliver", leaves.id, leaves)


def _book(leaves: ShipmentLeaves) -> Sequence[Refusal]:
    booking = Booking(leaves.booking, leaves.carrier, leaves.tracking) if leaves.booking else None
    return not_bookable(leaves.id, leaves, booking)


def _take_back(line: LineLeaves) -> Sequence[Refusal]:
    return nothing_to_return(line.id, line)


line_judges.judged("fulfilment.take_back", _take_back, ("delivered",))
judges.judged("fulfilment.pick", _pick, ("state", "order_state"), MOVES["pick"])
judges.judged("fulfilment.pack", _pack, ("state", "order_state", "lines"), MOVES["pack"])
judges.judged("fulfilment.ship", _ship, ("state", "order_state", "lines"), MOVES["ship"])
judges.judged("fulfilment.book", _book, ("state", "booking", "carrier", "tracking"), IN_HAND)
judges.judged("fulfilment.deliver", _deliver, ("state",), MOVES["deliver"])
