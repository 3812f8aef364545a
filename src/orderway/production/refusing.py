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


FORM = frozenset({"placed"})  # the states of an order in which its order form is filled in
PAPERS = frozenset({"placed", "held", "confirmed"})  # and those in which its papers are made


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


class PrintLeaves(NamedTuple):
    """What refusals of acts on the print job of an order rest on: the order's state, of its `lines` of printed matter how many are begun
    on a machine, and of how many the order form is filled in (`specified`)."""

    id: int
    number: str
    state: str
    lines: int
    begun: int
    specified: int


judges: Acts[TicketLeaves] = Acts()
print_judges: Acts[PrintLeaves] = Acts()


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


def not_fillable(order: Any) -> list[Refusal]:
    """Whether no order form of an order (with its id, number and state) can be filled in: it is not new any more."""
    if order.state in FORM:
        return []
    return [Refusal("wrong-state", order.id, {"number": order.number, "state": order.state})]


def begun_already(order: Any, begun: bool) -> list[Refusal]:
    """Whether a line was begun on a machine, so that its form stays as it is."""
    return [Refusal("already-begun", order.id, {"number": order.number})] if begun else []


def not_printable(order: Any, specified: bool) -> list[Refusal]:
    """Whether papers and job tickets cannot be made of an order: it is over, or no form is filled in."""
    if order.state not in PAPERS:
        return [Refusal("wrong-state", order.id, {"number": order.number, "state": order.state})]
    return [] if specified else [Refusal("no-specification", order.id, {"number": order.number})]


def _specify(leaves: PrintLeaves) -> Sequence[Refusal]:
    return not_fillable(leaves) or begun_already(leaves, leaves.begun == leaves.lines)


def _make_papers(leaves: PrintLeaves) -> Sequence[Refusal]:
    return not_printable(leaves, bool(leaves.specified))


def _plan(leaves: TicketLeaves) -> Sequence[Refusal]:
    return not_movable("plan", leaves)


def _start(leaves: TicketLeaves) -> Sequence[Refusal]:
    return not_startable(leaves, leaves.running_id, leaves.running_number)


def _finish(leaves: TicketLeaves) -> Sequence[Refusal]:
    return in_state("finish", leaves)


print_judges.judged("production.specify", _specify, ("state", "lines", "begun"), FORM)
print_judges.judged("production.make_papers", _make_papers, ("state", "specified"), PAPERS)
judges.judged("production.plan", _plan, ("state", "order_state"), MOVES["plan"])
judges.judged(
    "production.start",
    _start,
    ("state", "order_state", "prepay_open", "machine", "running_id", "running_number"),
    MOVES["start"],
)
judges.judged("production.finish", _finish, ("state",), MOVES["finish"])
