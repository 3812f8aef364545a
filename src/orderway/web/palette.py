"""Ctrl-K: orders, customers, items, papers, pages and commands in one box."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .respond import actor, may, page, read
from .shell import places
from .templatetags.ui import money
from .words import KINDS, PAPERS, STATES

EACH = 5
# what a command is called, the page that does it, and the command it needs
COMMANDS: Sequence[tuple[str | Promise, str, str]] = (
    (lazy("New order"), "/orders/new", "orders.place"),
    (lazy("New customer"), "/customers/new", "parties.take_on"),
    (lazy("New item"), "/items/new", "catalog.add_items"),
    (lazy("Receive goods"), "/stock/move", "stock.move"),
    (lazy("Back-orders"), "/stock/queue", "orders.queue"),
    (lazy("Exceptions"), "/exceptions", "capture.exceptions"),
)


def _hit(kind: str, title: Any, detail: Any, url: str) -> dict[str, str]:
    return {"kind": kind, "title": str(title), "detail": str(detail), "url": url}


def _found(request: HttpRequest, words: str) -> list[dict[str, str]]:
    hits = []
    if may(request, "orders.list"):
        rows = read(request, "orders.list", search=words, which="all", size=EACH).rows
        state = {row.id: STATES.get(row.state, row.state) for row in rows}
        hits += [
            _hit(
                _("Orders"),
                row.number,
                f"{row.customer}, {state[row.id]}, {money(row.net, row.currency)}",
                f"/orders/{row.id}",
            )
            for row in rows
        ]
    if may(request, "parties.list"):
        rows = read(request, "parties.list", search=words, size=EACH).rows
        hits += [_hit(_("Customers"), row.name, f"{row.number}, {row.city}", f"/customers/{row.id}") for row in rows]
    if may(request, "catalog.items"):
        rows = read(request, "catalog.items", search=words, size=EACH).rows
        hits += [
            _hit(_("Items"), row.number, f"{row.name}, {KINDS.get(row.kind, row.kind)}", f"/items/{row.id}")
            for row in rows
        ]
    if may(request, "documents.search"):
        rows = read(request, "documents.search", words=words, size=EACH).rows
        hits += [
            _hit(_("Papers"), row.name, f"{PAPERS.get(row.kind, row.kind)}, {row.parcel}", f"/documents/{row.id}")
            for row in rows
        ]
    return hits


def _named(request: HttpRequest, words: str) -> list[dict[str, str]]:
    """Commands and pages whose name holds the words; all of them while nothing is typed."""
    wanted = words.casefold()
    commands = [(label, url) for label, url, needs in COMMANDS if may(request, needs)]
    hits = [_hit(_("Commands"), label, "", url) for label, url in commands if wanted in str(label).casefold()]
    pages = [place for place in places(actor(request)) if wanted in str(place.label).casefold()]
    return hits + [_hit(_("Pages"), place.label, "", place.url) for place in pages]


@page
def palette(request: HttpRequest) -> HttpResponse:
    """What fits `q`, as the palette's script asks for it."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = _found(request, words) if len(words) > 1 else []
    # who types the name of a command or page means it, also when a paper happens to hold these words
    return JsonResponse([*_named(request, words), *found], safe=False)


urls = [path("palette", palette, name="palette")]
