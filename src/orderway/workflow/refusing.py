"""Why an act on a work item is refused to somebody: what it rests on, and the rules that the commands judge by and "Why not?" tells by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderway.kernel.access import SYSTEM
from orderway.kernel.context import Reader
from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.people.queries import stood_for

from .acts import Acts, Refused
from .eyes import seen_before
from .graph import Work
from .published import graphs
from .rules import Hand, hand

SQL = statements("workflow", "refusing")
OPEN = frozenset({"open"})


class WorkLeaves(NamedTuple):
    """What refusals of acts on a work item rest on, as it is now, for whoever asks.

    Its state, who finished it with which outcome, its role and who has taken it (`assignee_id`), whether it asks to agree (`extra`);
    `person` who asks, with `roles`, and `away` whom they stand in for (person, roles), the nearest first; whether it was `escalated` to a
    role of theirs; and `eyes`, what refuses their decision because of what they decided before.
    """

    id: int
    state: str
    done_by: int | None
    outcome: str
    role: str
    assignee_id: int | None
    extra: bool
    person: int
    roles: Collection[str]
    away: Sequence[tuple[int, Collection[str]]]
    escalated: bool
    eyes: Sequence[Refusal]


judges: Acts[WorkLeaves] = Acts()


def not_open(item: Any) -> list[Refusal]:
    """Whether a work item is finished or taken back."""
    if item.state in OPEN:
        return []
    return [Refusal("already-done", item.id, {"state": item.state, "by": item.done_by, "outcome": item.outcome})]


def not_in_hand(item: Any, how: Hand) -> list[Refusal]:
    """Whether an open work item is of another role, or somebody else has taken it."""
    return [Refusal(how.code, item.id, {"role": item.role, "person": item.assignee_id})] if how.code else []


def asked_by_name(item: Any) -> list[Refusal]:
    """Whether a work item asks one person whether they agree, so that nobody else can."""
    return [Refusal("asked-by-name", item.id)] if item.extra else []


def _hand(leaves: WorkLeaves) -> Hand:
    if SYSTEM in leaves.roles:
        return Hand()
    return hand(leaves.role, leaves.assignee_id, leaves.person, leaves.roles, leaves.away)


def _mine(leaves: WorkLeaves) -> Sequence[Refusal]:
    return not_open(leaves) or not_in_hand(leaves, _hand(leaves))


def _complete(leaves: WorkLeaves) -> Sequence[Refusal]:
    return _mine(leaves) or leaves.eyes


def _hand_over(leaves: WorkLeaves) -> Sequence[Refusal]:
    mine = not_open(leaves) if leaves.escalated else _mine(leaves)
    return [*mine, *asked_by_name(leaves)]


MINE = ("state", "done_by", "outcome", "role", "assignee_id", "person", "roles", "away")
judges.judged("workflow.complete", _complete, (*MINE, "eyes"), OPEN)
judges.judged("workflow.claim", _mine, MINE, OPEN)
judges.judged("workflow.hand_over", _hand_over, (*MINE, "escalated", "extra"), OPEN)
judges.judged("workflow.snooze", _mine, MINE, OPEN)
judges.judged("workflow.prioritise", not_open, ("state", "done_by", "outcome"), OPEN)


@dataclass(frozen=True)
class OneItem:
    """Ask for what concerns one work item by its id."""

    id: int


@query("workflow.why_not", OneItem)
def why_not(ctx: Reader, asked: OneItem) -> Refused | None:
    """Which acts on a work item would be refused to the reader now and on what that rests; None for an unknown one."""
    row = ctx.one(SQL.leaves, id=asked.id)
    if row is None:
        return None
    known = {name: getattr(row, name) for name in ("id", "state", "done_by", "outcome", "role", "assignee_id", "extra")}
    away = [(one.id, one.roles) for one in stood_for(ctx)]
    leaves = WorkLeaves(
        **known,
        person=ctx.actor.id,
        roles=ctx.actor.roles,
        away=away,
        escalated=row.state in OPEN and row.escalated_to in ctx.actor.roles,
        eyes=(),
    )
    return judges.told(leaves if _mine(leaves) else leaves._replace(eyes=_eyes(ctx, row, _hand(leaves))))


def _eyes(ctx: Reader, row: Any, how: Hand) -> Sequence[Refusal]:
    work = graphs(ctx, [row.digest])[row.digest].nodes[row.node].does
    if not isinstance(work, Work):
        raise TypeError(f"{row.node} is no work item")  # a version never changes
    return seen_before(ctx, [row], {row.id: work}, {row.id: row.extras}, {row.id: how.stands_for})
