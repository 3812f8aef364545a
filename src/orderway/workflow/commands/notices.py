"""Telling people in time: that work came, that its due time comes near, and level after level that it is over."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.running import run
from orderway.kernel.sql import fetch, statements

SQL = statements("workflow", "notices")
EVENTS = {"reminder": "work.reminded", "escalation": "work.escalated"}
subject("work_notice", "work_notice")


@command("workflow.tell_due")
def tell_due(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Tell what is due to be told, by the ids of notices: once each, nothing about work that is done. Only the clock does this."""
    taken = ctx.fetch(SQL.take, ids=[row.id for row in rows])
    told = [one for one in taken if one.state == "told"]
    escalated = [one for one in told if one.kind == "escalation" and one.work_item_id]
    if escalated:
        ctx.fetch(
            SQL.escalate,
            id=[one.work_item_id for one in escalated],
            level=[one.level for one in escalated],
            to=[one.to_role for one in escalated],
        )
    ctx.record("notice.due", "work_notice", [Fact(one.id, one.id, says={"kind": one.kind}) for one in told])
    _record(ctx, [one for one in told if one.kind in EVENTS])
    return Outcome([row.id for row in rows])


def _record(ctx: Context, told: Sequence[Any]) -> None:
    """Reminders and escalations stand on the page of what they are about."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for one in told:
        says = {"work_item": one.work_item_id, "node": one.node or "", "level": one.level, "to": one.to_role}
        fact = Fact(one.subject_id, one.subject_id, says=says)
        groups.setdefault((EVENTS[one.kind], one.subject_type), []).append(fact)
    for (event, kind), facts in groups.items():
        ctx.record(event, kind, facts)  # one a kind of event and subject


def drain() -> int:
    """Tell in sets what is due to be told, until nothing is left; returns how many notices were worked off.

    Runs on the worker, outside of any transaction. A worker that dies leaves a set as it was: all of it is told again, or none.
    """
    total = 0
    while True:
        ready = fetch(SQL.ready.text(frozenset()), {"now": clock.now()})  # one a round of up to 1,000
        if not ready:
            return total
        for company, group in groupby(sorted(ready), key=lambda row: row.company_id):
            rows = [Ref(row.id) for row in group]
            run("workflow.tell_due", system_actor(company), rows)  # one a company
        if len(ready) < 1000:
            return total + len(ready)
        total += len(ready)
