"""The manifest of a committed parcel: what was in it when it was closed, as one row of canonical bytes.

A manifest is kept for ever; personal data is not. A field that names a person is given as `Personal` and enters the
manifest as a salted commitment only; value and salt (the opening) lie beside it. Erasure (GDPR Article 17) deletes the
opening: the commitment can no longer be tied to anybody, and not one hash of the chain changes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from orderway.archive.canonical import Tree, canonical, digest
from orderway.archive.chain import stamp

PARCEL = "orderway-parcel/1"
ERASURE = "orderway-erasure/1"
COMMITMENT = "orderway-personal/1"
SALT_BYTES = 32

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\.[a-z0-9]{1,8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Personal:
    """A text that names a person, with its salt: 32 random bytes, fresh for each field."""

    value: str
    salt: bytes


Text: TypeAlias = "str | Personal"


@dataclass(frozen=True, slots=True)
class IndexValue:
    """One index value as it stood at the commit; `source` says where it came from (ocr, barcode, rule, manual …)."""

    name: str
    value: Text
    source: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One sealed version of a document.

    `file` is its name in an evidence pack: lower-case ASCII, unique in the parcel, free of personal data. `size` is in
    bytes, `sha256` 64 hex digits of the content. `made_from` is the sha256 of the original where this paper was made
    from one for the archive's format (PDF/A, TIFF, ZIP with XML), else empty.
    """

    file: str
    name: Text
    kind: str
    version: int
    media_type: str
    size: int
    sha256: str
    sealed_at: datetime
    sealed_by: Text
    made_from: str = ""
    index: Sequence[IndexValue] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A committed parcel. `parcel` is its number, `archive_format` the format of its kind, `subject` what it belongs to
    (for example "order SO-2026-0001"), `supplement_of` the hash of the first parcel's entry, else empty."""

    company: str
    parcel: str
    kind: str
    archive_format: str
    subject: str
    committed_at: datetime
    committed_by: Text
    papers: Sequence[Paper]
    index: Sequence[IndexValue] = field(default_factory=tuple)
    supplement_of: bytes = b""


@dataclass(frozen=True, slots=True)
class Erased:
    """One thing erased: of the entry with hash `entry` the field at path `which` or the paper with file name `which`."""

    entry: bytes
    what: Literal["field", "paper"]
    which: str


def commitment(personal: Personal) -> bytes:
    """SHA-256 of salt and value, 32 bytes: hides the value, binds to it. Raises ValueError for a salt of other size."""
    if len(personal.salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(personal.salt)}")
    return digest(COMMITMENT, personal.salt, personal.value.encode("utf-8"))


def manifest_bytes(manifest: Manifest) -> bytes:
    """The canonical bytes of a parcel's manifest.

    Raises ValueError for a parcel without papers, a file name used twice or of the wrong form, or a wrong sha256.
    """
    _judge(manifest.papers)
    tree: dict[str, Tree] = {
        "format": PARCEL,
        "company": manifest.company,
        "parcel": manifest.parcel,
        "kind": manifest.kind,
        "archive_format": manifest.archive_format,
        "subject": manifest.subject,
        "committed_at": stamp(manifest.committed_at),
        "committed_by": _text(manifest.committed_by),
        "papers": [_paper(paper) for paper in manifest.papers],
        "index": _index(manifest.index),
    }
    if manifest.supplement_of:
        tree["supplement_of"] = manifest.supplement_of.hex()
    return canonical(tree)


def openings(manifest: Manifest) -> dict[str, Personal]:
    """The personal fields of a manifest by path, for example "/papers/0/name": what erasure deletes."""
    return {path: text for path, text in _texts(manifest) if isinstance(text, Personal)}


def openings_bytes(kept: Mapping[str, Personal]) -> bytes:
    """The canonical bytes of the openings that are still there."""
    return canonical({path: {"salt": each.salt.hex(), "value": each.value} for path, each in kept.items()})


def erasure_bytes(company: str, at: datetime, by: str, reason: str, erased: Sequence[Erased]) -> bytes:
    """The canonical bytes of an erasure's own manifest: the proof that something is gone on purpose, by whom and why.

    `by` and `reason` stay for ever: they name an office and a law, not the person erased. Raises ValueError when
    nothing is named.
    """
    if not erased:
        raise ValueError("an erasure names what it erased")
    return canonical(
        {
            "format": ERASURE,
            "company": company,
            "at": stamp(at),
            "by": by,
            "reason": reason,
            "erased": [{"entry": each.entry.hex(), "what": each.what, "which": each.which} for each in erased],
        }
    )


def _judge(papers: Sequence[Paper]) -> None:
    if not papers:
        raise ValueError("a parcel without documents cannot be committed")
    if len({paper.file for paper in papers}) < len(papers):
        raise ValueError("two papers of the parcel have the same file name")
    for paper in papers:
        if not _FILE_NAME.fullmatch(paper.file):
            raise ValueError(f"{paper.file!r} is not a file name for a pack")
        if not _SHA256.fullmatch(paper.sha256) or (paper.made_from and not _SHA256.fullmatch(paper.made_from)):
            raise ValueError(f"{paper.file}: a SHA-256 has 64 lower-case hex digits")
        if paper.size < 0 or paper.version < 1:
            raise ValueError(f"{paper.file}: a size is not below 0, a version not below 1")


def _text(text: Text) -> Tree:
    return text if isinstance(text, str) else {"commitment": commitment(text).hex()}


def _index(values: Sequence[IndexValue]) -> list[Tree]:
    return [{"name": each.name, "value": _text(each.value), "source": each.source} for each in values]


def _paper(paper: Paper) -> Tree:
    tree: dict[str, Tree] = {
        "file": paper.file,
        "name": _text(paper.name),
        "kind": paper.kind,
        "version": str(paper.version),
        "media_type": paper.media_type,
        "size": str(paper.size),
        "sha256": paper.sha256,
        "sealed_at": stamp(paper.sealed_at),
        "sealed_by": _text(paper.sealed_by),
        "index": _index(paper.index),
    }
    if paper.made_from:
        tree["made_from"] = paper.made_from
    return tree


def _texts(manifest: Manifest) -> Iterator[tuple[str, Text]]:
    yield "/committed_by", manifest.committed_by
    for position, value in enumerate(manifest.index):
        yield f"/index/{position}/value", value.value
    for place, paper in enumerate(manifest.papers):
        yield f"/papers/{place}/name", paper.name
        yield f"/papers/{place}/sealed_by", paper.sealed_by
        for position, value in enumerate(paper.index):
            yield f"/papers/{place}/index/{position}/value", value.value
