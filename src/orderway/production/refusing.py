"""Why an act on a job ticket is refused: what it rests on, and the rules that the commands judge by and "Why not?" tells by."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderway.kernel.outcome import Refusal
from orderway.workflow.acts import Acts

from .rules import MOVES

ORDERS: Mapping[str, frozenset[str]] = {  # verb -> the states of its order in which a ticket is worked on
    "plan": frozenset({"placed", "confirmed"}),
    "start": frozenset({"confirmed"}),
}


class TicketLeaves(NamedTuple):
    """What refusals of acts on a job ticket rest on, as it is now: its state and its order's, whether a prepayment is awaited, and which
    ticket of which order runs on its machine (None and "": none)."""

    id: int
    order_id: int
    number: str
    state: str
    order_state: str
    prepay_open: bool
    machine_id: int
    machine: str
    running_id: int | None
    running_number: str


judges: Acts[TicketLeaves] = Acts()


def in_state(verb: str, ticket: Any) -> list[Refusal]:
    """The table of moves: whether a ticket (with its id, its state and the number of its order) allows `verb`."""
    if ticket.state in MOVES[verb]:
        return []
    return [Refusal("wrong-ticket-state", ticket.id, {"number": ticket.number, "state": ticket.state})]


def not_movable(verb: str, ticket: Any) -> list[Refusal]:
    """The ticket's own state first; then, whether its order is one that is worked on."""
    if ticket.order_state in ORDERS[verb]:
        return in_state(verb, ticket)
    facts = {"number": ticket.number, "state": ticket.order_state}
    return in_state(verb, ticket) or [Refusal("wrong-state", ticket.id, facts)]


def not_startable(ticket: Any, other: int | None, number: str) -> list[Refusal]:
    """Whether a ticket cannot be started while the ticket `other`, of the order `number`, runs on its machine (None: none does)."""
    if refused := not_movable("start", ticket):
        return refused
    if ticket.prepay_open:
        return [Refusal("prepayment-open", ticket.id, {"number": ticket.number})]
    if other is None:
        return []
    return [Refusal("machine-busy", ticket.id, {"machine": ticket.machine, "ticket": other, "number": number})]


def _plan(leaves: TicketLeaves) -> Sequence[Refusal]:
    return not_movable("plan", leaves)


def _start(leaves: TicketLeaves) -> Sequence[Refusal]:
    return not_startable(leaves, leaves.running_id, leaves.running_number)


def _finish(leaves: TicketLeaves) -> Sequence[Refusal]:
    return in_state("finish", leaves)


judges.judged("production.plan", _plan, ("state", "order_state"), MOVES["plan"])
judges.judged(
    "production.start",
    _start,
    ("state", "order_state", "prepay_open", "machine", "running_id", "running_number"),
    MOVES["start"],
)
judges.judged("production.finish", _finish, ("state",), MOVES["finish"])
