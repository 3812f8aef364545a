"""The tour of promises: what Orderway promises, each with the place where it can be seen with the data that is here now."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .respond import may, page, read, show
from .simulated_day import is_demo

Find = Callable[[HttpRequest], str | None]


class Shown(NamedTuple):
    """A promise by its ids in the catalogue, in words, with what a person needs to see it and how the place is found."""

    ids: str
    words: str | Words
    needs: str
    find: Find


class Part(NamedTuple):
    """A part of the tour."""

    title: str | Words
    shown: tuple[Shown, ...]


def _first(query: str, name: str, column: str = "id", more: str = "", **given: Any) -> Find:
    """The page `name` of the first row of a query; None when there is none yet."""

    def find(request: HttpRequest) -> str | None:
        rows = read(request, query, **given)
        row = next(iter(getattr(rows, "rows", rows)), None)
        return None if row is None else reverse(name, args=[getattr(row, column)]) + more

    return find


def _page(name: str, more: str = "") -> Find:
    return lambda _request: reverse(name) + more


_ORDER: Mapping[str, Any] = {"which": "all", "size": 1}

PARTS: tuple[Part, ...] = (
    Part(
        lazy("Orders come in"),
        (
            Shown(
                "SE-06 SP-01",
                lazy("Who stands at the counter takes the goods along: order, invoice and money in one act."),
                "billing.sell",
                _page("counter"),
            ),
            Shown(
                "DX-14 DX-16",
                lazy("Mails, files and EDI wait in one inbox, each with its raw input."),
                "capture.inbox",
                _page("inbox"),
            ),
            Shown(
                "SE-08 DX-19",
                lazy("What was read stands beside the page; doubts come first."),
                "capture.inbox",
                _first("capture.inbox", "intake", state="all", size=1),
            ),
            Shown(
                "DX-17",
                lazy("Scans and files are taken in by button or by dragging."),
                "capture.receive",
                _page("inbox-upload"),
            ),
            Shown(
                "SP-02 SE-07",
                lazy("An order is typed or pasted from a sheet, with price and promise at once."),
                "orders.place",
                _page("new-order"),
            ),
        ),
    ),
    Part(
        lazy("Orders go through the house"),
        (
            Shown(
                "SP-15",
                lazy("What stands in the way is one list, each with its cause and what may be done."),
                "capture.exceptions",
                _page("exceptions"),
            ),
            Shown(
                "DX-01 SE-48",
                lazy("One page shows where an order is and has been."),
                "orders.list",
                _first("orders.list", "order", **_ORDER),
            ),
            Shown(
                "DX-32",
                lazy("Active and archived orders stand in one list with one switch."),
                "orders.list",
                _page("orders", "?which=all"),
            ),
            Shown(
                "DX-37 CF-30",
                lazy("The workflow is a drawn map with live counts on each step."),
                "workflow.maps",
                _first("workflow.maps", "map", "key"),
            ),
            Shown(
                "DX-03 DX-07",
                lazy("Each role has its work list, the most urgent first, late ones red."),
                "workflow.work",
                _page("work"),
            ),
            Shown(
                "DX-25 DX-27 DX-28",
                lazy("Approvals, check items and sending back with a reason come from the map."),
                "workflow.work",
                _page("work-table"),
            ),
            Shown(
                "DX-21 SE-17",
                lazy(
                    "Tables say who gets which work and how urgent it is; under Why? the order names the rule that hit."
                ),
                "decisions.tables",
                _first("decisions.tables", "rule", "key"),
            ),
        ),
    ),
    Part(
        lazy("Goods are made and sent"),
        (
            Shown(
                "DX-22 DX-24",
                lazy("The order form for print calculates the job and makes its papers."),
                "production.progress",
                _first("production.progress", "order-production", "order_id", size=1),
            ),
            Shown(
                "DX-29",
                lazy("Job tickets are placed on machines and days; nothing overlaps."),
                "production.plan_of_days",
                _page("production-plan"),
            ),
            Shown(
                "DX-30",
                lazy("Progress is seen by order, with waste and lateness."),
                "production.progress",
                _page("production-progress"),
            ),
            Shown(
                "SP-14",
                lazy("Who waits for goods is served by class, and nobody waits for ever."),
                "orders.queue",
                _page("stock-queue"),
            ),
            Shown("SE-20", lazy("Stock is known by place, promised and free."), "stock.levels", _page("stock")),
            Shown(
                "SE-23",
                lazy("Picking by phone refuses the wrong item at once and keeps a short pick."),
                "fulfilment.pick",
                _page("shipping", "?state=open"),
            ),
            Shown(
                "SE-24 SE-25",
                lazy("Packages have weights and contents; the delivery note is the shipped lines."),
                "fulfilment.shipments",
                _first("fulfilment.shipments", "shipment", state="delivered", size=1),
            ),
        ),
    ),
    Part(
        lazy("Money comes in"),
        (
            Shown(
                "DX-26 SE-36",
                lazy("Invoices are issued in bulk after a dry run; their numbers have no gap."),
                "billing.to_invoice",
                _page("billing"),
            ),
            Shown(
                "DX-12 DX-13",
                lazy("An invoice shows lines, deductions and payments."),
                "billing.invoices",
                _first("billing.invoices", "invoice", size=1),
            ),
            Shown("SE-38", lazy("Open items stand by age, overdue ones red."), "billing.ageing", _page("open-items")),
        ),
    ),
    Part(
        lazy("Everything can be found and proven"),
        (
            Shown(
                "DX-08", lazy("One search box finds any paper by any word on it."), "documents.search", _page("archive")
            ),
            Shown(
                "DX-38",
                lazy("Each paper has its versions: who, when, sealed or not."),
                "documents.search",
                _first("documents.search", "document", size=1),
            ),
            Shown(
                "DX-33",
                lazy("Reports hold active and archived from one moment, as CSV, Excel or PDF."),
                "orders.list",
                _page("reports"),
            ),
        ),
    ),
)


@page
def tour(request: HttpRequest) -> HttpResponse:
    """Every promise with the place where it shows; what this person may not see, or has no data yet, says so."""
    parts = [{"title": part.title, "shown": [_entry(request, one) for one in part.shown]} for part in PARTS]
    days = is_demo() and may(request, "orders.place")
    return show(
        request,
        "tour/page.html",
        title=_("Tour"),
        sub=_("what Orderway promises, and where it shows"),
        parts=parts,
        actions=[{"label": _("Simulate a day"), "url": reverse("simulated-day"), "icon": "player-play"}]
        if days
        else [],
    )


def _entry(request: HttpRequest, one: Shown) -> dict[str, Any]:
    if not may(request, one.needs):
        return {"ids": one.ids, "words": one.words, "why": _("Your roles do not include this.")}
    url = one.find(request)
    return {"ids": one.ids, "words": one.words, "url": url, "why": "" if url else _("There is no data for it yet.")}


urls = [path("tour", tour, name="tour")]
