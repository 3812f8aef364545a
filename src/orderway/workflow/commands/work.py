"""What persons do with work items: take them, hand them over, finish them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orderway.kernel.access import SYSTEM, rows_visible
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, Ref, command
from orderway.kernel.sql import statements

from ..conditions import Value
from ..engine import Move, basis_of
from ..facts import read_facts
from ..graph import Work
from ..rules import PLAIN_OUTCOME, Verdict, judge
from ..tokens import Stock, Token, load, lock, record

SQL = statements("workflow", "work")
ALL = sorted(EVERYONE)  # the map, not the verb, says which role a work item needs
rows_visible(
    "work_item",
    "({t}.role = any(%(roles)s::text[]) or {t}.assignee_id = %(actor)s::bigint"
    " or %(roles)s::text[] && array['administrator', 'auditor', 'system'])",
)


@dataclass(frozen=True)
class CompleteWork:
    """A work item to finish: the outcome, the form's values by field, the check items ticked, and the reason for sending back."""

    id: int
    outcome: str = PLAIN_OUTCOME
    values: Mapping[str, Any] = field(default_factory=dict)
    checks: Sequence[str] = ()
    reason: str = ""


@command("workflow.complete", row=CompleteWork, roles=ALL)
def complete(ctx: Context, rows: Sequence[CompleteWork]) -> Outcome:
    """Finish work items and move their instances on; role, form, check items and outcomes are those of the map."""
    given = {row.id: row for row in rows}
    roots = lock(ctx, {row.root_id for row in ctx.fetch(SQL.roots, ids=list(given))})
    items = {item.id: item for item in ctx.fetch(SQL.lock_items, ids=list(given))}
    refused = [Refusal("unknown-work", id) for id in given if id not in items]
    refused += [refusal for item in items.values() if (refusal := _not_mine(ctx, item))]
    out = {refusal.subject for refusal in refused}
    stock = load(ctx, roots)
    verdicts: dict[int, Verdict] = {}
    for id in sorted(given.keys() - out):
        row = given[id]
        verdict = judge(_work(stock, items[id]), row.outcome, row.values, row.checks, row.reason)
        if verdict.code:
            refused.append(Refusal(verdict.code, id, verdict.facts or {}))
        else:
            verdicts[id] = verdict
    if ctx.halts(refused) or not verdicts:
        return Outcome(refused=refused)
    _finish(ctx, stock, [items[id] for id in verdicts], given, verdicts)
    return Outcome(list(verdicts), refused)


def _work(stock: Stock, item: Any) -> Work:
    does = stock.tokens[item.token_id].instance.graph.nodes[item.node].does
    if not isinstance(does, Work):
        raise TypeError(f"{item.node} is no work item")  # an open work item always stands at one
    return does


def _not_mine(ctx: Context, item: Any) -> Refusal | None:
    """Why this actor may not decide an item: it is not open, belongs to another role, or somebody else has it."""
    if item.state != "open":
        return Refusal("already-done", item.id, {"state": item.state, "by": item.done_by, "outcome": item.outcome})
    if SYSTEM in ctx.actor.roles:
        return None
    if item.role not in ctx.actor.roles:
        return Refusal("not-your-role", item.id, {"role": item.role})
    if item.assignee_id not in (None, ctx.actor.id):
        return Refusal("somebody-else-has-it", item.id, {"person": item.assignee_id})
    return None


def _finish(
    ctx: Context,
    stock: Stock,
    items: Sequence[Any],
    given: Mapping[int, CompleteWork],
    verdicts: Mapping[int, Verdict],
) -> None:
    basis = _basis(ctx, stock, items)
    rows = [given[item.id] for item in items]
    ctx.fetch(
        SQL.finish,
        id=[item.id for item in items],
        outcome=[row.outcome for row in rows],
        sends_back=[verdicts[item.id].sends_back for item in items],
        reason=[row.reason.strip() for row in rows],
        values=[json.dumps(verdicts[item.id].values) for item in items],
        checks=[json.dumps(list(row.checks)) for row in rows],
        basis=[basis.get(item.id) for item in items],
    )
    said: dict[str, list[Any]] = {"work.completed": [], "work.sent_back": []}
    tokens = []
    for item, row in zip(items, rows, strict=True):
        token, verdict = stock.tokens[item.token_id], verdicts[item.id]
        _decide(ctx, token, row, verdict)
        tokens.append(token)
        says = {"work_item": item.id, "map": token.instance.graph.key, "node": item.node, "outcome": row.outcome}
        says |= {"reason": row.reason.strip(), "checks": list(row.checks), "values": verdict.values}
        says |= {"basis": basis.get(item.id)}
        said["work.sent_back" if verdict.sends_back else "work.completed"].append((token.instance, says))
    for event, facts in said.items():
        record(ctx, event, facts)  # one a kind of event
    move = Move(ctx, stock)
    move.go_on(tokens)
    move.rest()


def _decide(ctx: Context, token: Token, row: CompleteWork, verdict: Verdict) -> None:
    """Let the token carry the outcome on, and with what is sent back the reason and who gave it."""
    back = verdict.sends_back
    token.outcome, token.reason = row.outcome, row.reason.strip() if back else ""
    token.reason_code, token.reason_by = ("sent-back", ctx.actor.id) if back else ("", None)
    token.instance.filled |= verdict.values or {}


def _basis(ctx: Context, stock: Stock, items: Sequence[Any]) -> Mapping[int, str | None]:
    """What each approval rests on, as it is at this moment; one statement a kind of subject and fact."""
    asked: dict[tuple[str, str], list[Any]] = {}
    for item in items:
        if holds := _work(stock, item).holds:
            asked.setdefault((item.subject_type, holds), []).append(item)
    basis: dict[int, str | None] = {}
    for (kind, name), group in asked.items():
        facts: Mapping[int, Mapping[str, Value]] = read_facts(ctx, kind, {item.subject_id for item in group}, [name])
        basis |= {item.id: basis_of(facts[item.subject_id][name]) for item in group}
    return basis


@command("workflow.claim", roles=ALL)
def claim(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Take work items from the department's list; of two who take the same one, the second is told who has it."""
    items, refused = _open_items(ctx, [row.id for row in rows])
    refused += [refusal for item in items if (refusal := _not_mine(ctx, item))]
    out = {refusal.subject for refusal in refused}
    mine = [item for item in items if item.id not in out]
    if ctx.halts(refused) or not mine:
        return Outcome(refused=refused)
    _assign(ctx, "work.claimed", mine, {item.id: ctx.actor.id for item in mine}, {})
    return Outcome([item.id for item in mine], refused)


@dataclass(frozen=True)
class HandOver:
    """A work item to hand over to a person of the same role, or with None back to the department."""

    id: int
    person: int | None = None
    note: str = ""


@command("workflow.hand_over", row=HandOver, roles=ALL)
def hand_over(ctx: Context, rows: Sequence[HandOver]) -> Outcome:
    """Hand work items over to a colleague who holds their role, or back to the department."""
    given = {row.id: row for row in rows}
    items, refused = _open_items(ctx, list(given))
    refused += [refusal for item in items if (refusal := _not_mine(ctx, item))]
    persons = [row.person for row in rows if row.person is not None]
    holds = {(row.person_id, row.role) for row in ctx.fetch(SQL.roles_of, persons=persons)} if persons else set()
    out = {refusal.subject for refusal in refused}
    for item in items:
        person = given[item.id].person
        if item.id not in out and person is not None and (person, item.role) not in holds:
            refused.append(Refusal("not-their-role", item.id, {"role": item.role, "person": person}))
    out = {refusal.subject for refusal in refused}
    mine = [item for item in items if item.id not in out]
    if ctx.halts(refused) or not mine:
        return Outcome(refused=refused)
    people = {item.id: given[item.id].person for item in mine}
    _assign(ctx, "work.handed_over", mine, people, {item.id: given[item.id].note for item in mine})
    return Outcome([item.id for item in mine], refused)


def _open_items(ctx: Context, ids: Sequence[int]) -> tuple[list[Any], list[Refusal]]:
    items = ctx.fetch(SQL.lock_items, ids=list(ids))
    found = {item.id for item in items}
    return items, [Refusal("unknown-work", id) for id in ids if id not in found]


def _assign(
    ctx: Context, event: str, items: Sequence[Any], people: Mapping[int, int | None], notes: Mapping[int, str]
) -> None:
    ctx.fetch(SQL.assign, id=list(people), person=list(people.values()))
    for kind in sorted({item.subject_type for item in items}):
        facts = [
            Fact(
                item.subject_id,
                item.subject_id,
                says={
                    "work_item": item.id,
                    "node": item.node,
                    "person": people[item.id],
                    "note": notes.get(item.id, ""),
                },
            )
            for item in items
            if item.subject_type == kind
        ]
        ctx.record(event, kind, facts)  # one a kind of subject
