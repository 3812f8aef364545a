"""Stock: opening warehouses, moving goods; and for the floors above: placing demands, allocating, issuing, taking back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements

from .rules import LONGEST, NORMAL, PATIENCE, Need, Share, Strategy, Supply, share_out, taken_off

SQL = statements("stock", "stock")
subject("warehouse", "warehouse")
subject("level", "stock_level")
subject("serving", "serving")


@dataclass(frozen=True)
class OpenWarehouse:
    """A warehouse to open; places are asked for stock in the order of `rank`."""

    key: str
    name: str
    rank: int = 1


@command("stock.open_warehouses", row=OpenWarehouse, roles=["administrator"])
def open_warehouses(ctx: Context, rows: Sequence[OpenWarehouse]) -> Outcome:
    """Open warehouses, or rename and rank those whose key is known."""
    ids = [row.id for row in ctx.fetch(SQL.open_warehouses, **columns(rows, "key", "name", "rank"))]
    ctx.record_new("warehouse.opened", "warehouse", ids)
    return Outcome(ids)


@dataclass(frozen=True)
class Move:
    """Goods that come in (positive quantity) or go out (negative), and why: received, counted, scrapped, made …"""

    item: int
    warehouse: int
    quantity: Decimal
    reason: str = "received"


@command("stock.move", row=Move, roles=["warehouse", "purchasing", "production", "administrator"])
def move(ctx: Context, rows: Sequence[Move]) -> Outcome:
    """Move goods in and out; what is promised to somebody cannot go out (`short-stock`)."""
    ctx.fetch(SQL.ensure_levels, **columns(rows, "warehouse", "item"))
    levels = {(at.item_id, at.warehouse_id): at for at in ctx.fetch(SQL.lock_levels, items=[row.item for row in rows])}
    free = {key: level.on_hand - level.reserved for key, level in levels.items()}
    refused, accepted = [], []
    for index, row in enumerate(rows):
        place = (row.item, row.warehouse)
        if place not in free:
            refused.append(Refusal("unknown-place", index, {"item": row.item, "warehouse": row.warehouse}))
        elif free[place] + row.quantity < 0:
            refused.append(Refusal("short-stock", index, {"free": free[place], "wanted": -row.quantity}))
        else:
            free[place] += row.quantity
            accepted.append((levels[place].id, row.quantity, row.reason))
    if ctx.halts(refused):
        return Outcome(refused=refused)
    write_moves(ctx, accepted)
    return Outcome([level for level, _, _ in accepted], refused)


def write_moves(ctx: Context, moves: Sequence[tuple[int, Decimal, str]]) -> None:
    """Write (level id, signed quantity, reason) into the ledger and its sums; the levels must be locked."""
    after = ctx.fetch(
        SQL.move,
        level=[m[0] for m in moves],
        quantity=[m[1] for m in moves],
        reason=[m[2] for m in moves],
        command_id=ctx.command_id,
    )
    ctx.record("stock.moved", "level", [Fact(row.id, row.id, says={"on_hand": row.on_hand}) for row in after])


def shorten(ctx: Context, wants: Sequence[tuple[int, Decimal]]) -> None:
    """Let demands (id, less) want less than they did; what they hold beyond that is freed, the last place first."""
    ctx.fetch(SQL.lock_demands, ids=[demand for demand, _ in wants])
    held = ctx.fetch(SQL.lock_allocations, demand=[demand for demand, _ in wants])
    ctx.fetch(SQL.lock_levels, items=sorted({a.item_id for a in held}))
    ctx.fetch(SQL.shorten, demand=[demand for demand, _ in wants], less=[less for _, less in wants])


def give_back(ctx: Context, parts: Sequence[Share]) -> None:
    """Free shares that demands hold, because they were not found in their place; the demands want them still."""
    ctx.fetch(SQL.lock_demands, ids=[part.demand for part in parts])
    held = ctx.fetch(SQL.lock_allocations, demand=[part.demand for part in parts])
    ctx.fetch(SQL.lock_levels, items=sorted({a.item_id for a in held}))
    ctx.fetch(SQL.give_back, **columns(parts, *Share._fields))


class Want(NamedTuple):
    """So much of an item is wanted by a day, from one warehouse or from any; `since` when (None: since now)."""

    item: int
    quantity: Decimal
    due_on: date | None = None
    warehouse: int | None = None
    priority: int = NORMAL
    since: datetime | None = None


def place_demands(ctx: Context, wants: Sequence[Want]) -> list[int]:
    """Place a demand for each want; the ids come in the same order."""
    return [row.id for row in ctx.fetch(SQL.place_demands, **columns(wants, *Want._fields))]


class Moved(NamedTuple):
    """A demand that got another priority."""

    id: int
    before: int
    after: int


def prioritise(ctx: Context, priorities: Mapping[int, int]) -> dict[int, Moved]:
    """Give demands (id -> priority) their place among others; answers those that have another now. What is reserved stays so."""
    rows = ctx.fetch(SQL.prioritise, demand=list(priorities), priority=list(priorities.values()))
    return {row.id: Moved(row.id, row.before, row.after) for row in rows}


def hold(ctx: Context, demands: Sequence[int]) -> None:
    """Lock demands in key order, for who writes them back."""
    ctx.fetch(SQL.lock_demands, ids=list(demands))


@dataclass(frozen=True)
class SetPatience:
    """After how many days of waiting (1 to 365) a demand is served before all classes."""

    days: int


@command("stock.set_patience", row=SetPatience, roles=["manager", "administrator"], reversible=True)
def set_patience(ctx: Context, rows: Sequence[SetPatience]) -> Outcome:
    """Say after how many days of waiting a demand goes before all classes; of several rows the last counts."""
    refused = [
        Refusal("patience-not-possible", i, {"most": LONGEST}) for i, r in enumerate(rows) if not 1 <= r.days <= LONGEST
    ]
    if ctx.halts(refused) or len(refused) == len(rows):
        return Outcome(refused=refused)
    fit = [row for row in rows if 1 <= row.days <= LONGEST]
    (before,) = ctx.fetch(SQL.ensure_serving, patience=PATIENCE)
    ctx.fetch(SQL.set_patience, days=fit[-1].days)
    old, new = {"patience_days": before.patience_days}, {"patience_days": fit[-1].days}
    ctx.record("serving.set", "serving", [Fact(before.id, before.id, old, new)])
    return Outcome([before.id] * len(fit), refused, {"undo": ctx.command_id})


class Allocated(NamedTuple):
    """What came of an allocation: what each demand still lacks (0 when served)."""

    lacking: dict[int, Decimal]


def allocate(
    ctx: Context, demands: Sequence[int], whole: dict[int, int] | None = None, strategy: Strategy = "rank"
) -> Allocated:
    """Reserve stock for demands: who has waited too long first, then by priority, due day and age.

    `whole` (demand -> group) asks for all of a group or nothing.
    """
    queue = ctx.fetch(SQL.line_up, ids=list(demands), patience=PATIENCE)
    levels = ctx.fetch(SQL.lock_levels, items=sorted({d.item_id for d in queue}))
    needs = [
        Need(d.id, d.item_id, lacking, d.warehouse_id, (whole or {}).get(d.id))
        for d in queue
        if (lacking := d.quantity - d.allocated - d.met) > 0
    ]
    supplies = [Supply(at.id, at.item_id, at.on_hand - at.reserved, at.warehouse_id, at.rank) for at in levels]
    shares = share_out(needs, supplies, strategy)
    if shares:
        ctx.fetch(SQL.allocate, **columns(shares, *Share._fields))
    lacking = {need.demand: need.quantity for need in needs}
    for share in shares:
        lacking[share.demand] -= share.quantity
    return Allocated({d.id: lacking.get(d.id, Decimal(0)) for d in queue})


def lacking_now(ctx: Context, baskets: Sequence[Sequence[Want]]) -> list[list[Decimal]]:
    """What each want of each basket could not have from free stock now; a basket that lacks something leaves all to the next.

    The levels are locked: what is said to be there is there until the transaction ends.
    """
    levels = ctx.fetch(SQL.lock_levels, items=sorted({want.item for basket in baskets for want in basket}))
    supplies = [Supply(at.id, at.item_id, at.on_hand - at.reserved, at.warehouse_id, at.rank) for at in levels]
    lacking = []
    for basket in baskets:
        needs = [Need(n, want.item, want.quantity, want.warehouse, None) for n, want in enumerate(basket)]
        shares = share_out(needs, supplies)
        short = [want.quantity for want in basket]
        for share in shares:
            short[share.demand] -= share.quantity
        if all(left <= 0 for left in short):
            supplies = taken_off(supplies, shares)
        lacking.append(short)
    return lacking


def let_go(ctx: Context, demands: Sequence[int], shrink: bool) -> None:
    """Free what demands hold; with `shrink` they want no more than has left the house already."""
    ids = [d.id for d in ctx.fetch(SQL.lock_demands, ids=list(demands))]
    held = ctx.fetch(SQL.lock_allocations, demand=ids)
    ctx.fetch(SQL.lock_levels, items=sorted({a.item_id for a in held}))
    ctx.fetch(SQL.let_go, demand=ids, shrink=shrink)


def take_in(ctx: Context, goods: Sequence[Move]) -> None:
    """Goods come in for the floors above: made, or taken back. The items and warehouses must exist."""
    ctx.fetch(SQL.ensure_levels, **columns(goods, "warehouse", "item"))
    levels = {
        (at.item_id, at.warehouse_id): at.id for at in ctx.fetch(SQL.lock_levels, items=[row.item for row in goods])
    }
    write_moves(ctx, [(levels[row.item, row.warehouse], row.quantity, row.reason) for row in goods])


def issue(ctx: Context, parts: Sequence[Share], reason: str) -> None:
    """Goods leave the house: each share shrinks its allocation, the level and the demand. The shares must be allocated."""
    ctx.fetch(SQL.lock_demands, ids=[part.demand for part in parts])
    held = ctx.fetch(SQL.lock_allocations, demand=[part.demand for part in parts])
    ctx.fetch(SQL.lock_levels, items=sorted({a.item_id for a in held}))
    ctx.fetch(SQL.issue, **columns(parts, *Share._fields), reason=reason, command_id=ctx.command_id)
