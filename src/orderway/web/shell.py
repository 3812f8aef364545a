"""What stands around every page: navigation by what the person may use, their company, the address of live news."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderway.kernel.access import Actor
from orderway.kernel.registry import commands, queries
from orderway.kernel.running import ask, can

from .live import address
from .respond import new_key


class Place(NamedTuple):
    """A page of the side bar. It shows when its address exists and the person holds `needs`."""

    key: str
    label: str | Promise
    icon: str
    url: str
    needs: str


PLACES = (
    Place("inbox", _("Inbox"), "inbox", "/inbox", "capture.inbox"),
    Place("work", _("Work"), "checklist", "/work", "workflow.work"),
    Place("start", _("Start"), "player-play", "/start", "workflow.start"),
    Place("absences", _("Absences"), "calendar-x", "/absences", "people.absences"),
    Place("orders", _("Orders"), "file-invoice", "/orders", "orders.list"),
    Place("counter", _("Counter"), "cash-register", "/counter", "billing.sell"),
    Place("customers", _("Customers"), "users", "/customers", "parties.list"),
    Place("items", _("Items"), "tag", "/items", "catalog.items"),
    Place("stock", _("Stock"), "packages", "/stock", "stock.levels"),
    Place("production", _("Production"), "printer", "/production", "production.unscheduled"),
    Place("shipping", _("Shipping"), "truck-delivery", "/shipping", "fulfilment.shipments"),
    Place("billing", _("Billing"), "receipt-euro", "/billing", "billing.invoices"),
    Place("archive", _("Archive"), "archive", "/archive", "documents.search"),
    Place("insight", _("Reports"), "chart-histogram", "/reports", "orders.list"),
    Place("maps", _("Maps"), "sitemap", "/maps", "workflow.maps"),
    Place("rules", _("Rules"), "table", "/rules", "decisions.tables"),
    Place("control", _("Control centre"), "settings", "/control", "workflow.maps"),
    Place("tour", _("Tour"), "route", "/tour", "orders.list"),
)
Count = Callable[[Actor], tuple[int, int]]
COUNTS: dict[str, Count] = {}


def counted(key: str) -> Callable[[Count], Count]:
    """Register what counts a place of the side bar: how many wait there, and how many of these are late."""

    def register(count: Count) -> Count:
        COUNTS[key] = count
        return count

    return register


def most(count: int | None) -> int:
    """A count for the side bar: exact to 1,000."""
    return 1_000 if count is None else min(count, 1_000)


@cache
def exists(url: str) -> bool:
    """Whether a page stands at an address."""
    try:
        resolve(url)
    except Resolver404:
        return False
    return True


def places(actor: Actor) -> list[Place]:
    """The places of the side bar this person may use."""
    known = [place for place in PLACES if place.needs in queries or place.needs in commands]
    return [place for place in known if can(actor, place.needs) and exists(place.url)]


def bell(actor: Actor) -> dict[str, Any]:
    """The bell of every page: how much is new for this person, and where it stands."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("people.notices", {"unseen": True}),
        ("people.exceptions", {}),
        ("mail.list", {"direction": "out", "state": "failed"}),
    )
    mine = [
        (name, given)
        for name, given in asked
        if can(actor, name) and (name != "mail.list" or can(actor, "mail.resend"))
    ]
    return {
        "count": most(sum(most(ask(name, actor, size=1, **given).count) for name, given in mine)),
        "url": "/notices",
    }


def _entry(place: Place, actor: Actor, path: str) -> dict[str, Any]:
    count, late = COUNTS[place.key](actor) if place.key in COUNTS else (0, 0)
    active = path == place.url or path.startswith(f"{place.url}/")
    return {
        "key": place.key,
        "label": place.label,
        "icon": place.icon,
        "url": place.url,
        "count": count,
        "late": late,
        "active": active,
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """What base.html asks for; `idempotency_key` and `action_key` for the forms of the page; `currency` of the company."""
    actor = getattr(request, "actor", None)
    keys = {"idempotency_key": new_key(), "action_key": new_key()}
    if actor is None:
        return {"nav": [], "acting": None, **keys}
    here = request.workplace  # type: ignore[attr-defined]
    return {
        "nav": [_entry(place, actor, request.path) for place in places(actor)],
        "acting": actor,
        "company": {"name": here.name},
        "companies": [
            {"name": one.name, "url": f"/account/company/{one.id}", "current": one.id == here.id}
            for one in request.workplaces  # type: ignore[attr-defined]
        ],
        "currency": here.currency,
        "notices": bell(actor),
        "live_url": address(actor.company_id),
        **keys,
    }
