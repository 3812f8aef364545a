"""A small archive for the tests: twelve entries, four roots, one order's parcel with a supplement and an erasure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from orderway.archive.chain import Entry, RootRecord, entry_hash, entry_leaf, head, linked, manifest_digest
from orderway.archive.evidence import Sealed, evidence_pack
from orderway.archive.manifest import (
    Erased,
    IndexValue,
    Manifest,
    Paper,
    Personal,
    erasure_bytes,
    manifest_bytes,
    openings,
)
from orderway.archive.tree import NodeHash, nodes_of, root

COMPANY = "muster-druck"
START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
INVOICE = b"%PDF-1.7 Rechnung RE-2026-0042 brutto 1190,00 EUR %%EOF"
LETTER = b"Von: Erika Beispiel\nBitte 500 Flyer, 4/4-farbig.\n"
CREDIT = b"%PDF-1.7 Gutschrift GU-2026-0007 brutto 119,00 EUR %%EOF"


def personal(value: str) -> Personal:
    """A personal text with a salt that is the same in every run, so that packs can be compared."""
    return Personal(value, sha256(b"salt of " + value.encode()).digest())


def paper(file: str, kind: str, content: bytes, name: str) -> Paper:
    """A paper as it is sealed when received or issued, by Paula Prüfer."""
    return Paper(
        file=file,
        name=personal(name),
        kind=kind,
        version=1,
        media_type="application/pdf" if file.endswith("pdf") else "message/rfc822",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        sealed_at=START - timedelta(days=1),
        sealed_by=personal("Paula Prüfer"),
        index=(IndexValue("customer", personal("Erika Beispiel"), "rule"), IndexValue("total", "1190.00", "manual")),
    )


def parcel(number: str, papers: list[Paper], supplement_of: bytes = b"") -> Manifest:
    """A parcel of the order SO-2026-0042, or of any other one."""
    return Manifest(
        company=COMPANY,
        parcel=number,
        kind="order",
        archive_format="pdfa",
        subject="order SO-2026-0042",
        committed_at=START,
        committed_by=personal("Paula Prüfer"),
        papers=papers,
        index=(IndexValue("order", "SO-2026-0042", "rule"),),
        supplement_of=supplement_of,
    )


@dataclass(frozen=True)
class Archive:
    """The company's whole archive, as rows would hold it."""

    entries: list[Entry]
    hashes: list[bytes]
    roots: list[RootRecord]
    node: NodeHash
    sealed: list[Sealed]

    @property
    def pack(self) -> bytes:
        """The evidence pack of the order: parcel, supplement, erasure."""
        return evidence_pack(self.sealed, self.roots, self.node)


def archive(erase: bool = True) -> Archive:
    """The archive; with `erase`, Erika's mail and her name in the first parcel were erased afterwards (entry 10)."""
    entries: list[Entry] = []

    def seal(kind: Literal["parcel", "erasure"], manifest: bytes) -> Entry:
        previous = entry_hash(entries[-1]) if entries else bytes(32)
        at = START + timedelta(days=len(entries))
        entries.extend(linked(COMPANY, at, [(kind, manifest_digest(manifest))], start=len(entries), previous=previous))
        return entries[-1]

    def others(count: int) -> None:
        for _ in range(count):
            seal("parcel", b"another order's manifest %d" % len(entries))

    others(3)
    first = parcel(
        "P-42",
        [
            paper("001-mail.eml", "mail", LETTER, "Anfrage Erika Beispiel"),
            paper("002-invoice.pdf", "invoice", INVOICE, "Rechnung"),
        ],
    )
    one = seal("parcel", manifest_bytes(first))
    others(3)
    second = parcel("P-42/1", [paper("001-credit_note.pdf", "credit_note", CREDIT, "Gutschrift")], entry_hash(one))
    two = seal("parcel", manifest_bytes(second))
    sealed = [
        Sealed(one, manifest_bytes(first), openings(first), {"001-mail.eml": LETTER, "002-invoice.pdf": INVOICE}),
        Sealed(two, manifest_bytes(second), openings(second), {"001-credit_note.pdf": CREDIT}),
    ]
    others(2)
    if erase:
        sealed = erased(sealed, seal)
    others(12 - len(entries))
    return rooted(entries, sealed)


def erased(sealed: list[Sealed], seal: Callable[[Literal["parcel", "erasure"], bytes], Entry]) -> list[Sealed]:
    """Deletes Erika's mail and name from the first parcel, and seals the erasure."""
    first = sealed[0]
    kept = {path: text for path, text in first.openings.items() if "Erika" not in text.value}
    gone = [Erased(entry_hash(first.entry), "field", path) for path in first.openings if path not in kept]
    gone.append(Erased(entry_hash(first.entry), "paper", "001-mail.eml"))
    manifest = erasure_bytes(COMPANY, START, "data protection office", "GDPR Article 17", gone)
    papers = {name: data for name, data in first.papers.items() if name != "001-mail.eml"}
    return [Sealed(first.entry, first.manifest, kept, papers), *sealed[1:], Sealed(seal("erasure", manifest), manifest)]


def rooted(entries: list[Entry], sealed: list[Sealed]) -> Archive:
    """Takes a root after 2, 5, 9 and all entries."""
    hashes = [entry_hash(entry) for entry in entries]
    node = nodes_of([entry_leaf(each) for each in hashes])
    roots: list[RootRecord] = []
    for number, size in enumerate((2, 5, 9, len(entries)), 1):
        previous = head(roots[-1]) if roots else bytes(32)
        at = START + timedelta(days=size, hours=6)
        roots.append(RootRecord(COMPANY, number, at, size, root(size, node), previous))
    return Archive(entries, hashes, roots, node, sealed)
