"""Rows for the growth test of each command of the archive."""

from collections.abc import Sequence
from typing import Any

from orderway.archive.commands.commit import EnterParcel, SetFormat
from orderway.archive.commands.erase import Erase
from orderway.archive.commands.root import TakeRoot
from orderway.documents.commands import AddDocument, OpenParcel
from orderway.documents.store import store
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run


def filled(shop: Any, n: int) -> list[int]:
    """n open parcels with a mail each."""
    ids = run("documents.open_parcel", shop.manager, [OpenParcel("growing")] * n).done
    kept = store().keep(shop.company, b"Please send flyers.")
    rows = [AddDocument(id, kept.sha256, "text/plain", "Order mail", "mail") for id in ids]
    assert run("documents.add", shop.manager, rows).ok
    return list(ids)


def closed(shop: Any, n: int) -> list[int]:
    """n parcels on their way to the archive."""
    return list(run("archive.commit", shop.manager, [Ref(id) for id in filled(shop, n)]).done)


def archived(shop: Any, n: int) -> list[int]:
    """n parcels in the archive."""
    rows = [EnterParcel(id, "original") for id in closed(shop, n)]
    return list(run("archive.enter", system_actor(shop.company), rows).done)


def _names(shop: Any, n: int) -> list[Erase]:
    return [Erase("name", _document(shop, parcel), "request") for parcel in archived(shop, n)]


def _document(shop: Any, parcel: int) -> int:
    return int(ask("documents.in_parcel", shop.manager, id=parcel)[0].id)


def _roots(shop: Any, n: int) -> Sequence[TakeRoot]:
    archived(shop, n)
    return [TakeRoot()] * n


CASES = {
    "archive.set_formats": lambda _, n: [SetFormat(f"kind {i}", "tiff") for i in range(n)],
    "archive.commit": lambda shop, n: [Ref(id) for id in filled(shop, n)],
    "archive.enter": lambda shop, n: [EnterParcel(id, "original") for id in closed(shop, n)],
    "archive.root": _roots,
    "archive.erase": _names,
}
