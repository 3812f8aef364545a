"""The hash chain of a company's archive and the roots over it, as pure functions.

Each commit, and each erasure, is one `Entry`. An entry names the digest of its manifest and the hash of the entry
before it. The entries' hashes are the leaves of the RFC 6962 tree (tree.py); a `RootRecord`, made daily, holds the
tree's root and the head (the hash) of the record before it. Whoever keeps one head keeps the whole past up to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from orderway.archive.canonical import canonical, digest
from orderway.archive.tree import leaf_hash

EntryKind = Literal["parcel", "erasure"]

MANIFEST = "orderway-manifest/1"
ENTRY = "orderway-entry/1"
ROOT = "orderway-root/1"
GENESIS = bytes(32)


def stamp(at: datetime) -> str:
    """`at` as the archive writes times: UTC with six decimals, 2026-10-14T09:30:00.000000Z.

    Raises ValueError for a time without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no point in time")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: `seq` counts from 0 without gaps within `company`; `manifest` and `previous` are 32 bytes each."""

    company: str
    kind: EntryKind
    seq: int
    at: datetime
    manifest: bytes
    previous: bytes


@dataclass(frozen=True, slots=True)
class RootRecord:
    """The root over the first `size` entries, taken at `at`; `number` counts from 1; `previous` is the head before."""

    company: str
    number: int
    at: datetime
    size: int
    root: bytes
    previous: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one link or record: its `number` (an entry's seq, a record's number) and why, in plain words."""

    number: int
    why: str


def manifest_digest(manifest: bytes) -> bytes:
    """Digest of a manifest's canonical bytes, 32 bytes: what an entry names."""
    return digest(MANIFEST, manifest)


def entry_bytes(entry: Entry) -> bytes:
    """The canonical bytes of an entry. It holds no personal data: two hashes, a count, a time and the company's id."""
    return canonical(
        {
            "format": ENTRY,
            "company": entry.company,
            "kind": entry.kind,
            "seq": str(entry.seq),
            "at": stamp(entry.at),
            "manifest": entry.manifest.hex(),
            "previous": entry.previous.hex(),
        }
    )


def entry_hash(entry: Entry) -> bytes:
    """Hash of an entry, 32 bytes: the `previous` of the next one and, through `entry_leaf`, a leaf of the tree."""
    return digest(ENTRY, entry_bytes(entry))


def entry_leaf(hashed: bytes) -> bytes:
    """The leaf hash (RFC 6962) of an entry's hash."""
    return leaf_hash(hashed)


def root_bytes(record: RootRecord) -> bytes:
    """The canonical bytes of a root record."""
    return canonical(
        {
            "format": ROOT,
            "company": record.company,
            "number": str(record.number),
            "at": stamp(record.at),
            "size": str(record.size),
            "root": record.root.hex(),
            "previous": record.previous.hex(),
        }
    )


def head(record: RootRecord) -> bytes:
    """The head of a record, 32 bytes: to be published or noted outside, it binds everything up to this record."""
    return digest(ROOT, root_bytes(record))


def linked(
    company: str, at: datetime, new: Iterable[tuple[EntryKind, bytes]], *, start: int = 0, previous: bytes = GENESIS
) -> list[Entry]:
    """The entries for `new` (kind, manifest digest) after the `start` there are, the last of which has hash `previous`."""
    entries: list[Entry] = []
    for offset, (kind, manifest) in enumerate(new):
        entry = Entry(company, kind, start + offset, at, manifest, previous)
        entries.append(entry)
        previous = entry_hash(entry)
    return entries


def chain_faults(
    entries: Sequence[Entry], hashes: Sequence[bytes], *, start: int = 0, previous: bytes = GENESIS
) -> list[Fault]:
    """What is wrong in a run of entries as stored, with their stored hashes; empty when the run is whole.

    A faulty link is named once: the next one is judged against the stored hash.
    """
    faults: list[Fault] = []
    for expected, (entry, stored) in enumerate(zip(entries, hashes, strict=True), start):
        if entry.seq != expected:
            faults.append(
                Fault(expected, f"entry {expected} is missing or out of place, number {entry.seq} stands there")
            )
            return faults
        if entry.previous != previous:
            faults.append(Fault(entry.seq, "does not follow the entry before it"))
        if entry_hash(entry) != stored:
            faults.append(Fault(entry.seq, "was changed after it was sealed"))
        previous = stored
    return faults


def root_faults(records: Sequence[RootRecord], heads: Sequence[bytes], *, previous: bytes = GENESIS) -> list[Fault]:
    """What is wrong in a company's root records from the first on, with their stored heads; empty when they are whole.

    The roots themselves are compared with the tree by the caller.
    """
    faults: list[Fault] = []
    size = 0
    for expected, (record, stored) in enumerate(zip(records, heads, strict=True), 1):
        if record.number != expected:
            faults.append(
                Fault(expected, f"root {expected} is missing or out of place, number {record.number} stands there")
            )
            return faults
        if record.previous != previous:
            faults.append(Fault(record.number, "does not follow the root before it"))
        if record.size <= size:
            faults.append(Fault(record.number, "covers no more entries than the root before it"))
        if head(record) != stored:
            faults.append(Fault(record.number, "was changed after it was taken"))
        previous, size = stored, record.size
    return faults
