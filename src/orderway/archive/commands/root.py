"""Roots: daily, and whenever evidence is asked of what no root covers yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orderway.archive import chain, tree
from orderway.kernel import numbers
from orderway.kernel.context import Context, Reader
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from .commit import SERIES

SQL = statements("archive", "proof")
subject("archive_root", "archive_root")


@dataclass(frozen=True)
class TakeRoot:
    """Nothing to say: the root is over the whole chain of the company."""


@command("archive.root", row=TakeRoot, roles=["accountant", "administrator", "auditor"])
def take_root(ctx: Context, rows: Sequence[TakeRoot]) -> Outcome:
    """Take the root over the company's chain; where nothing was added since the last one there is nothing to do."""
    if not rows:
        return Outcome()
    numbers.take(ctx, SERIES, 0)  # nobody adds to the chain meanwhile
    last = ctx.one(SQL.last_root)
    size = last.size if last else 0
    hashes = [row.hash for row in ctx.fetch(SQL.hashes, seq=size)]
    if not hashes:
        return Outcome()
    known = known_nodes(ctx, [tree.Span(0, size)])
    made = tree.grown(size, [chain.entry_leaf(each) for each in hashes], known.__getitem__)
    whole = size + len(hashes)
    record = chain.RootRecord(
        company=str(ctx.actor.company_id),
        number=last.number + 1 if last else 1,
        at=ctx.at,
        size=whole,
        root=tree.root(whole, (known | made).__getitem__),
        previous=last.head if last else chain.GENESIS,
    )
    return Outcome([_write(ctx, made, record)] * len(rows), values={"head": chain.head(record).hex(), "size": whole})


def known_nodes(ctx: Reader, spans: Sequence[tree.Span]) -> dict[tree.Node, bytes]:
    """The stored perfect subtrees that the hashes of `spans` are folded from."""
    nodes = sorted({node for span in spans for node in tree.perfect_nodes(span)})
    found: list[Any] = ctx.fetch(
        SQL.nodes, level=[node.level for node in nodes], number=[node.number for node in nodes]
    )
    return {tree.Node(row.level, row.number): row.hash for row in found}


def _write(ctx: Context, made: dict[tree.Node, bytes], record: chain.RootRecord) -> int:
    ctx.fetch(
        SQL.insert_nodes,
        level=[node.level for node in made],
        number=[node.number for node in made],
        hash=list(made.values()),
    )
    head = chain.head(record)
    row = ctx.one(
        SQL.insert_root,
        number=record.number,
        size=record.size,
        root=record.root,
        previous=record.previous,
        head=head,
    )
    says = {"number": record.number, "size": record.size, "head": head.hex()}
    ctx.record("archive.root-taken", "archive_root", [Fact(row.id, row.id, says=says)])
    return int(row.id)
