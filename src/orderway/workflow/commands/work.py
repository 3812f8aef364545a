"""What persons do with work items: take them, hand them over, finish them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orderway.kernel.access import SYSTEM, rows_visible
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, Ref, command
from orderway.kernel.sql import statements
from orderway.people.queries import stood_for

from ..agreeing import agreed_to
from ..conditions import Value
from ..engine import Move, basis_of
from ..eyes import judge_agreeing, seen_before
from ..facts import read_facts
from ..forms import asked_of, typed
from ..graph import Work
from ..refusing import asked_by_name, not_in_hand, not_open
from ..rules import PLAIN_OUTCOME, Verdict, hand, judge
from ..tokens import Stock, Token, loaded, record, send_load

SQL = statements("workflow", "work")
ALL = sorted(EVERYONE)  # the map, not the verb, says which role a work item needs
_AWAY = "standing_for(%(company)s::bigint, %(actor)s::bigint, %(now)s::timestamptz) s"
rows_visible(
    "work_item",
    "({t}.role = any(%(roles)s::text[]) or {t}.assignee_id = %(actor)s::bigint"  # noqa: S608 - constant text
    " or %(roles)s::text[] && array['administrator', 'auditor', 'system']"
    " or {t}.escalated_to = any(%(roles)s::text[])"
    " or {t}.id in (select q.work_item_id from work_question q where q.person_id = %(actor)s::bigint)"
    f" or {{t}}.assignee_id in (select s.person_id from {_AWAY})"
    " or {t}.assignee_id is null and {t}.role in (select g.role from role_grant g"
    f" join {_AWAY} on s.person_id = g.person_id where g.company_id = %(company)s::bigint))",
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
    locked, tokens = ctx.send(SQL.lock_deciding, ids=list(given)), send_load(ctx, given.keys())
    items = {item.id: item for item in locked.rows}
    refused = [Refusal("unknown-work", id) for id in given if id not in items]
    whom, not_mine = in_hand(ctx, list(items.values()))
    refused += not_mine
    out = {refusal.subject for refusal in refused}
    roots = {item.root_id for item in items.values() if item.running}
    stock = loaded(ctx, [row for row in tokens.rows if row.root_id in roots], extras=True)
    standing = [item for id, item in items.items() if id not in out]
    works = {item.id: _work(stock, item) for item in standing}
    extras = {item.id: stock.tokens[item.token_id].extras for item in standing}
    refused += seen_before(ctx, standing, works, extras, whom)
    out = {refusal.subject for refusal in refused}
    verdicts: dict[int, Verdict] = {}
    known = _known(ctx, stock, [items[id] for id in given.keys() - out])
    for id in sorted(given.keys() - out):
        row = given[id]
        verdict = (
            judge_agreeing(row.outcome, row.reason)
            if items[id].extra
            else judge(_work(stock, items[id]), row.outcome, row.values, row.checks, row.reason, known.get(id, {}))
        )
        if verdict.code:
            refused.append(Refusal(verdict.code, id, verdict.facts or {}))
        else:
            verdicts[id] = verdict
    if ctx.halts(refused) or not verdicts:
        return Outcome(refused=refused)
    _finish(ctx, stock, [items[id] for id in verdicts], given, verdicts, whom)
    return Outcome(list(verdicts), refused)


def _work(stock: Stock, item: Any) -> Work:
    does = stock.tokens[item.token_id].instance.graph.nodes[item.node].does
    if not isinstance(does, Work):
        raise TypeError(f"{item.node} is no work item")  # an open work item always stands at one
    return does


def in_hand(ctx: Context, items: Sequence[Any]) -> tuple[dict[int, int | None], list[Refusal]]:
    """For whom the actor may decide locked work items (by id; None: for themselves), and why not: not open, of another role, taken
    by somebody else. Who is away is asked only where an item is not the actor's own."""
    refused = [no for item in items for no in not_open(item)]
    open_items = [item for item in items if item.state == "open"]
    if SYSTEM in ctx.actor.roles:
        return {item.id: None for item in open_items}, refused
    roles, actor = ctx.actor.roles, ctx.actor.id
    hands = {item.id: hand(item.role, item.assignee_id, actor, roles, ()) for item in open_items}
    if any(one.code for one in hands.values()):
        away = [(row.id, row.roles) for row in stood_for(ctx)]
        hands = {item.id: hand(item.role, item.assignee_id, actor, roles, away) for item in open_items}
    refused += [no for item in open_items for no in not_in_hand(item, hands[item.id])]
    return {id: one.stands_for for id, one in hands.items() if not one.code}, refused


def _known(ctx: Context, stock: Stock, items: Sequence[Any]) -> Mapping[int, Mapping[str, Value]]:
    """What the forms of work items rest on beside themselves, by item: facts as they are now, and what was filled in before."""
    asking = [item for item in items if not item.extra and _work(stock, item).form.shown]
    if not asking:
        return {}
    kinds: dict[str, list[Any]] = {}
    for item in asking:
        kinds.setdefault(item.subject_type, []).append(item)
    known: dict[int, Mapping[str, Value]] = {}
    for kind, group in kinds.items():
        graphs = {item.id: stock.tokens[item.token_id].instance.graph for item in group}
        names = {name for item in group for name in asked_of(_work(stock, item).form, graphs[item.id].names)}
        facts: Mapping[int, Mapping[str, Value]] = read_facts(ctx, kind, {i.subject_id for i in group}, names)
        for item in group:
            types = graphs[item.id].names
            before = json.loads(stock.tokens[item.token_id].instance.stored)
            filled = {n: typed(v, types[n]) for n, v in before.items() if n in types}
            known[item.id] = {**facts[item.subject_id], **filled}
    return known


def _finish(
    ctx: Context,
    stock: Stock,
    items: Sequence[Any],
    given: Mapping[int, CompleteWork],
    verdicts: Mapping[int, Verdict],
    whom: Mapping[int, int | None],
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
        done_for=[whom[item.id] for item in items],
    )
    said: dict[tuple[str, int | None], list[Any]] = {}
    for item, row in zip(items, rows, strict=True):
        token, verdict = stock.tokens[item.token_id], verdicts[item.id]
        if not item.extra:
            _decide(ctx, token, row, verdict)
        says = {"work_item": item.id, "map": token.instance.graph.key, "node": item.node, "outcome": row.outcome}
        says |= {"reason": row.reason.strip(), "checks": list(row.checks), "values": verdict.values}
        says |= {"basis": basis.get(item.id), **({"extra": True} if item.extra else {})}
        event = "work.sent_back" if verdict.sends_back else "work.completed"
        said.setdefault((event, whom[item.id]), []).append((token.instance, says))
    for (event, person), facts in said.items():
        record(acting(ctx, person), event, facts)  # one a kind of event and person stood for
    move = Move(ctx, stock)
    move.go_on(agreed_to(ctx, move, items, given, verdicts))
    move.rest()


def acting(ctx: Context, person: int | None) -> Context:
    """The same context for what is done for somebody away: the event says for whom."""
    return ctx if person is None else replace(ctx, actor=replace(ctx.actor, on_behalf_of=person))


def _decide(ctx: Context, token: Token, row: CompleteWork, verdict: Verdict) -> None:
    """Let the token carry the outcome on, and with what is sent back the reason and who gave it."""
    back = verdict.sends_back
    token.outcome, token.reason, token.changed = row.outcome, row.reason.strip() if back else "", True
    token.reason_code, token.reason_by = ("sent-back", ctx.actor.id) if back else ("", None)
    token.instance.filled |= verdict.values or {}


def _basis(ctx: Context, stock: Stock, items: Sequence[Any]) -> Mapping[int, str | None]:
    """What each approval rests on, as it is at this moment; one statement a kind of subject and fact."""
    asked: dict[tuple[str, str], list[Any]] = {}
    for item in items:
        if (holds := _work(stock, item).holds) and not item.extra:
            asked.setdefault((item.subject_type, holds), []).append(item)
    basis: dict[int, str | None] = {}
    for (kind, name), group in asked.items():
        facts: Mapping[int, Mapping[str, Value]] = read_facts(ctx, kind, {item.subject_id for item in group}, [name])
        basis |= {item.id: basis_of(facts[item.subject_id][name]) for item in group}
    return basis


@command("workflow.claim", roles=ALL)
def claim(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Take work items from the department's list; of two who take the same one, the second is told who has it."""
    items, refused = found_items(ctx, [row.id for row in rows])
    whom, not_mine = in_hand(ctx, items)
    refused += not_mine
    mine = [item for item in items if item.id in whom]
    if ctx.halts(refused) or not mine:
        return Outcome(refused=refused)
    # a deputy takes it for who is away: it is theirs when they are back
    people = {item.id: whom[item.id] or ctx.actor.id for item in mine}
    _assign(ctx, "work.claimed", mine, people, {}, whom)
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
    items, refused = found_items(ctx, list(given))
    whom, not_mine = in_hand(ctx, items)
    escalated = {item.id for item in items if item.state == "open" and item.escalated_to in ctx.actor.roles}
    whom |= dict.fromkeys(escalated - whom.keys())  # an escalation lets its role give the work to others
    refused += [refusal for refusal in not_mine if refusal.subject not in escalated]
    refused += [no for item in items for no in asked_by_name(item)]
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
    _assign(ctx, "work.handed_over", mine, people, {item.id: given[item.id].note for item in mine}, whom)
    return Outcome([item.id for item in mine], refused)


def found_items(ctx: Context, ids: Sequence[int]) -> tuple[list[Any], list[Refusal]]:
    """Work items, locked in key order, and a refusal for each that is not there for this person."""
    items = ctx.fetch(SQL.lock_items, ids=list(ids))
    found = {item.id for item in items}
    return items, [Refusal("unknown-work", id) for id in ids if id not in found]


def _assign(
    ctx: Context,
    event: str,
    items: Sequence[Any],
    people: Mapping[int, int | None],
    notes: Mapping[int, str],
    whom: Mapping[int, int | None],
) -> None:
    ctx.fetch(SQL.assign, id=list(people), person=list(people.values()))
    says = {item.id: {"person": people[item.id], "note": notes.get(item.id, "")} for item in items}
    tell(ctx, event, items, says, whom)


def tell(
    ctx: Context,
    event: str,
    items: Sequence[Any],
    says: Mapping[int, Mapping[str, Any]],
    whom: Mapping[int, int | None],
) -> None:
    """Record what happened to work items on their subjects."""
    groups: dict[tuple[str, int | None], list[Fact]] = {}
    for item in items:
        said = {"work_item": item.id, "node": item.node, **says.get(item.id, {})}
        fact = Fact(item.subject_id, item.subject_id, says=said)
        groups.setdefault((item.subject_type, whom.get(item.id)), []).append(fact)
    for (kind, person), facts in groups.items():
        acting(ctx, person).record(event, kind, facts)  # one a kind of subject and person stood for
