"""Whether what happened fits the map: our own cases, or an event log from elsewhere that is looked at and not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from orderway.workflow.mining.apart import read_log_apart
from orderway.workflow.mining.fit import LogFit, fit_log
from orderway.workflow.mining.logs import LARGEST, NotALog
from orderway.workflow.mining.net import CannotReplay, net_of
from orderway.workflow.mining.own import process_of

from .fields import span
from .listing import address
from .past import Chosen, chosen
from .past_tables import TABLES, percent
from .respond import page, read, show
from .trying_cases import TRY, may_try, try_cell
from .ways import ways_in_words

Text = str | Promise
KINDS: Mapping[str, Text] = {
    "unknown": lazy("not on the map"),
    "missing": lazy("missing"),
    "order": lazy("in the wrong order"),
    "repeated": lazy("once too often"),
    "elsewhere": lazy("on a way not taken"),
}
SHOWN = 200
COLUMNS = ("case", "activity", "timestamp", "lifecycle", "resource")


@page
def fit(request: HttpRequest, key: str) -> HttpResponse:
    """Our own cases against the map; with a file sent along, the log in it."""
    at = chosen(request, key)
    if request.method == "POST":
        return _of_file(request, at)
    against = at.question.version or at.live.version
    named = {name: getattr(at.question, name) for name in ("map", "since", "until")}
    problem = ""
    try:
        rows = read(request, "workflow.conformance", **named, against=against)
    except CannotReplay as error:
        rows, problem = [], str(error)
    judged = sum(row.cases for row in rows if row.judged)
    fitting = sum(row.cases for row in rows if row.judged and not row.deviations)
    tries = bool(rows) and may_try(request, replace(at.question, version=None))
    return _shown(
        request,
        at,
        sub=_fitting(fitting, judged),
        problem=problem,
        columns=[*_way_columns(), *([TRY] if tries else ())],
        rows=_way_rows(key, rows, at if tries else None),
    )


def _of_file(request: HttpRequest, at: Chosen) -> HttpResponse:
    mapping = {name: request.POST.get(name, "").strip() for name in COLUMNS if request.POST.get(name, "").strip()}
    try:
        name, data = _sent(request)
        log = read_log_apart(name, data, mapping)
        net = net_of(process_of(at.live.xml.encode(), at.live.map))
    except (NotALog, CannotReplay) as error:
        problem = _("This could not be held against the map: %(why)s.") % {"why": error}
        return _shown(request, at, problem=problem, columns=_case_columns(), rows=[], typed=mapping, status=422)
    found = fit_log(net, log)
    return _shown(
        request,
        at,
        sub=f"{name}: {_fitting(found.fitting, found.judged)}",
        columns=_case_columns(),
        rows=_case_rows(found),
        typed=mapping,
        told=_summed(found),
        note=_left_out(log.left_out, found),
    )


def _sent(request: HttpRequest) -> tuple[str, bytes]:
    """The name and the bytes of the log that was sent; raises NotALog."""
    file = request.FILES.get("log")
    if file is None:
        raise NotALog(_("no file was chosen"))
    if (file.size or 0) > LARGEST:
        raise NotALog(_("larger than %(n)s MB") % {"n": LARGEST // 1_000_000})
    return file.name or "", file.read()


def _shown(request: HttpRequest, at: Chosen, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page; `context` as in maps/fit.html."""
    past = reverse("map-past", args=[at.live.map])
    views = [{"label": one.label, "url": f"{past}?of={of}", "current": False} for of, one in TABLES.items()]
    versions = [
        {
            "label": str(n),
            "url": address(request, version=str(n)),
            "current": n == (at.question.version or at.live.version),
        }
        for n in range(at.live.version, 0, -1)
    ]
    typed = context.pop("typed", {})
    return show(
        request,
        "maps/fit.html",
        status=status,
        title=_("%(map)s: against the map") % {"map": at.live.name},
        back_url=reverse("map", args=[at.live.map]),
        badge_text=_("Version %(n)s") % {"n": at.question.version or at.live.version},
        views=[*views, {"label": _("Against the map"), "url": "?", "current": True}],
        filter_choices=[{"label": _("Against version"), "choices": versions}],
        period={"since": at.question.since, "until": at.question.until},
        fields=[{"name": name, "label": label, "value": typed.get(name, "")} for name, label in _fields()],
        empty={
            "text": _(
                "Nothing went through this map to its end in this period. Choose a longer one, or a log from elsewhere."
            )
        },
        **context,
    )


def _fields() -> Sequence[tuple[str, str]]:
    labels = (_("Case"), _("Activity"), _("Time"), _("Lifecycle"), _("Person"))
    return list(zip(COLUMNS, labels, strict=True))


def _fitting(fitting: int, judged: int) -> str:
    return _("%(fitting)s of %(judged)s fit") % {"fitting": fitting, "judged": judged}


def _left_out(left_out: int, found: LogFit) -> str:
    words = []
    if left_out:
        words.append(
            ngettext("%(n)s event was no end of an activity.", "%(n)s events were no ends of activities.", left_out)
            % {"n": left_out}
        )
    if len(found.cases) > SHOWN:
        words.append(_("The table shows %(n)s cases, those that fit worst; the sums hold all.") % {"n": SHOWN})
    if unjudged := len(found.cases) - found.judged:
        words.append(
            ngettext("%(n)s case was too wild to judge.", "%(n)s cases were too wild to judge.", unjudged)
            % {"n": unjudged}
        )
    return " ".join(words)


def deviation_words(one: Any) -> str:
    """A deviation in words."""
    words = f"{one.step}: {KINDS[one.kind]}"
    return f"{words} ({_('place %(n)s') % {'n': one.at}})" if one.at else words


def _all_words(deviations: Sequence[Any], *, judged: bool) -> dict[str, str]:
    if not judged:
        return {"text": _("too wild to judge"), "tone": "wait"}
    if not deviations:
        return {"text": _("fits"), "tone": "done"}
    return {"text": "; ".join(deviation_words(one) for one in deviations), "tone": "late"}


def _way_columns() -> list[dict[str, Any]]:
    return [
        {"key": "no", "label": _("No."), "kind": "number", "soft": True, "narrow": "lead"},
        {"key": "way", "label": _("Way"), "grow": 4, "wraps": True, "narrow": "title"},
        {"key": "told", "label": _("What deviates"), "grow": 4, "narrow": "sub"},
        {"key": "cases", "label": _("Cases"), "kind": "number", "strong": True, "narrow": "end"},
        {"key": "fitness", "label": _("Fits by"), "kind": "number", "narrow": "end2"},
        {"key": "median", "label": _("Half took at most"), "kind": "number", "narrow": "hide"},
    ]


def _way_rows(key: str, rows: Sequence[Any], tried: Chosen | None) -> list[dict[str, Any]]:
    ways = ways_in_words([row.names for row in rows])
    return [
        _way_row(key, row, {"no": n, "way": way}, tried) for n, (row, way) in enumerate(zip(rows, ways, strict=True), 1)
    ]


def _way_row(key: str, row: Any, among: Mapping[str, Any], tried: Chosen | None) -> dict[str, Any]:
    cells = {
        **among,
        "told": _all_words(row.deviations, judged=row.judged),
        "cases": row.cases,
        "fitness": percent(row.fitness) if row.judged else "",
        "median": span(row.median),
    }
    if tried:
        cells["try"] = try_cell(replace(tried.question, version=None), variant=row.variant)
    url = f"{reverse('map-past', args=[key])}?of=cases&variant={row.variant}"
    return {"id": row.variant, "url": url, "label": row.variant[:8], "cells": cells}


def _case_columns() -> list[dict[str, Any]]:
    return [
        {"key": "case", "label": _("Case"), "kind": "id"},
        {"key": "told", "label": _("What deviates"), "grow": 6, "narrow": "sub"},
        {"key": "fitness", "label": _("Fits by"), "kind": "number", "narrow": "end"},
    ]


def _case_rows(found: LogFit) -> list[dict[str, Any]]:
    worst = sorted(found.cases, key=lambda case: (case.fit.judged, case.fit.fitness))
    return [
        {
            "id": f"case-{n}",
            "cells": {
                "case": case.case,
                "told": _all_words(case.fit.deviations, judged=case.fit.judged),
                "fitness": percent(case.fit.fitness) if case.fit.judged else "",
            },
        }
        for n, case in enumerate(worst[:SHOWN])
    ]


def _summed(found: LogFit) -> list[dict[str, Any]]:
    """How many cases show each deviation, as lines."""
    return [
        {"words": f"{step}: {KINDS[kind]}", "cases": ngettext("%(n)s case", "%(n)s cases", count) % {"n": count}}
        for (kind, step), count in list(found.deviations.items())[:20]
    ]


urls = [path("maps/<mapkey:key>/fit", fit, name="map-fit")]
