"""Why an act on an order is refused: what it rests on, and a pure rule for each act that says of these leaves what stands in the way."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.workflow.acts import Acts, Refused

from .explaining import OneOrder
from .findings import Facts, Found, facts_of, verify
from .rules import MOVES, missing, to_invoice

SQL = statements("orders", "refusing")
VERIFY = statements("orders", "verify")


class Leaves(NamedTuple):
    """What refusals of acts on an order rest on, as it is now.

    `lines` of it, `begun` (something of them was delivered or invoiced), `undelivered` and `uninvoiced` (not wholly), `chargeable` (with
    something to be charged now), `returned` (charged, and come back since), `settled` (all that was invoiced is paid), `prepay_open` (a
    prepayment is awaited), the `facts` of its checks, and of which of them a person said that they may pass, with the evidence that was so.
    """

    id: int
    number: str
    state: str
    lines: int
    begun: int
    undelivered: int
    uninvoiced: int
    returned: int
    chargeable: int
    settled: bool
    prepay_open: bool
    facts: Facts
    waived: Mapping[str, Mapping[str, Any]]


class LineLeaves(NamedTuple):
    """What refusals of acts on a line of an order rest on: the number and state of the order, what is still `open` of the line, and how
    much of it was `delivered` and has not come back."""

    id: int
    position: int
    number: str
    state: str
    open: Decimal
    delivered: Decimal


judges: Acts[Leaves] = Acts()
line_judges: Acts[LineLeaves] = Acts()


def in_state(verb: str, leaves: Leaves | LineLeaves) -> list[Refusal]:
    """The table of moves: whether an order in its state allows `verb` on it, or on a line of it."""
    if leaves.state in MOVES[verb]:
        return []
    return [Refusal("wrong-state", leaves.id, {"number": leaves.number, "state": leaves.state})]


def _cancel(leaves: Leaves) -> Sequence[Refusal]:
    return in_state("cancel", leaves) or ([Refusal("already-delivered", leaves.id)] if leaves.begun else [])


def _complete(leaves: Leaves) -> Sequence[Refusal]:
    what = missing(leaves.undelivered, leaves.uninvoiced, leaves.settled)
    return in_state("complete", leaves) or ([Refusal("not-finished", leaves.id, {"missing": what})] if what else [])


def cannot_shorten(line: LineLeaves) -> list[Refusal]:
    """Whether nothing of a line can be given up: its order is over, or all of it was delivered or given up."""
    over = in_state("short_ship", line)
    return over or ([] if line.open > 0 else [Refusal("nothing-open", line.id, {"position": line.position})])


def blocking(leaves: Leaves) -> list[Found]:
    """The checks that stand in the way: those that block, did not pass, and of which nobody said that they may with this evidence."""
    return [one for one in verify(leaves.facts) if one.blocks and leaves.waived.get(one.check) != plain(one.evidence)]


def _verify(leaves: Leaves) -> Sequence[Refusal]:
    checks = [one.check for one in blocking(leaves)]
    return [Refusal("findings", leaves.id, {"checks": checks})] if checks else []


def plain(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """Evidence as it is kept."""
    kept: Mapping[str, Any] = json.loads(json.dumps(dict(evidence), default=str))
    return kept


for _verb in ("confirm", "hold", "resume", "allocate", "prioritise"):
    judges.judged(f"orders.{_verb}", partial(in_state, _verb), ("state",), MOVES[_verb])
judges.judged("orders.cancel", _cancel, ("state", "begun"), MOVES["cancel"])
judges.judged("orders.complete", _complete, ("state", "undelivered", "uninvoiced", "settled"), MOVES["complete"])
judges.judged("orders.verify", _verify, ("facts", "waived"))
line_judges.judged("orders.short_ship", cannot_shorten, ("state", "open"), MOVES["short_ship"])


@query("orders.why_not", OneOrder)
def why_not(ctx: Reader, asked: OneOrder) -> Refused | None:
    """Which acts on an order would be refused now and on what that rests; None for an unknown one."""
    row = ctx.one(SQL.leaves, id=asked.id)
    if row is None:
        return None
    waived = {one.check_name: json.loads(one.evidence) for one in ctx.fetch(SQL.waived, id=asked.id)}
    (checked,) = ctx.fetch(VERIFY.facts, ids=[asked.id])
    due = sum(quantity > 0 for quantity in to_invoice(ctx.fetch(SQL.lines, id=asked.id)))
    leaves = Leaves(**row._asdict(), chargeable=due, facts=facts_of(checked), waived=waived)
    return judges.told(leaves)


@query("orders.why_not_lines", OneOrder)
def why_not_lines(ctx: Reader, asked: OneOrder) -> list[Refused]:
    """Which acts on the lines of an order would be refused now and on what that rests, a line each."""
    return [line_judges.told(LineLeaves(**row._asdict())) for row in ctx.fetch(SQL.open_lines, id=asked.id)]
