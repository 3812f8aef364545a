"""What a person does about what stopped: let what follows from an event be tried again, or say how else it was settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import structlog

from orderway.kernel import desk
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.reacting import carefully
from orderway.kernel.registry import Ref, command, subject, subjects
from orderway.kernel.sql import statements

SQL = statements("capture", "exceptions")
subject("exception", "desk_exception")
WHO = ["manager", "administrator"]
log = structlog.get_logger()


@command("capture.try_again", roles=WHO)
def try_again(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Try again what follows from an event and stopped; what works is off the desk, what does not stays there and says why."""
    found = {one.id: one for one in ctx.fetch(SQL.stopped, ids=[row.id for row in rows])}
    refused = [Refusal("unknown-exception", row.id) for row in rows if row.id not in found]
    refused += [Refusal("not-by-hand", one.id) for one in found.values() if one.event_id is None]
    may = sorted((one for one in found.values() if one.event_id is not None), key=lambda one: one.command)
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    for name, group in groupby(may, key=lambda one: one.command):
        refused += _tried(ctx, name, list(group))  # one a kind of command
    out = {refusal.subject for refusal in refused}
    done = [one for one in may if one.id not in out]
    desk.close(ctx.actor.company_id, [], [one.id for one in done])
    for kind, facts in _told(done, {}):
        ctx.record("exception.tried_again", kind, facts)  # one a kind of subject
    return Outcome([one.id for one in done], refused)


def _tried(ctx: Context, name: str, stopped: Sequence[Any]) -> list[Refusal]:
    """Run a reaction's command as the reaction would; what raises an exception is refused alone."""
    refused: list[Refusal] = []

    def again(some: Sequence[Any]) -> None:
        causes: Mapping[int, int] = {one.event_root: one.event_id for one in some}
        inner = replace(ctx, actor=system_actor(ctx.actor.company_id, ctx.actor.person), causes=causes)
        of_subject: dict[int, list[int]] = {}
        for one in some:  # a subject may stand there twice, for two reasons
            of_subject.setdefault(one.subject_id, []).append(one.id)
        no = inner.run(name, [Ref(id) for id in sorted(of_subject)], partial=True).refused
        refused.extend(Refusal(one.code, id, one.facts) for one in no for id in of_subject.get(one.subject or 0, ()))

    def alone(one: Any, error: Exception) -> None:
        log.warning("tried again in vain", command=name, subject=one.subject_id, exc_info=error)
        refused.append(Refusal("broken", one.id, {"error": f"{type(error).__name__}: {error}"[:500]}))

    carefully(stopped, again, alone)
    return refused


@dataclass(frozen=True)
class SettledOtherwise:
    """Something that stopped on the desk and was settled in another way, and how."""

    id: int
    reason: str


@command("capture.settle_otherwise", row=SettledOtherwise, roles=WHO)
def settle_otherwise(ctx: Context, rows: Sequence[SettledOtherwise]) -> Outcome:
    """Take off the desk what was settled in another way, with how; a step that stands still on its map stays until it goes on."""
    reasons = {row.id: row.reason.strip() for row in rows}
    found = {one.id: one for one in ctx.fetch(SQL.stopped, ids=sorted(reasons), lock=True)}
    refused = [Refusal("unknown-exception", id) for id in reasons if id not in found]
    refused += [Refusal("reason-missing", id) for id in found if not reasons[id]]
    refused += [Refusal("still-stuck", one.id) for one in found.values() if one.stuck and reasons[one.id]]
    out = {refusal.subject for refusal in refused}
    may = [one for one in found.values() if one.id not in out]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    desk.close(ctx.actor.company_id, [], [one.id for one in may])
    for kind, facts in _told(may, reasons):
        ctx.record("exception.settled", kind, facts)  # one a kind of subject
    return Outcome([one.id for one in may], refused)


def _told(done: Sequence[Any], reasons: Mapping[int, str]) -> list[tuple[str, list[Fact]]]:
    """What is kept of it, by kind of subject: on the page of what it is about, else of the exception itself."""
    of_kind: dict[str, list[Fact]] = {}
    for one in done:
        known = one.root_type in subjects and subjects[one.root_type].root == one.root_type
        kind, root = (one.root_type, one.root_id) if known else ("exception", one.id)
        says = {"stopped": one.command, "code": one.code}
        says |= {"reason": reasons[one.id]} if one.id in reasons else {}
        changed = Part("desk_exception", one.id, {"state": "open"}, {"state": "closed"})
        of_kind.setdefault(kind, []).append(Fact(root, root, says=says, parts=[changed]))
    return sorted(of_kind.items())
