"""Reading stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .rules import PATIENCE

SQL = statements("stock", "stock")
LEVEL_SORTS = {
    "number": "i.number, w.rank, l.id",
    "name": "i.name, w.rank, l.id",
    "free": "l.on_hand - l.reserved, l.id",
}
MOVE_SORTS = {"newest": "m.id desc"}


@dataclass(frozen=True)
class LevelList:
    """Ask for stock levels: by words, warehouse key or item, sorted, one page."""

    search: str | None = None
    warehouse: str | None = None
    item: int | None = None
    sort: str = "number"
    after: str | None = None
    size: int = 50


@query("stock.levels", LevelList)
def levels(ctx: Reader, asked: LevelList) -> Page:
    """Stock by item and warehouse: on hand, promised, free."""
    narrowed = {"search": asked.search, "warehouse": asked.warehouse, "item": asked.item}
    return page(ctx, SQL.levels, LEVEL_SORTS, asked, **narrowed)


@dataclass(frozen=True)
class MoveList:
    """Ask for the ledger of one item."""

    item: int
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("stock.moves", MoveList)
def moves(ctx: Reader, asked: MoveList) -> Page:
    """What came in and went out of one item, newest first."""
    return page(ctx, SQL.moves, MOVE_SORTS, asked, item=asked.item)


def free(ctx: Reader, items: Sequence[int]) -> dict[int, Decimal]:
    """What is free of each item over all warehouses; an item never stocked is missing."""
    return {row.item_id: row.free for row in ctx.fetch(SQL.free, items=list(items))}


@dataclass(frozen=True)
class NoQuestion:
    """Nothing to narrow."""


@query("stock.warehouses", NoQuestion)
def warehouses(ctx: Reader, asked: NoQuestion) -> list[Any]:
    """The warehouses in the order they are asked for stock."""
    return ctx.fetch(SQL.warehouses)


@query("stock.patience", NoQuestion)
def patience(ctx: Reader, asked: NoQuestion) -> Any:
    """After how many days of waiting a demand goes before all classes: `patience_days`."""
    return ctx.one(SQL.serving, patience=PATIENCE)


@dataclass(frozen=True)
class OneDemand:
    """Ask about one demand by its id."""

    id: int


class WhyStock(NamedTuple):
    """Why a demand is reserved or short: the demand, `missing` of it, what lies in each warehouse, and which other demands hold."""

    demand: Any
    missing: Decimal
    levels: Sequence[Any]
    ahead: Sequence[Any]


@query("stock.why", OneDemand)
def why(ctx: Reader, asked: OneDemand) -> WhyStock | None:
    """What a demand has reserved and what stands against the rest, as it is now; None for an unknown one."""
    demand = ctx.one(SQL.demand, id=asked.id, patience=PATIENCE)
    if demand is None:
        return None
    missing = demand.quantity - demand.met - demand.allocated
    levels, ahead = ctx.fetch(SQL.demand_levels, id=asked.id), ctx.fetch(SQL.demand_ahead, id=asked.id)
    return WhyStock(demand, missing, levels, ahead)
