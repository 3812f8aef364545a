"""The pages of decision tables: all of them, one with its rules, versions and a value set to try, and its file."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.decisions.queries import Shown

from .drawing_words import FACTS, SUBJECTS
from .forms import Field, shown, typed_day
from .maps import MapKey  # noqa: F401 - the keys of tables look like those of maps
from .respond import found, may, page, read, read_if, show
from .rule_values import answer_words, fields_of, texts_of
from .rule_words import ANSWERS, POLICIES
from .templatetags.ui import number


@page
def tables(request: HttpRequest) -> HttpResponse:
    """The published tables, and what is being drawn."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = read(request, "decisions.tables", search=words or None)
    drawing = may(request, "decisions.save_draft")
    drafts = {row.key: row for row in read(request, "decisions.drafts")} if drawing else {}
    fresh = [row for row in drafts.values() if not row.published and words.lower() in f"{row.name} {row.key}".lower()]
    columns = [
        {"key": "name", "label": _("Table"), "kind": "id"},
        {"key": "about", "label": _("About"), "grow": 2, "soft": True, "narrow": "sub"},
        {"key": "why", "label": _("What changed and why"), "grow": 4, "narrow": "sub"},
        {"key": "made", "label": _("Decided"), "kind": "number", "strong": True, "narrow": "end"},
        {"key": "version", "label": _("Version"), "kind": "number", "soft": True, "narrow": "end2"},
        {"key": "published", "label": _("Published"), "kind": "date", "soft": True},
        {"key": "by", "label": _("By"), "kind": "person"},
    ]
    new = {"label": _("New table"), "url": reverse("rule-new"), "icon": "plus", "primary": True, "key": "n"}
    return show(
        request,
        "layouts/list.html",
        title=_("Rules"),
        sub=ngettext("%(n)s table", "%(n)s tables", len(rows)) % {"n": len(rows)},
        search={"value": words, "label": _("Name of a table")},
        columns=columns,
        rows=[*(_draft_row(row) for row in fresh), *(_table_row(row, drafts.get(row.key)) for row in rows)],
        empty={"text": _("No table here. A table says in rows which values lead to which answer; maps ask it.")},
        actions=[new] if drawing else [],
        live="decision table_draft",
    )


def _draft_row(row: Any) -> dict[str, Any]:
    """A table that is only drawn so far."""
    cells = {
        "name": row.name,
        "about": SUBJECTS.get(row.subject_type, row.subject_type),
        "why": _("Draft, not published"),
        "published": row.saved_at,
        "by": row.saved_by,
    }
    return {"id": row.key, "url": reverse("rule-edit", args=[row.key]), "label": row.name, "cells": cells}


def _table_row(row: Any, draft: Any) -> dict[str, Any]:
    drawn = _("draft by %(by)s") % {"by": draft.saved_by} if draft else ""
    cells = {
        "name": row.name,
        "about": SUBJECTS.get(row.subject_type, row.subject_type),
        "why": ", ".join(part for part in (row.why, drawn) if part),
        "made": row.made,
        "version": row.number,
        "published": row.published_at,
        "by": row.published_by,
    }
    return {"id": row.key, "url": reverse("rule", args=[row.key]), "label": row.name, "cells": cells}


@page
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One table as it was published; `version` shows an older one, `try` marks the rules that hit on the values beside it."""
    version = request.GET.get("version", "")
    table = found(read(request, "decisions.table", key=key, version=int(version) if version.isdigit() else None))
    asks = read(request, "decisions.review", xml=table.xml, subject=table.subject_type).asks
    fields = fields_of(asks)
    tried = _tried(request, table, fields) if "try" in request.GET else None
    period = _period(request)
    fired = {row.rule: row for row in read(request, "decisions.fired", key=key, version=table.number, **period)}
    latest = table.versions[0].number
    return show(
        request,
        "rules/one.html",
        title=table.name,
        back_url=reverse("rules"),
        badge_text=_("Version %(n)s") % {"n": table.number},
        sub=SUBJECTS.get(table.subject_type, table.subject_type),
        asked_by=read_if(request, "workflow.asking", table=key) or (),
        actions=_acts(request, key, table.number),
        policy=POLICIES.get(table.policy, ""),
        columns=_columns(table),
        rows=_rows(table, tried.rules if tried else (), fired),
        period=period,
        fired_words=_fired_words(fired),
        empty={"text": _("The logic of this decision is no table. Its file says it.")},
        fields=_filled(fields, request.GET),
        tried=tried is not None,
        answer=answer_words(tried) if tried else "",
        problems=[one.why for one in tried.problems] if tried else (),
        older=table.number != latest,
        shown_version=table.number,
        version_columns=_version_columns(),
        version_rows=[_version_row(key, row, table.number) for row in table.versions],
        live="decision",
    )


USUAL = timedelta(days=31)  # the period, unless another one is asked for
RULE: Mapping[str, Any] = {"grow": 2, "wraps": True, "narrow": "list"}  # a column of rules, which are read whole


def _period(request: HttpRequest) -> dict[str, date | None]:
    """The days in which rules are counted; the last 31 where the address names none."""
    since, until = (typed_day(request.GET.get(name, "")) for name in ("since", "until"))
    if "since" not in request.GET and "until" not in request.GET:
        since = timezone.localdate() - USUAL
    return {"since": since, "until": until}


def _fired_words(fired: Mapping[int | None, Any]) -> str:
    """How often the table was asked in the period, and how often no rule hit."""
    if None not in fired:
        return _("Nothing was decided by this version in these days.")
    words = ngettext("%(n)s was decided in these days", "%(n)s were decided in these days", fired[None].times)
    said = words % {"n": number(fired[None].times)}
    if none := fired.get(0):
        said += ", " + ngettext("%(n)s of them by no rule", "%(n)s of them by no rule", none.times) % {"n": none.times}
    return f"{said}."


def _filled(fields: Sequence[Field], typed: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    return shown([field._replace(value=typed.get(field.name, "")) for field in fields], None)


def _tried(request: HttpRequest, table: Shown, fields: Sequence[Field]) -> Any:
    values = texts_of(fields, request.GET)
    return read(request, "decisions.try", xml=table.xml, subject=table.subject_type, values=values)


def _acts(request: HttpRequest, key: str, version: int) -> list[dict[str, Any]]:
    file = f"{reverse('rule-version-file', args=[key, version])}?download=1"
    acts: list[dict[str, Any]] = [{"label": _("Save as a file"), "url": file, "icon": "download", "quiet": True}]
    if may(request, "decisions.save_draft"):
        acts.append({"label": _("Edit"), "url": reverse("rule-edit", args=[key]), "icon": "pencil", "key": "e"})
    return acts


def _named(table: Shown) -> tuple[list[str], list[str]]:
    """What the columns of a table are called: what it asks, what it answers."""
    asked = [str(FACTS.get(name, name)) for name in table.inputs]
    return asked, [str(ANSWERS.get(name, name)) or _("Answer") for name in table.outputs]


def _columns(table: Shown) -> list[dict[str, Any]]:
    asked, answers = _named(table)
    return [
        {"key": "rule", "label": _("Rule"), "kind": "id", "narrow": "lead"},
        *[{**RULE, "key": f"i{n}", "label": label} for n, label in enumerate(asked)],
        *[{**RULE, "key": f"o{n}", "label": label, "strong": True} for n, label in enumerate(answers)],
        {"key": "note", "label": _("Note"), "grow": 2, "wraps": True, "soft": True, "narrow": "foot"},
        {"key": "fired", "label": _("Fired"), "kind": "number", "strong": True, "narrow": "list"},
        {"key": "latest", "label": _("Last time"), "kind": "moment", "soft": True, "narrow": "hide"},
    ]


def _rows(table: Shown, hits: Sequence[int], fired: Mapping[int | None, Any]) -> list[dict[str, Any]]:
    asked, answers = _named(table)
    return [
        {
            "id": at,
            "label": str(at),
            "tone": "done" if at in hits else "",
            "current": at in hits,
            "cells": {
                "rule": {"text": str(at), "sub": _("hits") if at in hits else ""},
                **{f"i{n}": {"text": text.strip() or "-", "title": asked[n]} for n, text in enumerate(rule.inputs)},
                **{f"o{n}": {"text": text.strip(), "title": answers[n]} for n, text in enumerate(rule.outputs)},
                "note": rule.note,
                "fired": {"text": fired[at].times if at in fired else 0, "title": _("Fired")},
                "latest": fired[at].latest if at in fired else "",
            },
        }
        for at, rule in enumerate(table.rows, 1)
    ]


def _version_columns() -> list[dict[str, Any]]:
    return [
        {"key": "version", "label": _("Version"), "kind": "id"},
        {"key": "why", "label": _("What changed and why"), "grow": 6, "narrow": "sub"},
        {"key": "published", "label": _("Published"), "kind": "date", "soft": True, "narrow": "end2"},
        {"key": "by", "label": _("By"), "kind": "person"},
    ]


def _version_row(key: str, row: Any, chosen: int) -> dict[str, Any]:
    label = _("Version %(n)s") % {"n": row.number}
    cells = {"version": label, "why": row.why, "published": row.published_at, "by": row.published_by}
    url = f"{reverse('rule', args=[key])}?version={row.number}"
    return {"id": f"v{row.number}", "url": url, "label": label, "cells": cells, "current": row.number == chosen}


@page
def version_file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The DMN file of one version, byte for byte."""
    table = found(read(request, "decisions.table", key=key, version=number))
    return dmn_file(request, key, table.xml)


def dmn_file(request: HttpRequest, key: str, xml: str) -> HttpResponse:
    """A DMN file; `download` saves it."""
    response = HttpResponse(xml, content_type="application/xml")
    response["X-Content-Type-Options"] = "nosniff"
    if request.GET.get("download"):
        response["Content-Disposition"] = f'attachment; filename="{key}.dmn"'
    return response


urls = [
    path("rules", tables, name="rules"),
    path("rules/<mapkey:key>", one, name="rule"),
    path("rules/<mapkey:key>/versions/<int:number>/file", version_file, name="rule-version-file"),
]
