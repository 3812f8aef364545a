"""Erasure (GDPR Article 17): personal texts and papers go, the chain stays whole and says what went and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from orderway.archive import chain
from orderway.archive.manifest import Erased, erasure_bytes
from orderway.archive.rules import RETAINED
from orderway.documents import closing
from orderway.documents.store import store
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from .commit import chain_end, insert_entries

SQL = statements("archive", "erase")
subject("archive_entry", "archive_entry")
WHATS = ("value", "name", "paper", "person")


@dataclass(frozen=True)
class Erase:
    """What to erase from the archive: an index value, a document's name, the paper of a version, or a person's name
    as the one who sealed; by its id. `reason` names the law or the request, not the person: it stays for ever."""

    what: str
    id: int
    reason: str


@command("archive.erase", row=Erase, roles=["administrator"])
def erase(ctx: Context, rows: Sequence[Erase]) -> Outcome:
    """Erase personal data from committed parcels for good; papers that tax law keeps are refused (`retained`)."""
    versions = [row.id for row in rows if row.what == "paper"]
    kinds = {row.id: row for row in ctx.fetch(SQL.kinds, versions=versions)}
    refused = [refusal for index, row in enumerate(rows) if (refusal := _kept(index, row, kinds))]
    out = {refusal.subject for refusal in refused}
    accepted = [row for index, row in enumerate(rows) if index not in out]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    texts = {"what": [row.what for row in accepted], "of": [row.id for row in accepted]}
    opened = ctx.fetch(SQL.lock_openings, **texts)
    papers = ctx.fetch(SQL.lock_papers, **texts, versions=[row.id for row in accepted if row.what == "paper"])
    if not opened and not papers:
        return Outcome(refused=refused)
    _empty(ctx, accepted, [kinds[row.id].document_id for row in accepted if row.what == "paper"])
    return Outcome([_seal(ctx, accepted, opened, papers)] * len(accepted), refused)


def _kept(index: int, row: Erase, kinds: dict[int, Any]) -> Refusal | None:
    if row.what not in WHATS:
        return Refusal("unknown-kind", index, {"kind": row.what, "allowed": list(WHATS)})
    if not row.reason.strip():
        return Refusal("reason-missing", index)
    if row.what == "paper" and row.id not in kinds:
        return Refusal("unknown-document", index, {"version": row.id})
    if row.what == "paper" and kinds[row.id].kind in RETAINED:
        return Refusal("retained", index, {"kind": kinds[row.id].kind})
    return None


def _empty(ctx: Context, rows: Sequence[Erase], read: Sequence[int]) -> None:
    """In the living rows too: values and names emptied, and the words of erased papers out of the search."""
    values = [row.id for row in rows if row.what == "value"]
    closing.empty_personal(ctx, values, [row.id for row in rows if row.what == "name"])
    closing.empty_words(ctx, sorted(set(read)))


def _seal(ctx: Context, rows: Sequence[Erase], opened: Sequence[Any], papers: Sequence[Any]) -> int:
    gone = [Erased(row.hash, "field", row.path) for row in opened]
    gone += [Erased(row.hash, "paper", row.file) for row in papers]
    company, by = str(ctx.actor.company_id), f"person {ctx.actor.on_behalf_of or ctx.actor.id}"
    reason = "; ".join(dict.fromkeys(row.reason.strip() for row in rows))
    manifest = erasure_bytes(company, ctx.at, by, reason, gone)
    ctx.fetch(SQL.delete_openings, ids=[row.id for row in opened])
    ctx.fetch(SQL.mark_erased, ids=[row.id for row in papers])
    start, previous = chain_end(ctx, 1)
    entries = chain.linked(
        company, ctx.at, [("erasure", chain.manifest_digest(manifest))], start=start, previous=previous
    )
    (entry,) = insert_entries(ctx, entries, [manifest], [None])
    touched = sorted({row.entry_id for row in [*opened, *papers]})
    ctx.fetch(SQL.insert_erasures, erasure=entry, entries=touched)
    says = {"reason": reason, "texts": len(opened), "papers": len(papers)}
    ctx.record("archive.erased", "archive_entry", [Fact(entry, entry, says=says)])
    _forget(ctx, {row.sha256 for row in papers})
    return entry


def _forget(ctx: Context, digests: set[str]) -> None:
    """Remove content that nothing needs any more, once the erasure itself is durable."""
    used = {row.sha256 for row in ctx.fetch(SQL.still_used, sha256=sorted(digests))}
    company = ctx.actor.company_id

    def remove() -> None:
        for digest in sorted(digests - used):
            store().forget(company, digest)

    if not ctx.dry:
        transaction.on_commit(remove)
