"""Why an act on an input is refused: what it rests on, and the rules that the commands judge by and "Why not?" tells by."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from orderway.kernel.outcome import Refusal
from orderway.workflow.acts import Acts

from .drafts import OrderDraft
from .rules import MOVES


class IntakeLeaves(NamedTuple):
    """What refusals of acts on an input rest on, as it is now: its state, the order that was read of it (`draft`, None: none), the
    customer and the items that are meant (None: not known), and how many orders its file holds."""

    id: int
    name: str
    state: str
    draft: OrderDraft | None
    customer_id: int | None
    items: Sequence[int | None]
    of_file: int


judges: Acts[IntakeLeaves] = Acts()


def in_state(verb: str, intake: Any) -> list[Refusal]:
    """The table of moves: whether an input in its state allows `verb`."""
    if intake.state in MOVES[verb]:
        return []
    return [Refusal("wrong-intake-state", intake.id, {"name": intake.name, "state": intake.state})]


def unready(intake: Any, draft: OrderDraft | None) -> list[Refusal]:
    """Whether it is not known yet what an order made of an input (with its name, customer and items) would be."""
    if draft is None:
        return [Refusal("nothing-was-read", intake.id, {"name": intake.name})]
    if intake.customer_id is None:
        return [Refusal("customer-not-settled", intake.id, {"name": draft.customer.name})]
    lacking = [line.position for line, item in zip(draft.lines, intake.items, strict=True) if item is None]
    if lacking:
        return [Refusal("items-not-settled", intake.id, {"positions": lacking})]
    if empty := [line.position for line in draft.lines if line.quantity is None]:
        return [Refusal("quantity-missing", intake.id, {"position": empty[0]})]
    return []


def one_of_several(intake: Any, of_file: int) -> list[Refusal]:
    """Whether an input is one order of several in its file, which is read as a whole."""
    return [Refusal("one-of-several", intake.id, {"name": intake.name})] if of_file > 1 else []


def _order(leaves: IntakeLeaves) -> Sequence[Refusal]:
    return in_state("order", leaves) or unready(leaves, leaves.draft)


def _reread(leaves: IntakeLeaves) -> Sequence[Refusal]:
    return in_state("reread", leaves) or one_of_several(leaves, leaves.of_file)


judges.judged("capture.order", _order, ("state", "draft", "customer_id", "items"), MOVES["order"])
judges.judged("capture.settle", partial(in_state, "settle"), ("state",), MOVES["settle"])
judges.judged("capture.reread", _reread, ("state", "of_file"), MOVES["reread"])
judges.judged("capture.dismiss", partial(in_state, "dismiss"), ("state",), MOVES["dismiss"])
judges.judged("capture.reject", partial(in_state, "reject"), ("state",), MOVES["reject"])
