"""Both ways of one order, as it went and as it would go by a changed map, step by step."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.workflow.trying.comparing import Stop, Went
from orderway.workflow.trying.past import Place
from orderway.workflow.trying.queries import BothWays, Named

from .fields import span
from .listing import column
from .respond import asked, found, need, page, read, read_if, show
from .templatetags.ui import moment
from .trying_cases import NARROWED
from .trying_words import ASSUMED, WHY
from .words import ROLES

STEP_COLUMNS = (
    column("step", lazy("Step"), kind="id"),
    column("change", lazy("Change"), narrow="end"),
    column("went", lazy("As it went"), grow=4, narrow="sub"),
    column("would", lazy("As it would go"), grow=6, narrow="foot"),
)


def draft_table(request: HttpRequest) -> tuple[str, ...]:
    """The draft of the table that the address names, to be tried in the place of the published one."""
    key = request.GET.get("table", "")
    draft = read_if(request, "decisions.draft", key=key) if key else None
    return (draft.xml,) if draft else ()


def given(request: HttpRequest) -> str:
    """What is tried and on which days, for the addresses that lead from one page of a trial to another."""
    named = ("version", "table", "since", "until", *NARROWED)
    said = urlencode({name: request.GET[name] for name in named if request.GET.get(name)})
    return f"?{said}" if said else ""


def changes(row: Went, names: Mapping[tuple[str, str], str]) -> str:
    """What would change for one subject, in words."""
    if row.why:
        where = names.get(row.where, "") if row.where else ""
        return str(WHY.get(row.why, row.why)) % {"where": where or _("an unnamed place")}
    parts = []
    for words, places in (
        (_("more: %(s)s"), row.extra),
        (_("fewer: %(s)s"), row.missing),
        (_("by another role: %(s)s"), row.handed),
    ):
        if places:
            parts.append(words % {"s": _listed([names.get(place) or _("an unnamed place") for place in places])})
    if row.ends:
        ends = {
            "running": _("would still be on its way"),
            "ended": _("would have ended"),
            "stopped": _("would be stopped"),
        }
        parts.append(ends.get(row.ends, row.ends))
    return "; ".join(parts)


def _listed(names: Sequence[str]) -> str:
    """Names one after the other, each once with how often."""
    once = dict.fromkeys(names)
    return ", ".join(name if names.count(name) == 1 else f"{name} × {names.count(name)}" for name in once)


@page
def try_one(request: HttpRequest, key: str, run: int) -> HttpResponse:
    """Both ways of one order, step by step."""
    need(request, "workflow.save_draft")
    question = asked(request, "workflow.try_one", map=key, run=run, tables=draft_table(request))
    both = found(read(request, "workflow.try_one", question))
    return show(
        request,
        "layouts/list.html",
        title=both.went.title or f"{both.subject_type} {both.went.subject}",
        sub=changes(both.went, named(both.names)) or _("It would go the same way"),
        back_url=reverse("map-try", args=[key]) + given(request),
        actions=_order(both),
        columns=STEP_COLUMNS,
        rows=_both(both),
        empty={"text": _("It has not come to any step yet.")},
        note=_one_note(both),
    )


def _order(both: BothWays) -> list[dict[str, Any]]:
    if both.subject_type != "order":
        return []
    return [{"label": _("To the order"), "url": reverse("order", args=[both.went.subject]), "icon": "arrow-right"}]


def _one_note(both: BothWays) -> dict[str, Any] | None:
    names = named(both.names)
    told = [
        f"{names.get(place) or place[1]}: {ASSUMED.get(code, code)}" for code, place in dict.fromkeys(both.went.assumed)
    ]
    if not told:
        return None
    return {"lead": _("Assumed, because it never really happened:"), "text": " ".join(told), "tone": ""}


def named(rows: Sequence[Named]) -> Mapping[Place, str]:
    """The names of steps by map and node."""
    return {(one.map, one.node): one.name for one in rows if not one.outcome}


def _both(both: BothWays) -> list[dict[str, Any]]:
    """Both ways as one table: steps of the same place beside each other, the others alone."""
    was, would = [stop.place for stop in both.before], [stop.place for stop in both.after]
    pairs: list[tuple[Stop | None, Stop | None]] = []
    for what, a, b, c, d in SequenceMatcher(None, was, would, autojunk=False).get_opcodes():
        if what == "equal":
            pairs += zip(both.before[a:b], both.after[c:d], strict=True)
        else:
            pairs += [(stop, None) for stop in both.before[a:b]] + [(None, stop) for stop in both.after[c:d]]
    names = named(both.names)
    outcomes = {(one.map, one.node, one.outcome): one.name for one in both.names}
    rows: list[dict[str, Any]] = []
    for before, after in pairs:
        tone = "late" if after is None else "done" if before is None else ""
        place = (before or after).place  # type: ignore[union-attr]
        name = names.get(place) or _("Where ways meet")
        cells = {
            "step": name,
            "change": {"text": _("left out") if after is None else _("more"), "tone": tone} if tone else "",
            "went": _stop_words(before, outcomes, both.now),
            "would": _stop_words(after, outcomes, both.now),
        }
        rows.append({"id": len(rows), "label": name, "tone": tone, "cells": cells})
    return rows


def _stop_words(stop: Stop | None, outcomes: Mapping[tuple[str, str, str], str], now: datetime) -> dict[str, Any] | str:
    if stop is None:
        return ""
    words = [moment(stop.at)]
    if stop.role:
        words.append(str(ROLES.get(stop.role, stop.role)))
    if stop.state == "kept":
        words.append(_("the earlier approval held"))
    elif stop.state == "withdrawn":
        words.append(_("nobody had to decide any more"))
    elif stop.state == "open":
        words.append(_("not decided yet"))
    elif stop.done_at:
        outcome = outcomes.get((*stop.place, stop.outcome)) if stop.outcome else ""
        said = {"outcome": outcome or _("done"), "span": span(stop.done_at - stop.at)}
        words.append(_("%(outcome)s after %(span)s") % said)
    late = stop.late(now)
    return {"text": ", ".join([*words, *([_("late")] if late else [])]), "tone": "late" if late else ""}


urls = [path("maps/<mapkey:key>/try/<int:run>", try_one, name="map-try-one")]
