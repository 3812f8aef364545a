"""Who goes by an older version of a map, where they stand, and whether that place is there in the latest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .naming import name_of
from .published import sound_graphs

SQL = statements("workflow", "move_over")


@dataclass(frozen=True)
class Behind:
    """Ask which running instances of a map do not go by its latest version."""

    key: str


class Place(NamedTuple):
    """A place of an older version: its number, the node and its name, how many instances stand there and which, and whether the
    latest version has a place of this id and kind (`fits`)."""

    number: int
    node: str
    name: str
    instances: int
    ids: Sequence[int]
    fits: bool


@query("workflow.behind", Behind)
def behind(ctx: Reader, asked: Behind) -> list[Place]:
    """Where the running instances of older versions stand, the oldest version first."""
    rows = ctx.fetch(SQL.standing, key=asked.key)
    sound = sound_graphs(ctx, {digest for row in rows for digest in (row.digest, row.latest_digest)})
    found = []
    for row in rows:
        old, new = sound.get(row.digest), sound.get(row.latest_digest)
        was = old.nodes.get(row.node) if old else None
        there = new.nodes.get(row.node) if new else None
        fits = was is not None and there is not None and type(was.does) is type(there.does)
        found.append(
            Place(
                row.number, row.node, name_of(old, row.node) if old else row.node, row.instances, sorted(row.ids), fits
            )
        )
    return found
