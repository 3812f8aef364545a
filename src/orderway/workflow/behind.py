"""Who goes by an older version of a map, where they stand, and whether that place is there in the latest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .graph import Graph
from .naming import name_of
from .published import sound_graphs

SQL = statements("workflow", "move_over")


@dataclass(frozen=True)
class Behind:
    """Ask which running instances of a map do not go by its latest version."""

    key: str


class Place(NamedTuple):
    """A place of an older version: its number, the node and its name, how many instances stand there and which, whether the latest
    version has a place of this id and kind (`fits`), and its places of that kind with their names (`choices`). Where nobody `stands`,
    somebody is still to be asked to agree; told only where it does not fit."""

    number: int
    node: str
    name: str
    instances: int
    ids: Sequence[int]
    fits: bool
    choices: Sequence[tuple[str, str]]
    stands: bool = True


@query("workflow.behind", Behind)
def behind(ctx: Reader, asked: Behind) -> list[Place]:
    """Where the running instances of older versions stand, the oldest version first."""
    rows = ctx.fetch(SQL.standing, key=asked.key)
    sound = sound_graphs(ctx, {digest for row in rows for digest in (row.digest, row.latest_digest)})
    places = [_place(row, sound.get(row.digest), sound.get(row.latest_digest)) for row in rows]
    return [place for place in places if place.stands or not place.fits]


def _place(row: Any, old: Graph | None, new: Graph | None) -> Place:
    was = old.nodes.get(row.node) if old else None
    name = (name_of(old, row.node) if old else "") or row.node
    choices = []
    if was and new:
        alike = [one.id for one in new.nodes.values() if type(one.does) is type(was.does)]
        choices = [(node, name_of(new, node) or node) for node in alike]
    fits = row.node in {node for node, _ in choices}
    return Place(row.number, row.node, name, row.instances, sorted(row.ids), fits, choices, row.stands)
