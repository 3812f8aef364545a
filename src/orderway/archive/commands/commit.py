"""The commit: closing parcels, then entering them into the chain with the forms that were made meanwhile."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orderway.archive import chain
from orderway.archive.manifest import (
    SALT_BYTES,
    IndexValue,
    Manifest,
    Paper,
    Personal,
    Text,
    manifest_bytes,
    openings,
)
from orderway.archive.rules import DEFAULT_FORMAT, FORMATS, file_names, form_name
from orderway.documents import closing
from orderway.kernel import numbers
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import columns, statements

SQL = statements("archive", "commit")
subject("archive_format", "archive_format")
SERIES = "archive-entry"  # its counter is the lock of the chain


@dataclass(frozen=True)
class SetFormat:
    """The archive format (original, pdfa, tiff, zip+xml) for parcels of a kind."""

    parcel_kind: str
    format: str


@command("archive.set_formats", row=SetFormat, roles=["administrator"])
def set_formats(ctx: Context, rows: Sequence[SetFormat]) -> Outcome:
    """Choose archive formats; parcels committed before keep theirs."""
    refused = [
        Refusal("unknown-format", index, {"format": row.format, "allowed": list(FORMATS)})
        for index, row in enumerate(rows)
        if row.format not in FORMATS
    ]
    chosen = {row.parcel_kind: row for row in rows if row.format in FORMATS}
    if ctx.halts(refused) or not chosen:
        return Outcome(refused=refused)
    ids = [r.id for r in ctx.fetch(SQL.set_formats, **columns(list(chosen.values()), "parcel_kind", "format"))]
    ctx.record_new("archive.format-set", "archive_format", ids)
    return Outcome(ids, refused)


@command("archive.commit", roles=["manager", "accountant", "administrator"])
def commit(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Commit parcels: nothing goes in any more, everything in them is sealed; the archive takes them in. Twice is once."""
    parcels = closing.lock_parcels(ctx, [row.id for row in rows])
    refused = closing.judge_closing(ctx, [row.id for row in rows], parcels)
    out = {refusal.subject for refusal in refused}
    may = [row.id for row in rows if row.id not in out]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    closing.close_parcels(ctx, [parcels[id] for id in dict.fromkeys(may)])
    return Outcome(may, refused)


@dataclass(frozen=True)
class FormMade:
    """A form that lies in the store, made from one version or (None) from the whole parcel."""

    version: int | None
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class EnterParcel:
    """A closed parcel to enter into the chain, with its forms; `format` is the one they were made for."""

    id: int
    format: str = DEFAULT_FORMAT
    forms: Sequence[FormMade] = field(default_factory=tuple)


@command("archive.enter", row=EnterParcel)
def enter(ctx: Context, rows: Sequence[EnterParcel]) -> Outcome:
    """Enter closed parcels into the chain; only the archive's own job does this, after it has made the forms."""
    wanted = {row.id: row for row in rows}
    parcels = closing.lock_parcels(ctx, list(wanted))
    heads = {head.id: head for head in ctx.fetch(SQL.heads, ids=[id for id in wanted if id in parcels])}
    refused = [r for id in wanted if (r := _not_enterable(id, parcels, heads))]
    out = {refusal.subject for refusal in refused}
    ready = [heads[id] for id in heads if id not in out and parcels[id].state == "closed"]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    if ready:
        _enter(ctx, [_Filing(head, wanted[head.id]) for head in ready])
    return Outcome([id for id in wanted if id not in out], refused)


def _not_enterable(id: int, parcels: Mapping[int, Any], heads: Mapping[int, Any]) -> Refusal | None:
    if id not in parcels:
        return Refusal("unknown-parcel", id)
    if parcels[id].state == "open":
        return Refusal("parcel-still-open", id, {"number": parcels[id].number})
    first = heads[id].supplement_of_id
    if first and heads[id].first_hash is None and (first not in heads or parcels[first].state == "open"):
        return Refusal("first-parcel-not-archived", id, {"number": parcels[id].number})
    return None


class _Filing(NamedTuple):
    head: Any
    asked: EnterParcel


class _Filed(NamedTuple):
    """A manifest with its bytes, and what the rows must hold beside it: papers, and what each personal path is of."""

    manifest: Manifest
    written: bytes
    papers: list["_PaperRow"]
    of: dict[str, tuple[str, int]]


class _PaperRow(NamedTuple):
    file: str
    version: int | None
    sha256: str
    size: int
    media_type: str
    made_from: str


def _enter(ctx: Context, filings: Sequence[_Filing]) -> None:
    ids = [filing.head.id for filing in filings]
    papers = by_parcel(ctx.fetch(SQL.papers, ids=ids))
    values = by_parcel(ctx.fetch(SQL.index_values, ids=ids))
    closing.name_content(ctx, {form.sha256: form.size for filing in filings for form in filing.asked.forms})
    start, previous = chain_end(ctx, len(filings))
    entries: list[chain.Entry] = []
    filed: list[_Filed] = []
    hashes = {filing.head.supplement_of_id: filing.head.first_hash for filing in filings}
    for filing in filings:
        first = hashes.get(filing.head.supplement_of_id) if filing.head.supplement_of_id else None
        filed.append(_filed(ctx, filing, papers[filing.head.id], values[filing.head.id], first or b""))
        digest = chain.manifest_digest(filed[-1].written)
        entries += chain.linked(
            str(ctx.actor.company_id), ctx.at, [("parcel", digest)], start=start + len(entries), previous=previous
        )
        previous = hashes[filing.head.id] = chain.entry_hash(entries[-1])
    rows = insert_entries(ctx, entries, [each.written for each in filed], ids)
    _write_papers(ctx, rows, filed)
    said = {id: {"entry": e.seq, "hash": chain.entry_hash(e).hex()} for id, e in zip(ids, entries, strict=True)}
    closing.mark_committed(ctx, said)


def by_parcel(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    """Rows grouped by their `parcel_id`."""
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.parcel_id].append(row)
    return grouped


def chain_end(ctx: Context, count: int) -> tuple[int, bytes]:
    """Lock the company's chain for `count` new entries: the place of the first of them, and the hash before it."""
    start = numbers.take(ctx, SERIES, count).start - 1
    last = ctx.one(SQL.last_hash, seq=start)
    return start, last.hash if last else chain.GENESIS


def insert_entries(
    ctx: Context, entries: Sequence[chain.Entry], manifests: Sequence[bytes], parcels: Sequence[int | None]
) -> list[int]:
    """Write entries in the order of the chain; gives their ids."""
    rows = ctx.fetch(
        SQL.insert_entries,
        kind=[entry.kind for entry in entries],
        seq=[entry.seq for entry in entries],
        parcel=list(parcels),
        manifest=[manifest.decode("utf-8") for manifest in manifests],
        digest=[entry.manifest for entry in entries],
        previous=[entry.previous for entry in entries],
        hash=[chain.entry_hash(entry) for entry in entries],
    )
    return [row.id for row in sorted(rows, key=lambda row: row.seq)]


def _personal(text: str | None, of: int | None) -> Text:
    """A text that names a person as a commitment with fresh salt; the system itself is nobody."""
    return Personal(text or "", secrets.token_bytes(SALT_BYTES)) if of else "Orderway"


def _filed(ctx: Context, filing: _Filing, papers: Sequence[Any], values: Sequence[Any], first: bytes) -> _Filed:
    head, asked = filing
    files = file_names(papers)
    rows = [_PaperRow(files[p.id], p.id, p.sha256, p.size, p.media_type, "") for p in papers]
    made = _forms(asked.forms, {paper.id: paper for paper in papers}, files)
    manifest = Manifest(
        company=str(ctx.actor.company_id),
        parcel=head.number,
        kind=head.kind,
        archive_format=asked.format,
        subject=head.subject,
        committed_at=head.closed_at,
        committed_by=_personal(head.closed_by, head.closed_by_id),
        papers=[_paper(p, files[p.id], values) for p in papers] + [_form(ctx, row) for row in made],
        index=[_value(value) for value in values if value.document_id is None],
        supplement_of=first,
    )
    return _Filed(manifest, manifest_bytes(manifest), rows + made, _of(head, papers, values))


def _forms(forms: Sequence[FormMade], papers: Mapping[int, Any], files: Mapping[int, str]) -> list[_PaperRow]:
    return [
        _PaperRow(
            form_name(files.get(form.version or 0, ""), form.media_type),
            None,
            form.sha256,
            form.size,
            form.media_type,
            papers[form.version].sha256 if form.version else "",
        )
        for form in forms
    ]


def _value(row: Any) -> IndexValue:
    text = Personal(row.value, secrets.token_bytes(SALT_BYTES)) if row.personal else row.value
    return IndexValue(row.name, text, row.source)


def _paper(row: Any, file: str, values: Iterable[Any]) -> Paper:
    """A version as the manifest names it; index values stand with the newest one."""
    return Paper(
        file=file,
        name=Personal(row.name, secrets.token_bytes(SALT_BYTES)),
        kind=row.kind,
        version=row.number,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        sealed_at=row.sealed_at,
        sealed_by=_personal(row.sealed_by, row.sealed_by_id),
        index=[_value(value) for value in values if row.newest and value.document_id == row.document_id],
    )


def _form(ctx: Context, row: _PaperRow) -> Paper:
    return Paper(
        file=row.file,
        name=row.file,
        kind="archive_form",
        version=1,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        sealed_at=ctx.at,
        sealed_by="Orderway",
        made_from=row.made_from,
    )


def _of(head: Any, papers: Sequence[Any], values: Sequence[Any]) -> dict[str, tuple[str, int]]:
    """What each path that may be personal is of, so that erasure finds it: a person, a document's name, an index value."""
    of = {"/committed_by": ("person", head.closed_by_id or 0)}
    for place, value in enumerate(v for v in values if v.document_id is None):
        of[f"/index/{place}/value"] = ("value", value.id)
    for number, paper in enumerate(papers):
        of[f"/papers/{number}/name"] = ("name", paper.document_id)
        of[f"/papers/{number}/sealed_by"] = ("person", paper.sealed_by_id or 0)
        for place, value in enumerate(v for v in values if paper.newest and v.document_id == paper.document_id):
            of[f"/papers/{number}/index/{place}/value"] = ("value", value.id)
    return of


def _write_papers(ctx: Context, entries: Sequence[int], filed: Sequence[_Filed]) -> None:
    papers = [(entry, paper) for entry, each in zip(entries, filed, strict=True) for paper in each.papers]
    ctx.fetch(
        SQL.insert_papers,
        entry=[entry for entry, _ in papers],
        **columns([paper for _, paper in papers], *_PaperRow._fields),
    )
    opened = [
        (entry, path, text, each.of[path])
        for entry, each in zip(entries, filed, strict=True)
        for path, text in openings(each.manifest).items()
    ]
    ctx.fetch(
        SQL.insert_openings,
        entry=[entry for entry, _, _, _ in opened],
        path=[path for _, path, _, _ in opened],
        value=[text.value for _, _, text, _ in opened],
        salt=[text.salt for _, _, text, _ in opened],
        what=[of[0] for _, _, _, of in opened],
        of=[of[1] for _, _, _, of in opened],
    )
