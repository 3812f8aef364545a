"""Putting work in another order: later, or before the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements

from ..refusing import not_open
from .work import ALL, found_items, in_hand, tell

SQL = statements("workflow", "later")
PRIORITIES = {-1: "low", 0: "normal", 1: "high", 2: "urgent"}


@dataclass(frozen=True)
class SnoozeWork:
    """A work item to see again at a later moment (aware); with None at once."""

    id: int
    until: datetime | None = None


@command("workflow.snooze", row=SnoozeWork, roles=ALL)
def snooze(ctx: Context, rows: Sequence[SnoozeWork]) -> Outcome:
    """Put work items off: they are taken, leave the list and come back at the moment said. What is due stays due."""
    given = {row.id: row for row in rows}
    items, refused = found_items(ctx, list(given))
    whom, not_mine = in_hand(ctx, items)
    refused += not_mine
    past = [id for id in whom if (until := given[id].until) is not None and (until.tzinfo is None or until <= ctx.at)]
    refused += [Refusal("not-in-the-future", id) for id in past]
    mine = [item for item in items if item.id in whom and item.id not in past]
    if ctx.halts(refused) or not mine:
        return Outcome(refused=refused)
    ctx.fetch(
        SQL.snooze,
        id=[item.id for item in mine],
        person=[whom[item.id] or ctx.actor.id for item in mine],
        until=[given[item.id].until for item in mine],
    )
    tell(ctx, "work.snoozed", mine, {item.id: {"until": given[item.id].until} for item in mine}, whom)
    return Outcome([item.id for item in mine], refused)


@dataclass(frozen=True)
class PrioritiseWork:
    """A work item and its priority: -1 low, 0 normal, 1 high, 2 urgent."""

    id: int
    priority: int


@command("workflow.prioritise", row=PrioritiseWork, roles=["manager", "administrator"])
def prioritise(ctx: Context, rows: Sequence[PrioritiseWork]) -> Outcome:
    """Put work items before or behind the others of their lists."""
    given = {row.id: row.priority for row in rows}
    items, refused = found_items(ctx, list(given))
    refused += [no for item in items for no in not_open(item)]
    refused += [Refusal("unknown-priority", item.id) for item in items if given[item.id] not in PRIORITIES]
    out = {refusal.subject for refusal in refused}
    chosen = [item for item in items if item.id not in out]
    if ctx.halts(refused) or not chosen:
        return Outcome(refused=refused)
    ctx.fetch(SQL.prioritise, id=[item.id for item in chosen], priority=[given[item.id] for item in chosen])
    says = {item.id: {"from": PRIORITIES[item.priority], "to": PRIORITIES[given[item.id]]} for item in chosen}
    tell(ctx, "work.prioritised", chosen, says, {})
    return Outcome([item.id for item in chosen], refused)
