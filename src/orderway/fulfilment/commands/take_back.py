"""Taking goods back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderway.kernel import numbers
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements
from orderway.orders.commands.deliver import note
from orderway.stock import commands as stock

from ..rules import nothing_to_return
from .pick import FLOOR

SQL = statements("fulfilment", "take_back")


@dataclass(frozen=True)
class TakeBack:
    """Goods of one order that came back into a warehouse: (order line, quantity) pairs, and why."""

    order: int
    warehouse: int
    lines: Sequence[tuple[int, Decimal]]
    reason: str


@command("fulfilment.take_back", row=TakeBack, roles=[*FLOOR, "manager"])
def take_back(ctx: Context, rows: Sequence[TakeBack]) -> Outcome:
    """Take back what was delivered: it lies in stock again and counts as not delivered; more than delivered is refused."""
    lines = {line.id: line for line in ctx.fetch(SQL.lock_lines, ids=[id for row in rows for id, _ in row.lines])}
    left = {id: line.delivered for id, line in lines.items()}
    refused = [r for index, row in enumerate(rows) if (r := _not_returnable(index, row, lines, left))]
    out = {refusal.subject for refusal in refused}
    accepted = [row for index, row in enumerate(rows) if index not in out]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    came = [(row, id, quantity) for row in accepted for id, quantity in row.lines]
    note(ctx.within(), "delivered", {id: left[id] - lines[id].delivered for _, id, _ in came})
    goods = [stock.Move(lines[id].item_id, row.warehouse, q, "returned") for row, id, q in came]
    stock.take_in(ctx.within(), goods)
    ids = _write(ctx, accepted)
    ctx.record_new("goods.taken_back", "goods_return", ids)
    return Outcome(ids, refused)


def _not_returnable(index: int, row: TakeBack, lines: Mapping[int, Any], left: dict[int, Decimal]) -> Refusal | None:
    """Judge one return, and count what it takes off what is left of each line."""
    if not row.lines or not row.reason.strip():
        return Refusal("reason-missing" if row.lines else "no-lines", index)
    for id, quantity in row.lines:
        if id not in lines or lines[id].order_id != row.order or row.warehouse not in lines[id].warehouses:
            return Refusal("unknown-line", index, {"line": id})
        if refused := nothing_to_return(index, lines[id]):
            return refused[0]
        if not 0 < quantity <= left[id]:
            return Refusal("more-than-delivered", index, {"delivered": left[id], "wanted": quantity})
    for id, quantity in row.lines:
        left[id] -= quantity
    return None


def _write(ctx: Context, rows: Sequence[TakeBack]) -> list[int]:
    year = f"{ctx.at:%y}"
    series = numbers.take(ctx, f"return-{year}", len(rows))
    lines = [(place, id, quantity) for place, row in enumerate(rows, 1) for id, quantity in row.lines]
    written = ctx.fetch(
        SQL.write,
        order=[row.order for row in rows],
        warehouse=[row.warehouse for row in rows],
        number=[f"R{year}-{n:05}" for n in series],
        reason=[row.reason.strip() for row in rows],
        place=[place for place, _, _ in lines],
        line=[id for _, id, _ in lines],
        quantity=[quantity for _, _, quantity in lines],
    )
    return [row.id for row in written]
