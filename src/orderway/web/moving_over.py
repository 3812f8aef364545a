"""Moving the orders that are on their way over to the latest version of their map."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.kernel.outcome import Outcome

from .publishing import title_of
from .respond import do, need, page, read, show, tell

STAY = ""


@page
def move_over(request: HttpRequest, key: str) -> HttpResponse:
    """Who goes by an older version and where they stand; they move over, a place that has gone is named first."""
    need(request, "workflow.move_over")
    places = read(request, "workflow.behind", key=key)
    here = reverse("map-versions", args=[key])
    if request.method == "POST":
        rows = _rows(request, places)
        outcome = do(request, "workflow.move_over", rows, partial=True) if rows else Outcome()
        n = len(outcome.done)
        said = ngettext("%(n)d goes on by the new version.", "%(n)d go on by the new version.", n) % {"n": n}
        tell(request, outcome, said)
        return HttpResponseRedirect(here)
    return show(
        request,
        "maps/move_over.html",
        title=_("Move over to the latest version"),
        sub=title_of(request, key),
        back_url=here,
        places=places,
        fieldsets=[{"title": "", "fields": [_field(place) for place in places], "one_column": True}],
        save_label=_("Move over"),
        cancel_url=here,
    )


def _name(place: Any) -> str:
    return f"place-{place.number}-{place.node}"


def _field(place: Any) -> dict[str, Any]:
    said = {"version": place.number, "name": place.name, "n": place.instances}
    stay = {"value": STAY, "label": _("These stay on their version")}
    return {
        "name": _name(place),
        "label": (
            _("Version %(version)s, %(name)s: %(n)s")
            if place.stands
            else _("Version %(version)s, %(name)s, where somebody is still to agree: %(n)s")
        )
        % said,
        "kind": "select",
        "value": place.node if place.fits else STAY,
        "choices": [stay, *({"value": node, "label": name} for node, name in place.choices)],
        "hint": ""
        if place.fits
        else _("The latest version has no such step. Choose where they go on, or let them stay."),
    }


def _rows(request: HttpRequest, places: Sequence[Any]) -> list[dict[str, Any]]:
    """One row an instance all of whose places have one in the latest version."""
    nodes: dict[int, dict[str, str]] = {}
    staying: set[int] = set()
    for place in places:
        chosen = request.POST.get(_name(place), STAY)
        if chosen == STAY:
            staying.update(place.ids)
        for id in place.ids:
            nodes.setdefault(id, {})[place.node] = chosen
    return [{"id": id, "nodes": where} for id, where in nodes.items() if id not in staying]


urls = [path("maps/<mapkey:key>/move-over", move_over, name="map-move-over")]
