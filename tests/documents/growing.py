"""Rows for the growth test of each command of the documents."""

from typing import Any

from orderway.documents.commands import AddDocument, IndexDocument, LinkDocument, NoteWords, OpenParcel
from orderway.documents.printing import FilePaper
from orderway.documents.store import store
from orderway.kernel.registry import Ref
from orderway.kernel.running import run


def parcels(shop: Any, n: int) -> list[int]:
    """n open parcels."""
    return list(run("documents.open_parcel", shop.manager, [OpenParcel("growing")] * n).done)


def papers(shop: Any, n: int) -> list[AddDocument]:
    """A paper for each of n open parcels, linked to a subject."""
    kept = store().keep(shop.company, b"Please send flyers.")
    return [
        AddDocument(id, kept.sha256, "text/plain", "Order mail", "mail", subject_type="order", subject_id=id)
        for id in parcels(shop, n)
    ]


def documents(shop: Any, n: int) -> list[int]:
    """n documents, each in a parcel of its own."""
    return list(run("documents.add", shop.manager, papers(shop, n)).done)


CASES = {
    "documents.open_parcel": lambda _, n: [OpenParcel("growing")] * n,
    "documents.add": papers,
    "documents.file_papers": lambda shop, n: [
        FilePaper(row.parcel, "worksheet", "paper.pdf", row.sha256, "order", row.parcel) for row in papers(shop, n)
    ],
    "documents.link": lambda shop, n: [LinkDocument(id, "order", 1) for id in documents(shop, n)],
    "documents.index": lambda shop, n: [IndexDocument(id, "customer", "10001") for id in parcels(shop, n)],
    "documents.seal": lambda shop, n: [Ref(id) for id in documents(shop, n)],
    "documents.note_words": lambda shop, n: [NoteWords(id, "Please send flyers.") for id in documents(shop, n)],
}
