"""From what happened to trying a change on it: the address of a trial of exactly these cases, and how the trial says which they are."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .listing import address, column
from .respond import may, read

NARROWED = ("ended", "ran_by", "variant", "node", "again_at")  # what names the cases of a trial, beside its days
TRY = column("try", lazy("Try"), narrow="foot")


def may_try(request: HttpRequest, question: Any) -> bool:
    """Whether whoever asks may draw, and any of these ended cases began with this map (what another map calls goes with that one)."""
    return may(request, "workflow.save_draft") and read(request, "workflow.to_try", **_cases(question)).subjects > 0


def _cases(question: Any, **narrower: str) -> dict[str, Any]:
    """The same cases as a trial asks for them."""
    again = getattr(question, "again", None)
    given = {"variant": question.variant, "node": getattr(question, "node", None), "again_at": again, **narrower}
    days = {"since": question.since, "until": question.until}
    return {"map": question.map, "ended": True, **days, "ran_by": question.version, **given}


def try_url(question: Any, **narrower: str) -> str:
    """A trial of the draft on the cases of a question about what happened, or on a part of them."""
    given = {name: value for name, value in _cases(question, **narrower).items() if value is not None}
    key = given.pop("map")
    return f"{reverse('map-try', args=[key])}?{urlencode(given | {'ended': 'true'})}"


def try_cell(question: Any, **narrower: str) -> dict[str, str]:
    """The cell of a row that leads to the trial of its cases."""
    return {"text": _("Try a change"), "url": try_url(question, **narrower), "link_class": "link"}


def kept(request: HttpRequest) -> list[dict[str, str]]:
    """What names the cases, for a form that asks for other days."""
    return [{"name": name, "value": value} for name in NARROWED if (value := request.GET.get(name, ""))]


def chips(request: HttpRequest, names: Mapping[tuple[str, str], str], key: str) -> Sequence[dict[str, Any]]:
    """Which cases are tried, each condition to be taken out."""
    said = {name: request.GET.get(name, "") for name in NARROWED}
    words = {
        "ran_by": (_("Ran by version"), said["ran_by"]),
        "variant": (_("Way"), said["variant"][:8]),
        "node": (_("Through"), names.get((key, said["node"])) or said["node"]),
        "again_at": (_("More than once"), names.get((key, said["again_at"])) or said["again_at"]),
        "ended": (_("Cases"), _("that have ended") if said["ended"] else ""),
    }
    return [
        {"name": name, "value": value, "remove_url": address(request, **{at: None, "now": None})}
        for at, (name, value) in words.items()
        if value
    ]
