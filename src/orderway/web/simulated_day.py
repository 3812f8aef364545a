"""The demo's simulated day: a button that lets the next working day happen, and the day hour by hour while it goes on."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .happenings import told
from .respond import actor, need, page, read, show
from .signing_in import demo_accounts
from .templatetags.ui import day, number

SEED = 1897
LAST_HOUR = 18
SILENT = timedelta(minutes=2)  # after which a day that is not over is taken for broken off


def is_demo() -> bool:
    """Whether this installation holds the demo company: only there days are simulated."""
    return demo_accounts() is not None


@page
def simulated(request: HttpRequest) -> HttpResponse:
    """The last simulated day: the figures of each hour, and what happened in it, with the orders it happened to."""
    _only_in_demo(request)
    told_day = _noted(request)
    running = _is_running(told_day)
    labels = _labels(request, told_day)
    maps = {row.key: row.name for row in read(request, "workflow.maps") if row.subject_type == "order"}
    seed = told_day.get("seed", SEED)
    return show(
        request,
        "tour/day.html",
        title=_("Simulate a day"),
        back_url=reverse("tour"),
        sub=_sub(told_day),
        seed=seed,
        running=running,
        share=100 * len(told_day.get("hours", ())) // (LAST_HOUR - 5),
        maps=[{"name": name, "url": reverse("map", args=[key])} for key, name in maps.items()],
        hours=[_hour(hour, maps, labels) for hour in reversed(told_day.get("hours", ()))],
    )


def _sub(noted: Mapping[str, Any]) -> str:
    if not noted.get("day"):
        return ""
    return _("%(day)s, seed %(seed)s") % {"day": day(date.fromisoformat(noted["day"])), "seed": noted["seed"]}


@page
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Let the next day begin, in a process of its own: it takes half a minute, and the maps move meanwhile."""
    _only_in_demo(request)
    seed = request.POST.get("seed", "")
    if not _is_running(_noted(request)):
        seed = seed if seed.isascii() and seed.isdecimal() and len(seed) < 10 else str(SEED)
        _note_begin(request, seed)
        subprocess.Popen([sys.executable, "-m", "orderway.cli", "day", "--seed", seed], stdout=subprocess.DEVNULL)
    return redirect("simulated-day")


def _note_begin(request: HttpRequest, seed: str) -> None:
    """Until the process has its first hour to tell, the page knows that it is on its way."""
    told_day = {"company": actor(request).company_id, "day": "", "seed": int(seed), "hours": [], "over": False}
    (settings.DATA_DIR / settings.DEMO_DAY).write_text(
        json.dumps(told_day | {"noted_at": timezone.now().isoformat()}), "utf-8"
    )


def _only_in_demo(request: HttpRequest) -> None:
    if not is_demo():
        raise Http404
    need(request, "orders.place")


def _noted(request: HttpRequest) -> dict[str, Any]:
    """What is noted of the last simulated day of the reader's company; empty when there was none."""
    try:
        noted: dict[str, Any] = json.loads((settings.DATA_DIR / settings.DEMO_DAY).read_text("utf-8"))
    except OSError:
        return {}
    return noted if noted["company"] == actor(request).company_id else {}


def _is_running(noted: Mapping[str, Any]) -> bool:
    return bool(noted) and not noted["over"] and timezone.now() - datetime.fromisoformat(noted["noted_at"]) < SILENT


def _labels(request: HttpRequest, noted: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The steps that were late, in the reader's language, by map and node."""
    keys = sorted({one["map"] for hour in noted.get("hours", ()) for one in hour["happenings"] if one["map"]})
    lives = [live for key in keys if (live := read(request, "workflow.live", map=key))]
    return {(live.map, node): label for live in lives for node, label in live.labels.items()}


def _hour(hour: Mapping[str, Any], maps: Mapping[str, str], labels: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    inside = [f"{maps[key]} {number(count)}" for key, count in hour["on_maps"].items() if count and key in maps]
    return {
        "name": f"{hour['hour']:02d}:00",
        "inside": " · ".join(inside),
        "late": _("%(n)s late") % {"n": number(hour["late"])} if hour["late"] else "",
        "happenings": [_happening(one, labels) for one in hour["happenings"]],
    }


def _happening(one: Mapping[str, Any], labels: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    late = one["name"] == "work.late"
    words = told(one["name"])
    text = _("Late: %(step)s") % {"step": labels.get((one["map"], one["step"]), one["step"])} if late else words.text
    return {
        "time": one["at"],
        "icon": "clock" if late else words.icon,
        "tone": "late" if late else words.tone,
        "text": text,
        "number": one["number"],
        "url": reverse("order", args=[one["order"]]),
    }


urls = [
    path("tour/day", simulated, name="simulated-day"),
    path("tour/day/begin", begin, name="simulated-day-begin"),
]
