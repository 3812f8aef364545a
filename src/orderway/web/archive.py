"""The archive's pages: one search box over every paper and index value, with a preview; evidence for a stranger."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from .documents import preview
from .listing import address, many, pager
from .respond import asked, found, may, page, read, show
from .templatetags.ui import moment
from .words import PAPERS


def sets() -> dict[str, str]:
    """What is searched: papers still in work, archived ones, or all."""
    return {"all": _("All"), "active": _("Active"), "archived": _("Archived")}


def kinds() -> dict[str, str]:
    """Kinds of papers in words."""
    return {kind: str(words) for kind, words in PAPERS.items()}


@page
def search(request: HttpRequest) -> HttpResponse:
    """Papers that hold all the words asked for, and one of them beside the list."""
    question = asked(request, "documents.search")
    hits = read(request, "documents.search", question)
    chosen = next((hit for hit in hits.rows if str(hit.id) == request.GET.get("open")), None)
    shown = chosen or (hits.rows[0] if hits.rows else None)
    words = {"text": _("Nothing was found. Every paper of an order or message can be found by the words on it.")}
    return show(
        request,
        "archive/search.html",
        panes="two",
        title=_("Archive"),
        sub=_("%(n)s papers") % {"n": many(hits.count)},
        choices=[
            {"label": label, "url": address(request, which=key, open=None), "current": key == question.which}
            for key, label in sets().items()
        ],
        search={
            "value": question.words,
            "label": _("Words on a paper, a number, a name"),
            "other_params": _others(request),
        },
        items=[_hit(request, hit, shown) for hit in hits.rows],
        open=bool(chosen),
        back_url=address(request, open=None),
        hit=shown,
        preview=preview(shown.id, shown) if shown else {},
        filters=_filters(request, question),
        filter_choices=[{"label": _("Kind"), "choices": _kind_choices(request, question.kind)}],
        evidence_url=_evidence_url(request, shown),
        empty=words,
        pager=pager(request, hits, question.after, question.size, open=None),
        live="archive papers",
    )


def _others(request: HttpRequest) -> list[dict[str, str]]:
    return [
        {"name": key, "value": str(value)} for key, value in request.GET.items() if key in ("which", "kind") and value
    ]


def _filters(request: HttpRequest, question: Any) -> list[dict[str, str]]:
    if not question.kind:
        return []
    shown = kinds().get(question.kind, question.kind)
    return [{"name": _("Kind"), "value": shown, "remove_url": address(request, kind=None, open=None)}]


def _kind_choices(request: HttpRequest, current: str | None) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": address(request, kind=key, open=None), "current": key == current}
        for key, label in kinds().items()
    ]


def _hit(request: HttpRequest, hit: Any, shown: Any) -> dict[str, Any]:
    states = {"open": "", "closed": _("closing"), "committed": _("Archived")}
    return {
        "id": hit.id,
        "url": address(request, open=str(hit.id)),
        "title": hit.name,
        "when": moment(hit.at),
        "second": hit.excerpt or kinds().get(hit.kind, hit.kind),
        "third": f"{kinds().get(hit.kind, hit.kind)} · {hit.parcel}" if hit.excerpt else hit.parcel,
        "icon": "file-text",
        "badge": states.get(hit.state, ""),
        "current": shown is not None and hit.id == shown.id,
    }


def _evidence_url(request: HttpRequest, hit: Any) -> str:
    committed = hit is not None and hit.state == "committed" and may(request, "archive.evidence")
    return reverse("archive-evidence", args=[hit.parcel_id]) if committed else ""


@page
def evidence(request: HttpRequest, parcel: int) -> HttpResponse:
    """The evidence pack of a committed parcel, to be verified by anybody without this product."""
    family = read(request, "documents.parcels", id=parcel)
    found(family[0] if family else None)
    pack = read(request, "archive.evidence", parcel=parcel)
    if pack.lacking:
        said = {
            "not-archived": _("This parcel is not in the archive yet; there is nothing to prove."),
            "no-root": _(
                "The archive has no root over this parcel yet. The next one is taken by itself within the day."
            ),
        }
        messages.error(request, said.get(pack.lacking, pack.lacking))
        return redirect("archive")
    response = HttpResponse(pack.content, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, pack.file) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


urls = [
    path("archive", search, name="archive"),
    path("archive/parcels/<int:parcel>/evidence", evidence, name="archive-evidence"),
]
