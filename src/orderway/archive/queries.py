"""Reading the archive: is it whole, and the evidence for a stranger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from orderway.archive import chain, tree
from orderway.archive.commands.commit import by_parcel
from orderway.archive.commands.root import known_nodes
from orderway.archive.evidence import Sealed, evidence_pack
from orderway.archive.manifest import Personal
from orderway.documents.store import Damaged, store
from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

SQL = statements("archive", "proof")
COMMIT = statements("archive", "commit")
PROVERS = ["manager", "accountant", "auditor", "administrator"]


@dataclass(frozen=True)
class Formats:
    """Nothing to say."""


@query("archive.formats", Formats)
def formats(ctx: Reader, asked: Formats) -> list[Any]:
    """The archive format chosen for each kind of parcel; the others are archived as PDF/A."""
    return ctx.fetch(COMMIT.formats)


class Fault(NamedTuple):
    """Something is wrong in the archive: where (chain, manifest, tree, root, paper, parcel), at which number, and what."""

    where: str
    number: int
    why: str


@dataclass(frozen=True)
class Verify:
    """Ask whether the archive is whole; `contents` reads every paper as well, which takes its time."""

    contents: bool = True


@query("archive.verify", Verify, roles=PROVERS)
def verify(ctx: Reader, asked: Verify) -> list[Fault]:
    """Every fault in the company's archive: chain, manifests, tree, roots, papers against documents and store; none is good."""
    rows = ctx.fetch(SQL.entries)
    entries = [_entry(ctx, row) for row in rows]
    faults = [Fault("chain", f.number, f.why) for f in chain.chain_faults(entries, [row.hash for row in rows])]
    changed = ctx.fetch(SQL.changed_manifests, domain=chain.MANIFEST)
    faults += [Fault("manifest", row.seq, "is not the one that was sealed") for row in changed]
    faults += _tree_faults(ctx, [chain.entry_leaf(row.hash) for row in rows])
    faults += _paper_faults(ctx, asked.contents)
    uncommitted = ctx.fetch(SQL.uncommitted)
    faults += [Fault("parcel", row.seq, f"{row.number} and the archive disagree on its commit") for row in uncommitted]
    return faults


def _entry(ctx: Reader, row: Any) -> chain.Entry:
    return chain.Entry(str(ctx.actor.company_id), row.kind, row.seq, row.at, row.manifest_digest, row.previous)


def _record(ctx: Reader, row: Any) -> chain.RootRecord:
    return chain.RootRecord(str(ctx.actor.company_id), row.number, row.at, row.size, row.root, row.previous)


def _tree_faults(ctx: Reader, leaves: Sequence[bytes]) -> Iterator[Fault]:
    rows = ctx.fetch(SQL.roots, seq=-1)
    records = [_record(ctx, row) for row in rows]
    for fault in chain.root_faults(records, [row.head for row in rows]):
        yield Fault("root", fault.number, fault.why)
    covered = records[-1].size if records else 0
    right = tree.grown(0, leaves[:covered], _never)
    if right != {tree.Node(row.level, row.number): row.hash for row in ctx.fetch(SQL.all_nodes)}:
        yield Fault("tree", covered, "does not stand over the chain")
    for record in records:
        if record.size > len(leaves):
            yield Fault("root", record.number, "covers more entries than there are")
        elif tree.root(record.size, right.__getitem__) != record.root:
            yield Fault("root", record.number, "is not the root over its entries")


def _never(node: tree.Node) -> bytes:
    raise LookupError(node)


def _paper_faults(ctx: Reader, contents: bool) -> Iterator[Fault]:
    for row in ctx.fetch(SQL.papers):
        if row.document_sha256 not in (None, row.sha256):
            yield Fault("paper", row.seq, f"{row.file}: the document now names other content")
        size = store().size(ctx.actor.company_id, row.sha256)
        if size != row.size:
            yield Fault("paper", row.seq, f"{row.file}: the content is {'gone' if size is None else 'of another size'}")
        elif contents:
            try:
                store().read(ctx.actor.company_id, row.sha256)
            except Damaged as damage:
                yield Fault("paper", row.seq, f"{row.file}: {damage}")


@dataclass(frozen=True)
class OfParcel:
    """Ask for the evidence of a parcel with all its supplements."""

    parcel: int


class Evidence(NamedTuple):
    """The pack as a ZIP with its file name; `lacking` says why there is none: not-archived, or no-root (take one first)."""

    file: str
    content: bytes
    lacking: str


@query("archive.evidence", OfParcel, roles=PROVERS)
def evidence(ctx: Reader, asked: OfParcel) -> Evidence:
    """The evidence pack of a committed parcel, its supplements and the erasures that touched them."""
    rows = ctx.fetch(SQL.of_family, parcel=asked.parcel)
    if not any(row.parcel_id for row in rows):
        return Evidence("", b"", "not-archived")
    roots = [_record(ctx, row) for row in ctx.fetch(SQL.roots, seq=rows[0].seq)]
    if not roots or roots[-1].size <= rows[-1].seq:
        return Evidence("", b"", "no-root")
    spans = [span for row in rows for span in _spans(row.seq, roots)]
    pack = evidence_pack(_sealed(ctx, rows), roots, known_nodes(ctx, spans).__getitem__)
    return Evidence(f"evidence-{rows[0].seq:08d}-{sha256(pack).hexdigest()[:8]}.zip", pack, "")


def _spans(seq: int, roots: Sequence[chain.RootRecord]) -> list[tree.Span]:
    covering = next(record for record in roots if record.size > seq)
    return [*tree.inclusion_spans(seq, covering.size), *tree.consistency_spans(covering.size, roots[-1].size)]


def _sealed(ctx: Reader, rows: Sequence[Any]) -> list[Sealed]:
    ids = [row.id for row in rows]
    opened: dict[int, dict[str, Personal]] = {id: {} for id in ids}
    for row in ctx.fetch(SQL.openings, entries=ids):
        opened[row.entry_id][row.path] = Personal(row.value, row.salt)
    papers: dict[int, dict[str, bytes]] = {id: {} for id in ids}
    for row in ctx.fetch(SQL.contents, entries=ids):
        papers[row.entry_id][row.file] = store().read(ctx.actor.company_id, row.sha256)
    return [Sealed(_entry(ctx, row), row.manifest.encode("utf-8"), opened[row.id], papers[row.id]) for row in rows]


@dataclass(frozen=True)
class Waiting:
    """Ask which closed parcels wait for the archive, at most `limit` of them."""

    limit: int = 50


class Filing(NamedTuple):
    """A closed parcel with its format, versions (with `newest`) and index values, for the making of forms."""

    id: int
    number: str
    format: str
    papers: list[Any]
    index_values: dict[str, str]


@query("archive.waiting", Waiting, roles=PROVERS)
def waiting(ctx: Reader, asked: Waiting) -> list[Filing]:
    """Closed parcels on their way to the archive, first parcels before supplements, with what is in them."""
    parcels = ctx.fetch(COMMIT.closed, limit=asked.limit)
    ids = [parcel.id for parcel in parcels]
    chosen = {row.parcel_kind: row.format for row in ctx.fetch(COMMIT.formats)}
    papers = by_parcel(ctx.fetch(COMMIT.papers, ids=ids))
    values = by_parcel(ctx.fetch(COMMIT.index_values, ids=ids))
    return [
        Filing(
            parcel.id,
            parcel.number,
            chosen.get(parcel.kind, "pdfa"),
            papers[parcel.id],
            {value.name: value.value for value in values[parcel.id]},
        )
        for parcel in parcels
    ]
