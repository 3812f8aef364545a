"""What the archive asks of documents, within its own commands: closing parcels, and emptying what must be erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Refusal

from .commands import SQL, seal_versions
from .rules import MOVES


def lock_parcels(ctx: Context, ids: Sequence[int]) -> dict[int, Any]:
    """Parcels by id, locked in key order: id, number, kind, state, supplement_of_id."""
    return {parcel.id: parcel for parcel in ctx.fetch(SQL.lock_parcels, ids=sorted(set(ids)))}


def judge_closing(ctx: Context, ids: Sequence[int], parcels: Mapping[int, Any]) -> list[Refusal]:
    """Why parcels cannot be closed: unknown, or without a document. One that is closed already can, and nothing happens."""
    filled = {version.parcel_id for version in ctx.fetch(SQL.versions, ids=sorted(parcels))}
    unknown = [Refusal("unknown-parcel", id) for id in ids if id not in parcels]
    return unknown + [
        Refusal("no-documents", parcel.id, {"number": parcel.number})
        for parcel in parcels.values()
        if parcel.id not in filled
    ]


def close_parcels(ctx: Context, parcels: Sequence[Any]) -> None:
    """Close locked open parcels: seal every version in them, let nothing more in."""
    ids = [parcel.id for parcel in parcels if parcel.state in MOVES["close"]]
    versions = ctx.fetch(SQL.versions, ids=ids)
    seal_versions(ctx, [(v.document_id, v.parcel_id, v.id) for v in versions if not v.sealed_at])
    ctx.fetch(SQL.close, ids=ids, by=ctx.actor.person)
    old = {"state": "open", "closed_at": None, "closed_by_id": None}
    new = {"state": "closed", "closed_at": ctx.at, "closed_by_id": ctx.actor.person}
    ctx.record("parcel.closed", "parcel", [Fact(id, id, old, new) for id in ids])


def mark_committed(ctx: Context, entries: Mapping[int, Mapping[str, Any]]) -> None:
    """Say of locked closed parcels (id -> what the event says) that they are in the archive."""
    ctx.fetch(SQL.commit, ids=sorted(entries))
    old, new = {"state": "closed"}, {"state": "committed"}
    ctx.record("parcel.committed", "parcel", [Fact(id, id, old, new, says) for id, says in sorted(entries.items())])


def name_content(ctx: Context, sizes: Mapping[str, int]) -> None:
    """Name content that lies in the store (sha256 -> size), so that it counts as used."""
    ctx.fetch(SQL.insert_blobs, sha256=list(sizes), size=list(sizes.values()))


def empty_personal(ctx: Context, values: Sequence[int], documents: Sequence[int]) -> None:
    """Empty index values, and names and search words of documents, sealed or not; the event says that, not what it was."""
    ctx.fetch(SQL.open_for_erasure)
    emptied = ctx.fetch(SQL.erase_values, ids=list(values))
    renamed = ctx.fetch(SQL.erase_names, ids=list(documents))
    ctx.fetch(SQL.refresh_labels, parcels=sorted({row.parcel_id for row in [*emptied, *renamed]}))
    ctx.record("document.erased", "index_value", [Fact(row.id, row.parcel_id, new={"value": ""}) for row in emptied])
    ctx.record("document.erased", "document", [Fact(row.id, row.parcel_id, new={"name": ""}) for row in renamed])


def empty_words(ctx: Context, documents: Sequence[int]) -> None:
    """Take the words on the pages of documents out of the search."""
    ctx.fetch(SQL.note_words, document=list(documents), body=["" for _ in documents])
