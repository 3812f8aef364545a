"""Opening parcels, putting documents into them, indexing and sealing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderway.kernel import numbers
from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import columns, statements

from .attempts import record_attempts
from .models import SOURCES
from .rules import MOVES
from .store import store

SQL = statements("documents", "parcels")
subject("parcel", "parcel")
subject("document", "document", "parcel", "parcel_id", document_version="document_id", document_link="document_id")
subject("document_version", "document_version", "parcel", "parcel_id")
subject("index_value", "index_value", "parcel", "parcel_id")
DESK = ["manager", "accountant", "quality", "planner", "production", "warehouse", "purchasing", "administrator"]
LONGEST_BODY = 400_000  # characters: a tsvector holds at most 1 MB


@dataclass(frozen=True)
class OpenParcel:
    """A parcel to open; `supplement_of` is the committed parcel it adds to (a supplement itself stands for its first)."""

    kind: str = "order"
    supplement_of: int | None = None


@command("documents.open_parcel", row=OpenParcel, roles=DESK)
def open_parcel(ctx: Context, rows: Sequence[OpenParcel]) -> Outcome:
    """Open parcels, or supplements to committed ones."""
    firsts = {p.id: p for p in ctx.fetch(SQL.lock_parcels, ids=[r.supplement_of for r in rows if r.supplement_of])}
    refused = []
    for index, row in enumerate(rows):
        first = firsts.get(row.supplement_of or 0)
        if row.supplement_of and first is None:
            refused.append(Refusal("unknown-parcel", index, {"parcel": row.supplement_of}))
        elif first and first.state not in MOVES["supplement"]:
            refused.append(Refusal("parcel-still-open", index, {"number": first.number}))
    out = {refusal.subject for refusal in refused}
    accepted = [row for index, row in enumerate(rows) if index not in out]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    of = [
        (first.supplement_of_id or first.id) if (first := firsts.get(r.supplement_of or 0)) else None for r in accepted
    ]
    opened = _open(ctx, [row.kind for row in accepted], of)
    return Outcome([p.id for p in opened], refused, {"numbers": [p.number for p in opened]})


def _open(ctx: Context, kinds: Sequence[str], supplement_of: Sequence[int | None]) -> list[Any]:
    year = f"{ctx.at:%y}"
    series = numbers.take(ctx, f"parcel-{year}", len(kinds))
    given = [f"P{year}-{n:05}" for n in series]
    opened = ctx.fetch(SQL.insert_parcels, number=given, kind=list(kinds), supplement_of=list(supplement_of))
    ctx.record_new("parcel.opened", "parcel", [parcel.id for parcel in opened])
    return opened


def writable(ctx: Context, parcels: Sequence[int]) -> dict[int, int]:
    """For each parcel the one that takes new documents: itself while open, else its open supplement, opened here if need be.

    For the floors above, within their own commands: what comes after the commit goes into a supplement.
    """
    locked = ctx.fetch(SQL.lock_parcels, ids=sorted(set(parcels)))
    firsts = {p.id: p.supplement_of_id or p.id for p in locked if p.state != "open"}
    supplements = {row.first: row.id for row in ctx.fetch(SQL.open_supplements, ids=sorted(set(firsts.values())))}
    lacking = sorted(set(firsts.values()) - set(supplements))
    kinds = {firsts[p.id]: p.kind for p in locked if p.id in firsts}
    if lacking:
        opened = _open(ctx, [kinds[first] for first in lacking], lacking)
        supplements |= {first: parcel.id for first, parcel in zip(lacking, opened, strict=True)}
    return {p.id: supplements[firsts[p.id]] if p.id in firsts else p.id for p in locked}


@dataclass(frozen=True)
class AddDocument:
    """Content that lies in the store (`sha256`) to put into a parcel: as a new document, or a new version of `document`.

    `seal` makes it unchangeable at once. `subject_type` and `subject_id` say what it belongs to (order, message …).
    """

    parcel: int
    sha256: str
    media_type: str
    name: str = ""
    kind: str = "other"
    document: int | None = None
    seal: bool = False
    subject_type: str = ""
    subject_id: int | None = None


@command("documents.add", row=AddDocument, roles=DESK)
def add(ctx: Context, rows: Sequence[AddDocument]) -> Outcome:
    """Put documents, or new versions of them, into open parcels; what is sealed stays as it is."""
    parcels = {p.id: p for p in ctx.fetch(SQL.lock_parcels, ids=sorted({row.parcel for row in rows}))}
    known = {d.id: d for d in ctx.fetch(SQL.lock_documents, ids=sorted({r.document for r in rows if r.document}))}
    sizes = {row.sha256: stored(ctx, row.sha256) for row in rows}
    refused, taken = [], set()
    for index, row in enumerate(rows):
        if refusal := _misplaced(index, row, parcels.get(row.parcel), known.get(row.document or 0)):
            refused.append(refusal)
        elif sizes[row.sha256] is None:
            refused.append(Refusal("unknown-content", index, {"sha256": row.sha256}))
        elif row.document in taken:
            refused.append(Refusal("twice", index, {"document": row.document}))
        elif row.document:
            taken.add(row.document)
    _note_attempts(ctx, refused, [row.document for row in rows], known)
    out = {refusal.subject for refusal in refused}
    accepted = [row for index, row in enumerate(rows) if index not in out]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    return Outcome(_write(ctx, accepted, {digest: size or 0 for digest, size in sizes.items()}), refused)


def stored(ctx: Context, digest: str) -> int | None:
    """How many bytes the content with this SHA-256 has in the company's store, None where it is not there."""
    try:
        return store().size(ctx.actor.company_id, digest)
    except ValueError:
        return None


def _misplaced(index: int, row: AddDocument, parcel: Any, document: Any) -> Refusal | None:
    if parcel is None:
        return Refusal("unknown-parcel", index, {"parcel": row.parcel})
    if row.document and (document is None or document.parcel_id != row.parcel):
        return Refusal("unknown-document", index, {"document": row.document})
    if document and document.sealed_at:
        return Refusal("sealed", index, {"document": document.id, "name": document.name, "parcel": parcel.number})
    if parcel.state not in MOVES["add"]:
        return Refusal("parcel-closed", index, {"number": parcel.number, "state": parcel.state})
    if not row.document and not row.name.strip():
        return Refusal("name-missing", index)
    return None


def _note_attempts(
    ctx: Context, refused: Sequence[Refusal], documents: Sequence[int | None], known: Mapping[int, Any]
) -> None:
    """The refusals that touched a sealed or committed document, recorded for good."""
    logged = [refusal for refusal in refused if refusal.code in ("sealed", "parcel-closed")]
    touched = [(known.get(documents[refusal.subject or 0] or 0), refusal.code) for refusal in logged]
    record_attempts(ctx, [(document.id, document.parcel_id, why) for document, why in touched if document])


def _write(ctx: Context, rows: Sequence[AddDocument], sizes: Mapping[str, int]) -> list[int]:
    ctx.fetch(SQL.insert_blobs, sha256=list(sizes), size=list(sizes.values()))
    new = [row for row in rows if not row.document]
    made = iter(ctx.fetch(SQL.insert_documents, **columns(new, "parcel", "name", "kind")) if new else ())
    ids = [row.document or next(made).id for row in rows]
    by = ctx.actor.person
    versions = ctx.fetch(SQL.insert_versions, document=ids, by=by, **columns(rows, "sha256", "media_type", "seal"))
    links = [(r.subject_type, r.subject_id, id) for r, id in zip(rows, ids, strict=True) if r.subject_id is not None]
    _link(ctx, links)
    ctx.fetch(SQL.refresh_labels, parcels=sorted({row.parcel for row in rows}))
    known = {row.document for row in rows if row.document}
    ctx.record_new("document.added", "document", [id for id in ids if id not in known])
    ctx.record_new("document.revised", "document_version", [v.id for v in versions if v.document_id in known])
    return ids


def _link(ctx: Context, links: Sequence[tuple[str, int, int]]) -> None:
    ctx.fetch(
        SQL.insert_links,
        subject_type=[link[0] for link in links],
        subject_id=[link[1] for link in links],
        document=[link[2] for link in links],
    )


@dataclass(frozen=True)
class LinkDocument:
    """A document that also belongs to a subject, as one message's attachment belongs to two orders."""

    document: int
    subject_type: str
    subject_id: int


@command("documents.link", row=LinkDocument, roles=DESK)
def link(ctx: Context, rows: Sequence[LinkDocument]) -> Outcome:
    """Say which subjects documents belong to; a link that is there already stays. Content and parcel are not touched."""
    known = {d.id: d for d in ctx.fetch(SQL.lock_documents, ids=sorted({row.document for row in rows}))}
    refused = [
        Refusal("unknown-document", i, {"document": r.document}) for i, r in enumerate(rows) if r.document not in known
    ]
    accepted = [row for row in rows if row.document in known]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    _link(ctx, [(row.subject_type, row.subject_id, row.document) for row in accepted])
    facts = [
        Fact(row.document, known[row.document].parcel_id, says={"to": row.subject_type, "id": row.subject_id})
        for row in accepted
    ]
    ctx.record("document.linked", "document", facts)
    return Outcome([row.document for row in accepted], refused)


@dataclass(frozen=True)
class IndexDocument:
    """A named value of a parcel, or of one of its documents, with its source (ocr, barcode, rule, manual, stated).

    `confidence` from 0 to 1; `page` and `box` ("left top right bottom", points) where it stands; `personal` when it names
    a person.
    """

    parcel: int
    name: str
    value: str
    source: str = "manual"
    document: int | None = None
    confidence: Decimal | None = None
    page: int | None = None
    box: str = ""
    personal: bool = False


@command("documents.index", row=IndexDocument, roles=DESK)
def index_documents(ctx: Context, rows: Sequence[IndexDocument]) -> Outcome:
    """Give parcels and documents index values; one of the same name is replaced."""
    parcels = {p.id: p for p in ctx.fetch(SQL.lock_parcels, ids=sorted({row.parcel for row in rows}))}
    known = {d.id: d for d in ctx.fetch(SQL.lock_documents, ids=sorted({r.document for r in rows if r.document}))}
    refused = [r for i, row in enumerate(rows) if (r := _unfit(i, row, parcels.get(row.parcel), known))]
    _note_attempts(ctx, refused, [row.document for row in rows], known)
    out = {refusal.subject for refusal in refused}
    accepted = {(r.parcel, r.document, r.name): r for i, r in enumerate(rows) if i not in out}
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    fit = list(accepted.values())
    old = {row.id: row for row in ctx.fetch(SQL.old_values, **columns(fit, "parcel", "document", "name"))}
    names = ("parcel", "document", "name", "value", "source", "confidence", "page", "box", "personal")
    written = ctx.fetch(SQL.write_values, **columns(fit, *names))
    ctx.fetch(SQL.refresh_labels, parcels=sorted({row.parcel for row in fit}))
    ctx.record("parcel.indexed", "parcel", _indexed(written, old))
    return Outcome([row.id for row in written], refused)


def _unfit(index: int, row: IndexDocument, parcel: Any, known: Mapping[int, Any]) -> Refusal | None:
    if parcel is None:
        return Refusal("unknown-parcel", index, {"parcel": row.parcel})
    if row.document and (row.document not in known or known[row.document].parcel_id != row.parcel):
        return Refusal("unknown-document", index, {"document": row.document})
    if parcel.state not in MOVES["index"]:
        return Refusal("parcel-closed", index, {"number": parcel.number, "state": parcel.state})
    if row.source not in SOURCES:
        return Refusal("unknown-source", index, {"source": row.source, "allowed": list(SOURCES)})
    if not row.name.strip():
        return Refusal("name-missing", index)
    return None


def _indexed(written: Sequence[Any], old: Mapping[int, Any]) -> list[Fact]:
    """One fact a parcel, the values its parts; one that names a person stays out of it, because events are for ever."""
    of_parcel: dict[int, list[Any]] = {}
    for row in written:
        of_parcel.setdefault(row.parcel_id, []).append(row)
    return [
        Fact(
            parcel,
            parcel,
            says={"names": [row.name for row in rows]},
            parts=[_part(row, old.get(row.id)) for row in rows],
        )
        for parcel, rows in of_parcel.items()
    ]


def _part(row: Any, old: Any) -> Part:
    fields = ("source",) if row.personal else ("value", "source")
    before = {name: getattr(old, name) for name in fields} if old else {}
    return Part("index_value", row.id, before, {name: getattr(row, name) for name in fields})


@command("documents.seal", roles=DESK)
def seal(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Seal documents: from here on nobody changes them. What is sealed already stays so."""
    known = {d.id: d for d in ctx.fetch(SQL.lock_documents, ids=sorted({row.id for row in rows}))}
    refused = [Refusal("unknown-document", row.id) for row in rows if row.id not in known]
    if ctx.halts(refused) or not known:
        return Outcome(refused=refused)
    seal_versions(ctx, [(d.id, d.parcel_id, d.version_id) for d in known.values() if not d.sealed_at])
    return Outcome([row.id for row in rows if row.id in known], refused)


def seal_versions(ctx: Context, versions: Sequence[tuple[int, int, int]]) -> None:
    """Seal (document, parcel, version) triples that are locked and not sealed yet, and record it."""
    by = ctx.actor.person
    ctx.fetch(SQL.seal, ids=[version for _, _, version in versions], by=by)
    new = {"sealed_at": ctx.at, "sealed_by_id": by}
    old = {"sealed_at": None, "sealed_by_id": None}
    says = [Fact(version, parcel, old, new, {"document": document}) for document, parcel, version in versions]
    ctx.record("document.sealed", "document_version", says)


@dataclass(frozen=True)
class NoteWords:
    """The words on the pages of a document, as read from its newest version."""

    document: int
    body: str


@command("documents.note_words", row=NoteWords)
def note_words(ctx: Context, rows: Sequence[NoteWords]) -> Outcome:
    """Keep the words on the pages of documents for the search; only the reading job does this."""
    known = {d.id: d for d in ctx.fetch(SQL.lock_documents, ids=sorted({row.document for row in rows}))}
    refused = [
        Refusal("unknown-document", i, {"document": r.document}) for i, r in enumerate(rows) if r.document not in known
    ]
    bodies = {row.document: row.body.replace("\0", "")[:LONGEST_BODY] for row in rows if row.document in known}
    if ctx.halts(refused) or not bodies:
        return Outcome(refused=refused)
    ctx.fetch(SQL.note_words, document=list(bodies), body=list(bodies.values()))
    ctx.record("document.read", "document", [Fact(id, known[id].parcel_id) for id in bodies])
    return Outcome(list(bodies), refused)
