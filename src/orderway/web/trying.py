"""Trying a changed map on what really happened: who would go another way, and both ways of one of them side by side."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.paging import Page
from orderway.workflow.trying.comparing import Went
from orderway.workflow.trying.queries import NotRunnable, Tried

from .drawing import name_of
from .fields import span
from .listing import address, column, pager
from .respond import actor, asked, found, may, need, page, read, read_if, show
from .trying_cases import chips, kept
from .trying_long import announced, asks_for_parts, part_by_part
from .trying_one import changes, draft_table, given, named
from .trying_words import ASSUMED

A_PAGE = 50
MOST_KEPT = 8
KEPT_FOR = timedelta(minutes=10)
AT_ONCE = 150  # more than that are tried behind a page that is there at once and tells how far it is
COLUMNS = (
    column("title", lazy("What"), kind="id"),
    column("changes", lazy("What would change"), grow=6, narrow="sub"),
    column("late", lazy("Late steps"), kind="number", narrow="hide"),
    column("took", lazy("It took"), kind="number", soft=True, narrow="end2"),
    column("would", lazy("It would take"), kind="number", narrow="end"),
)
_kept: OrderedDict[tuple[Any, ...], tuple[datetime, Tried | NotRunnable]] = OrderedDict()
_keeping = threading.Lock()  # a web process has several threads


@page
def try_map(request: HttpRequest, key: str) -> HttpResponseBase:
    """A draft on the orders of a month: the sums, the map with what changes, and every order that would go another way."""
    need(request, "workflow.save_draft")
    question = asked(request, "workflow.try", map=key, tables=draft_table(request))
    place = _seen(request, question)
    tried = None if request.GET.get("again") else _kept_answer(place)
    if tried is None and not request.GET.get("now") and not asks_for_parts(request):
        many = read(request, "workflow.to_try", question).subjects
        if many > AT_ONCE:
            return announced(request, key, many)
    if tried is None and asks_for_parts(request):
        return part_by_part(request, question, lambda whole: _answer(request, key, _keep(place, whole)))
    return _answer(request, key, tried or _keep(place, found(read(request, "workflow.try", question))))


def _answer(request: HttpRequest, key: str, tried: Tried | NotRunnable) -> HttpResponse:
    """The page of a trial."""
    if isinstance(tried, NotRunnable):
        return _not_runnable(request, key)
    chosen = _chosen(request, tried)
    start = _start(request)
    rows = [row for row in chosen if _fits(row, request.GET.get("q", ""))]
    names = named(tried.names)
    shown = rows[start : start + A_PAGE]
    return show(
        request,
        "maps/try.html",
        title=_("Try %(name)s") % {"name": name_of(tried.xml, key)},
        badge_text=_("Version %(n)s") % {"n": tried.version} if tried.version else _("Draft"),
        back_url=_back(key, tried),
        sub=_span_words(tried),
        actions=_acts(request, key, tried),
        fields=_fields(request, tried, key),
        kept=kept(request),
        filters=chips(request, names, key),
        figures=_figures(tried),
        map=_map(key, tried),
        steps=_changed(tried),
        assumed=_assumed(tried),
        views=_views(request, tried),
        search={"value": request.GET.get("q", ""), "label": _("Find"), "other_params": _others(request)},
        columns=COLUMNS,
        rows=[_row(request, key, tried, row, names) for row in shown],
        pager=pager(request, _page(shown, start, len(rows)), str(start), A_PAGE, again=None, now=None),
        empty={"text": _empty(tried, request, key)},
    )


def _keep(place: tuple[Any, ...], answer: Tried | NotRunnable) -> Tried | NotRunnable:
    """Keep an answer a while for whoever looks through it: pages, searches and filters of one trial are one trial."""
    with _keeping:
        _kept.pop(place, None)
        _kept[place] = (timezone.now(), answer)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return answer


def _kept_answer(place: tuple[Any, ...]) -> Tried | NotRunnable | None:
    at, answer = _kept.get(place, (None, None))
    return answer if at and timezone.now() - at < KEPT_FOR else None


def _seen(request: HttpRequest, question: Any) -> tuple[Any, ...]:
    """What an answer rests on: who asked what, of which save of the drawing, in which language."""
    draft = read(request, "workflow.draft", map=question.map)
    who = actor(request)
    told = (who.company_id, who.id, question.map, question.version, question.since, question.until, *question.tables)
    which = (question.ended, question.ran_by, question.variant, question.node, question.again_at)
    return (*told, *which, draft.revision if draft else 0, get_language())


def _not_runnable(request: HttpRequest, key: str) -> HttpResponse:
    draft = found(read(request, "workflow.draft", map=key))
    return show(
        request,
        "layouts/message.html",
        title=_("Try %(name)s") % {"name": name_of(draft.xml, key)},
        text=_("This drawing cannot run yet. Mend what its problems say, then try it."),
        actions=[{"label": _("To the drawing"), "url": reverse("map-edit", args=[key]), "primary": True}],
    )


def _back(key: str, tried: Tried) -> str:
    return reverse("map" if tried.version else "map-edit", args=[key])


def _acts(request: HttpRequest, key: str, tried: Tried) -> list[dict[str, Any]]:
    """What was tried and is found good is published from here."""
    if tried.version or not may(request, "workflow.publish_draft"):
        return []
    return [{"label": _("Publish"), "url": reverse("map-publish", args=[key])}]


def _span_words(tried: Tried) -> str:
    many = tried.sums.subjects
    return ngettext("%(n)s tried in %(s)s s", "%(n)s tried in %(s)s s", many) % {"n": many, "s": f"{tried.seconds:.1f}"}


def _fields(request: HttpRequest, tried: Tried, key: str) -> list[dict[str, Any]]:
    """What is tried and on which days."""
    numbers = [row.number for row in read(request, "workflow.versions", map=key)]
    draft = read(request, "workflow.draft", map=key)
    what = [("", _("Draft"))] if draft else []
    what += [(str(number), _("Version %(n)s") % {"n": number}) for number in numbers]
    begun = _("Ended from") if request.GET.get("ended") else _("Begun from")
    tables = [(row.key, row.name) for row in read_if(request, "decisions.drafts") or ()]
    table = {"name": "table", "label": _("With the table"), "kind": "select", "value": request.GET.get("table", ""),
             "choices": [{"value": value, "label": label} for value, label in [("", _("as published")), *tables]]}  # fmt: skip
    return [
        {"name": "version", "label": _("What to try"), "kind": "select", "value": str(tried.version or ""),
         "choices": [{"value": value, "label": label} for value, label in what]},
        *([table] if tables else []),
        {"name": "since", "label": begun, "kind": "date", "value": tried.since.isoformat()},
        {"name": "until", "label": _("to"), "kind": "date", "value": tried.until.isoformat()},
    ]  # fmt: skip


def _figures(tried: Tried) -> list[dict[str, Any]]:
    sums = tried.sums
    told = sums.subjects - sums.unreplayed
    late = {"before": sums.late_before, "after": sums.late_after}
    took = {"before": _length(sums.took_before), "after": _length(sums.took_after)}
    return [
        {"title": _("Another way"), "figure": str(sums.differing), "sentence": _("of %(n)s") % {"n": told}, "width": 3},
        {"title": _("Decisions of people"), "figure": f"+{sums.more_work} −{sums.less_work}", "width": 3,
         "sentence": _("more and fewer than there were")},
        {"title": _("Late steps"), "figure": str(sums.late_after), "width": 3,
         "figure_tone": "late" if sums.late_after > sums.late_before else "", "sentence": _("%(before)s before") % late},
        {"title": _("Half of them within"), "figure": took["after"] or "–", "width": 3,
         "sentence": _("%(before)s before") % took if took["before"] else _("None has ended on both ways")},
    ]  # fmt: skip


def _length(length: timedelta | None) -> str:
    return span(length) if length is not None else ""


def _map(key: str, tried: Tried) -> dict[str, Any]:
    here = [one for one in tried.steps if one.map == key]
    counts = {one.node: {"count": _more_fewer(one.more, one.fewer)} for one in here}
    url = f"{reverse('map-drawing', args=[key])}?version={tried.version}"
    return {
        "url": url if tried.version else reverse("map-file", args=[key]),
        "counts": json.dumps(counts),
        "added": json.dumps([one.node for one in here if one.more >= one.fewer]),
        "removed": json.dumps([one.node for one in here if one.more < one.fewer]),
        "words": f"{_('The map as it is tried, with how many more and how many fewer would come to each step.')} "
        f"{_('The same figures are listed below it.')}",
    }  # fmt: skip


def _more_fewer(more: int, fewer: int) -> str:
    return " ".join([*([f"+{more}"] if more else []), *([f"−{fewer}"] if fewer else [])])


def _changed(tried: Tried) -> list[dict[str, Any]]:
    """The steps that more or fewer come to, as a list for those who do not see the map."""
    return [
        {"name": one.name or _("Where ways meet"), "tone": "added" if one.more >= one.fewer else "removed",
         "many": _more_fewer(one.more, one.fewer)}
        for one in tried.steps
    ]  # fmt: skip


def _assumed(tried: Tried) -> list[dict[str, Any]]:
    return [
        {"name": one.name or one.node, "words": ASSUMED.get(one.code, one.code), "many": one.subjects}
        for one in tried.assumed
    ]


VIEWS = (
    ("", lazy("Another way")),
    ("work", lazy("Other decisions")),
    ("late", lazy("More late")),
    ("unreplayed", lazy("Cannot be replayed")),
    ("all", lazy("All")),
)


def _in_view(view: str, row: Went) -> bool:
    match view:
        case "work":
            return not row.why and row.approvals != 0
        case "late":
            return not row.why and row.late_after > row.late_before
        case "unreplayed":
            return bool(row.why)
        case "all":
            return True
    return row.differs


def _view(request: HttpRequest) -> str:
    wanted = request.GET.get("view", "")
    return wanted if wanted in dict(VIEWS) else ""


def _chosen(request: HttpRequest, tried: Tried) -> Sequence[Went]:
    step = request.GET.get("step", "")
    rows = [row for row in tried.rows if _in_view(_view(request), row)]
    return [row for row in rows if step in {node for _, node in (*row.extra, *row.missing)}] if step else rows


def _views(request: HttpRequest, tried: Tried) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": address(request, view=name or None, again=None, now=None),
            "count": sum(_in_view(name, row) for row in tried.rows),
            "late": name == "unreplayed" and tried.sums.unreplayed > 0,
            "current": name == _view(request),
        }
        for name, label in VIEWS
    ]


def _others(request: HttpRequest) -> list[dict[str, str]]:
    return [
        {"name": k, "value": str(v)} for k, v in request.GET.items() if k not in ("q", "after", "again", "now") and v
    ]


def _fits(row: Went, words: str) -> bool:
    return all(word in row.title.lower() for word in words.lower().split())


def _start(request: HttpRequest) -> int:
    after = request.GET.get("after", "")
    return int(after) if after.isdigit() and len(after) < 7 else 0


def _page(shown: Sequence[Went], start: int, count: int) -> Page:
    following = start + len(shown)
    return Page(shown, str(following) if following < count else None, count)


def _empty(tried: Tried, request: HttpRequest, key: str) -> str:
    if not tried.rows and not read(request, "workflow.versions", map=key):
        new = _("Nothing has run on this new map yet, so there is nothing to try it on.")
        return f"{new} {_('Publish it; every change after that can be tried on what ran.')}"
    if not tried.rows:
        return _("Nothing began on this map in these days. Choose other days above.")
    if request.GET.get("q") or request.GET.get("step"):
        return _("None of them fits what is looked for.")
    if _view(request) == "":
        return _("None would go another way: 0 differences.")
    return _("None of them.")


def _row(
    request: HttpRequest, key: str, tried: Tried, row: Went, names: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    url = reverse("map-try-one", args=[key, row.root]) + given(request)
    title = row.title or f"{tried.subject_type} {row.subject}"
    cells = {
        "title": title,
        "changes": changes(row, names),
        "late": {"text": f"{row.late_before} → {row.late_after}", "tone": "late"}
        if row.late_after > row.late_before
        else "",
        "took": _length(row.took_before),
        "would": _length(row.took_after),
    }
    tone = "wait" if row.why else ""
    return {"id": row.root, "url": url, "label": title, "tone": tone, "cells": cells}


urls = [
    path("maps/<mapkey:key>/try", try_map, name="map-try"),
]
