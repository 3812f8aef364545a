"""Why an act on an order is refused: what it rests on, and a pure rule for each act that says of these leaves what stands in the way."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .explaining import OneOrder
from .findings import Facts, Found, facts_of, verify
from .rules import MOVES, missing, to_invoice

SQL = statements("orders", "refusing")
VERIFY = statements("orders", "verify")


class Leaves(NamedTuple):
    """What refusals of acts on an order rest on, as it is now.

    `lines` of it, `begun` (something of them was delivered or invoiced), `undelivered` and `uninvoiced` (not wholly), `chargeable` (with
    something to be charged now), `settled` (all that was invoiced is paid), `prepay_open` (a prepayment is awaited), the `facts` of its
    checks, and of which of them a person said that they may pass, with the evidence that was so.
    """

    id: int
    number: str
    state: str
    lines: int
    begun: int
    undelivered: int
    uninvoiced: int
    chargeable: int
    settled: bool
    prepay_open: bool
    facts: Facts
    waived: Mapping[str, Mapping[str, Any]]


Judge = Callable[[Leaves], Sequence[Refusal]]


class WhyNot(NamedTuple):
    """An act by its command, what stands in its way now (nothing: it may be done), the names of the leaves that decide, and the states in
    which an order may be when it is done (empty: any)."""

    command: str
    refused: Sequence[Refusal]
    rests_on: Sequence[str]
    states: frozenset[str]


class Judged(NamedTuple):
    """A rule with the names of the leaves it asks, and the states it allows."""

    judge: Judge
    rests_on: Sequence[str]
    states: frozenset[str]


judges: dict[str, Judged] = {}


def judged(command: str, judge: Judge, rests_on: Sequence[str], states: frozenset[str] = frozenset()) -> None:
    """Say which rule decides whether an act is refused; a floor above registers its own acts on orders."""
    judges[command] = Judged(judge, rests_on, states)


def in_state(verb: str, leaves: Leaves) -> list[Refusal]:
    """The table of moves: whether an order in its state may be moved by `verb`."""
    if leaves.state in MOVES[verb]:
        return []
    return [Refusal("wrong-state", leaves.id, {"number": leaves.number, "state": leaves.state})]


def _cancel(leaves: Leaves) -> Sequence[Refusal]:
    return in_state("cancel", leaves) or ([Refusal("already-delivered", leaves.id)] if leaves.begun else [])


def _complete(leaves: Leaves) -> Sequence[Refusal]:
    what = missing(leaves.undelivered, leaves.uninvoiced, leaves.settled)
    return in_state("complete", leaves) or ([Refusal("not-finished", leaves.id, {"missing": what})] if what else [])


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
    judged(f"orders.{_verb}", partial(in_state, _verb), ("state",), MOVES[_verb])
judged("orders.cancel", _cancel, ("state", "begun"), MOVES["cancel"])
judged("orders.complete", _complete, ("state", "undelivered", "uninvoiced", "settled"), MOVES["complete"])
judged("orders.verify", _verify, ("facts", "waived"))


class Refusals(NamedTuple):
    """The leaves of an order, and for each act what stands in its way."""

    leaves: Leaves
    acts: Sequence[WhyNot]


@query("orders.why_not", OneOrder)
def why_not(ctx: Reader, asked: OneOrder) -> Refusals | None:
    """Which acts on an order would be refused now and on what that rests; None for an unknown one."""
    row = ctx.one(SQL.leaves, id=asked.id)
    if row is None:
        return None
    waived = {one.check_name: json.loads(one.evidence) for one in ctx.fetch(SQL.waived, id=asked.id)}
    (checked,) = ctx.fetch(VERIFY.facts, ids=[asked.id])
    due = sum(quantity > 0 for quantity in to_invoice(ctx.fetch(SQL.lines, id=asked.id)))
    leaves = Leaves(**row._asdict(), chargeable=due, facts=facts_of(checked), waived=waived)
    acts = [WhyNot(name, one.judge(leaves), one.rests_on, one.states) for name, one in judges.items()]
    return Refusals(leaves, acts)
