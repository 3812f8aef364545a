"""What whoever started an instance adds to it, for this instance only: instructions, a due date, and who else has to agree.

It adds to the map and takes nothing away: every approval of the map stays what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orderway.kernel.access import SYSTEM
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, command, subject
from orderway.kernel.sql import statements

from ..deadlines import Deadlines, plan
from ..graph import Work
from ..published import graphs

SQL = statements("workflow", "instruct")
ALL = sorted(EVERYONE)  # who started the instance, not which role
subject("matter", "matter")


@dataclass(frozen=True)
class Instruct:
    """Words to everybody who works on an instance."""

    instance: int
    text: str


@command("workflow.instruct", row=Instruct, roles=ALL)
def instruct(ctx: Context, rows: Sequence[Instruct]) -> Outcome:
    """Add instructions to instances: everybody who has work on them sees them with the author's name."""
    mine, refused = _own(ctx, rows)
    refused += [Refusal("text-missing", row.instance) for row in rows if not row.text.strip()]
    out = {refusal.subject for refusal in refused}
    good = [row for row in rows if row.instance not in out]
    if ctx.halts(refused) or not good:
        return Outcome(refused=refused)
    ctx.fetch(SQL.insert, instance=[row.instance for row in good], text=[row.text.strip() for row in good])
    _record(ctx, "process.instructed", [(mine[row.instance], {"text": row.text.strip()}) for row in good])
    return Outcome([row.instance for row in good], refused)


@dataclass(frozen=True)
class SetDue:
    """The moment by which an instance as a whole is to be done."""

    instance: int
    due_at: datetime


@command("workflow.set_due", row=SetDue, roles=ALL)
def set_due(ctx: Context, rows: Sequence[SetDue]) -> Outcome:
    """Give instances a due date of their own; what the map tells before and after it is told by the new one, each level once."""
    mine, refused = _own(ctx, rows)
    refused += [Refusal("not-in-the-future", row.instance) for row in rows if row.due_at <= ctx.at]
    out = {refusal.subject for refusal in refused}
    good = {row.instance: row.due_at for row in rows if row.instance not in out}
    if ctx.halts(refused) or not good:
        return Outcome(refused=refused)
    ctx.fetch(SQL.set_due, id=list(good), due_at=list(good.values()))
    ctx.fetch(SQL.forget_notices, instances=list(good))
    compiled = graphs(ctx, {mine[id].digest for id in good})
    deadlines = Deadlines(ctx)
    told = [
        (id, None, notice)
        for id, due in good.items()
        for notice in deadlines.notices("", compiled[mine[id].digest].care, due)
    ]
    plan(ctx, told)
    _record(
        ctx,
        "process.due_set",
        [(mine[id], {"due_at": due.isoformat(), "was": _moment(mine[id].due_at)}) for id, due in good.items()],
    )
    return Outcome(list(good), refused)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


@dataclass(frozen=True)
class AddApprover:
    """A person who has to agree to what is decided at a step (its id on the map) of one instance."""

    instance: int
    person: int
    step: str


@command("workflow.add_approver", row=AddApprover, roles=ALL)
def add_approver(ctx: Context, rows: Sequence[AddApprover]) -> Outcome:
    """Let one more person agree to a step of these instances: when the map's role has decided it, it waits for them."""
    mine, refused = _own(ctx, rows)
    compiled = graphs(ctx, {row.digest for row in mine.values()})
    works = {id: compiled[row.digest].nodes for id, row in mine.items()}
    asked = [row for row in rows if row.instance in mine]
    roles = [_role(works[row.instance].get(row.step)) for row in asked]
    found = ctx.fetch(SQL.persons, person=[row.person for row in asked], role=roles)
    there = {(row.person, row.role): row for row in found}
    for row, role in zip(asked, roles, strict=True):
        if code := _unfit(ctx, row, role, there.get((row.person, role))):
            refused.append(Refusal(code, row.instance, {"step": row.step, "person": row.person, "role": role}))
    out = {refusal.subject for refusal in refused}
    good = [row for row in asked if row.instance not in out]
    if ctx.halts(refused) or not good:
        return Outcome(refused=refused)
    made = ctx.fetch(
        SQL.add_approvers,
        instance=[row.instance for row in good],
        node=[row.step for row in good],
        person=[row.person for row in good],
    )
    new = {(row.instance_id, row.node, row.person_id) for row in made}
    says = [
        (mine[row.instance], {"node": row.step, "person": row.person})
        for row in good
        if (row.instance, row.step, row.person) in new
    ]
    _record(ctx, "process.approver_added", says)
    return Outcome([row.instance for row in good], refused)


def _role(node: Any) -> str:
    """The role that decides at a node; "" where nobody can be asked beside it: it is no work item, or asks several persons itself."""
    does = node.does if node is not None else None
    repeated = node is not None and node.around is not None and node.around.repeat is not None
    return does.role if isinstance(does, Work) and not repeated else ""


def _unfit(ctx: Context, row: AddApprover, role: str, person: Any) -> str:
    if not role:
        return "unknown-step"
    if person is None or not person.here:
        return "unknown-person"
    if row.person == ctx.actor.person:
        return "own-approval"
    return "" if person.others else "nobody-else"


def _own(ctx: Context, rows: Sequence[Any]) -> tuple[dict[int, Any], list[Refusal]]:
    """The running instances of rows that the actor started, locked, and a refusal for every other. What nobody started is for
    managers and administrators."""
    ids = [row.instance for row in rows]
    found = {row.id: row for row in ctx.fetch(SQL.lock, ids=ids)}
    refused = [Refusal("unknown-instance", id) for id in dict.fromkeys(ids) if id not in found]
    others = {id: row for id, row in found.items() if not _starter(ctx, row.started_by)}
    refused += [Refusal("not-the-starter", id, {"by": row.by}) for id, row in others.items()]
    return {id: row for id, row in found.items() if id not in others}, refused


def _starter(ctx: Context, started_by: int | None) -> bool:
    if SYSTEM in ctx.actor.roles:
        return True
    if started_by is None:
        return bool(ctx.actor.roles & {"manager", "administrator"})
    return started_by == ctx.actor.id


def _record(ctx: Context, event: str, said: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
    groups: dict[str, list[Fact]] = {}
    for row, says in said:
        fact = Fact(row.subject_id, row.subject_id, says={"instance": row.id, "map": row.key, **says})
        groups.setdefault(row.subject_type, []).append(fact)
    for kind, facts in groups.items():
        ctx.record(event, kind, facts)  # one a kind of subject
