"""Packing what was picked into packages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements

from ..rules import not_packable
from .pick import FLOOR, tell_maps

SQL = statements("fulfilment", "pack")


@dataclass(frozen=True)
class Box:
    """A package: weight in kilograms, size in words, and its contents as (shipment line, quantity)."""

    weight: Decimal
    size: str = ""
    contents: Sequence[tuple[int, Decimal]] = field(default_factory=tuple)


@dataclass(frozen=True)
class PackShipment:
    """A picked shipment and its packages; no packages means one with everything in it, weighed by the catalogue."""

    id: int
    boxes: Sequence[Box] = field(default_factory=tuple)


@command("fulfilment.pack", row=PackShipment, roles=FLOOR)
def pack(ctx: Context, rows: Sequence[PackShipment]) -> Outcome:
    """Pack picked shipments; what is packed must be exactly what was picked."""
    found = ctx.fetch(SQL.lock, ids=[row.id for row in rows])
    picked = {id: list(lines) for id, lines in groupby(found, key=lambda line: line.shipment_id)}
    boxes = {row.id: row.boxes or _one_box(picked.get(row.id, [])) for row in rows}
    refused = [r for row in rows if (r := _not_packable(row.id, boxes[row.id], picked.get(row.id)))]
    out = {refusal.subject for refusal in refused}
    packed = [row.id for row in rows if row.id not in out]
    if ctx.halts(refused) or not packed:
        return Outcome(refused=refused)
    _write(ctx, packed, boxes)
    ctx.record(
        "shipment.packed",
        "shipment",
        [
            Fact(id, picked[id][0].order_id, {"state": "picked"}, {"state": "packed"}, {"packages": len(boxes[id])})
            for id in packed
        ],
    )
    tell_maps(ctx, [picked[id][0].order_id for id in packed], "packed")
    return Outcome(packed, refused)


def _one_box(lines: Sequence[Any]) -> list[Box]:
    inside = [line for line in lines if line.picked]
    weight = sum((line.picked * line.weight for line in inside), Decimal(0))
    return [Box(weight, "", [(line.id, line.picked) for line in inside])]


def _not_packable(id: int, boxes: Sequence[Box], lines: Sequence[Any] | None) -> Refusal | None:
    if not lines:
        return Refusal("unknown-shipment", id)
    if refused := not_packable(id, lines[0], lines):
        return refused[0]
    wanted = {line.id: line.picked for line in lines if line.picked}
    packed: dict[int, Decimal] = {}
    for box in boxes:
        for line, quantity in box.contents:
            packed[line] = packed.get(line, Decimal(0)) + quantity
    if packed != wanted:
        return Refusal("not-what-was-picked", id, {"picked": str(wanted), "packed": str(packed)})
    return None


def _write(ctx: Context, shipments: Sequence[int], boxes: Mapping[int, Sequence[Box]]) -> None:
    numbered = [(id, n, box) for id in shipments for n, box in enumerate(boxes[id], 1)]
    contents = [(at, *content) for at, (_, _, box) in enumerate(numbered, 1) for content in box.contents]
    ctx.fetch(
        SQL.write,
        shipment=[id for id, _, _ in numbered],
        number=[n for _, n, _ in numbered],
        weight=[box.weight for _, _, box in numbered],
        size=[box.size for _, _, box in numbered],
        place=[at for at, _, _ in contents],
        line=[line for _, line, _ in contents],
        quantity=[quantity for _, _, quantity in contents],
    )
