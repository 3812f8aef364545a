"""One's own views of lists: keeping the filters of a page under a name, and dropping them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .fields import refusals
from .respond import do, may, own_address, page, read, read_if, show, tell

NOT_KEPT = ("after", "size", "view")


def kept(request: HttpRequest) -> list[dict[str, Any]]:
    """The views one keeps of this page, as tabs: {id, label, url, current}."""
    asked = _plain(request.GET.urlencode())
    return [
        {
            "id": row.id,
            "label": row.name,
            "url": f"{request.path}?{row.question}",
            "current": bool(row.question) and _plain(row.question) == asked,
        }
        for row in read_if(request, "people.views", page=request.path) or ()
    ]


def keep_url(request: HttpRequest) -> str:
    """Where to keep what is asked for now; nothing where nothing is asked for."""
    question = _plain(request.GET.urlencode())
    if not question or not may(request, "people.keep_view"):
        return ""
    return f"{reverse('keep-view')}?{urlencode({'page': request.path, 'question': urlencode(question)})}"


def _plain(question: str) -> Sequence[tuple[str, str]]:
    return sorted((key, value) for key, value in parse_qsl(question) if key not in NOT_KEPT)


@page
def keep(request: HttpRequest) -> HttpResponse:
    """Name the list as it is now."""
    where = {name: request.GET.get(name, "") for name in ("page", "question")}
    back = own_address(f"{where['page']}?{where['question']}", "/")
    problems: Sequence[str] = ()
    if request.method == "POST":
        outcome = do(request, "people.keep_view", [{**where, "name": request.POST.get("name", "")}])
        if outcome.done:
            tell(request, outcome, _("View kept."))
            return redirect(back)
        problems = refusals(outcome)
    name = {
        "name": "name",
        "label": _("What it is called"),
        "value": request.POST.get("name", ""),
        "required": True,
        "autofocus": True,
        "hint": _(
            "It stands beside the views of this list, for you alone. The same name takes the place of the earlier view."
        ),
    }
    return show(
        request,
        "views/keep.html",
        status=422 if problems else 200,
        title=_("Keep this view"),
        back_url=back,
        cancel_url=back,
        save_label=_("Keep"),
        problems=problems,
        fieldsets=[{"fields": [name], "one_column": True}],
        mine=[{"id": row.id, "name": row.name} for row in read(request, "people.views", page=where["page"])],
    )


@page
@require_POST
def drop(request: HttpRequest, id: int) -> HttpResponse:
    """Drop one view."""
    tell(request, do(request, "people.drop_views", [{"id": id}]), _("View dropped."))
    return redirect(own_address(request.POST.get("back", ""), "/"))


urls = [
    path("views/keep", keep, name="keep-view"),
    path("views/<int:id>/drop", drop, name="drop-view"),
]
