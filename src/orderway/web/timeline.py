"""Events as people read them: by day, newest first."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .happenings import told
from .respond import read
from .templatetags.ui import day, money, number
from .words import FLAGS, PRIORITIES


def days(request: HttpRequest, events: Sequence[Any]) -> list[dict[str, Any]]:
    """Events (oldest first, as kernel.timeline gives them) as components/timeline.html asks for them."""
    names = {person.id: person.name for person in read(request, "people.persons")} if events else {}
    newest = [(event, json.loads(event.data)) for event in sorted(events, key=lambda event: event.id, reverse=True)]
    maps = {data["map"] for _event, data in newest if "map" in data}
    words = read(request, "workflow.words", maps=sorted(maps)) if maps else {}
    by_day = groupby(newest, key=lambda one: timezone.localtime(one[0].at).date())
    return [
        {"name": _named(one), "events": [_event(event, data, names, words) for event, data in of_day]}
        for one, of_day in by_day
    ]


def _named(one: Any) -> str:
    return _("Today, %(day)s") % {"day": day(one)} if one == timezone.localdate() else day(one)


def _event(event: Any, data: Mapping[str, Any], names: Mapping[int, str], maps: Mapping[str, Any]) -> dict[str, Any]:
    words = told(event.name)
    local = timezone.localtime(event.at)
    step, decided = _on_map(data, maps)
    done = event.name == "work.completed" and step
    details = (_who(event, names), "" if done else step, decided, _more(data))
    return {
        "time": date_format(local, pgettext("time format: hour, minute", "H:i")),
        "at": event.at.isoformat(),
        "icon": words.icon,
        "tone": words.tone,
        "text": step if done else words.text,
        "who": " · ".join(part for part in details if part),
        "said": data.get("reason") or _written(data, "hold_reason") or data.get("text", ""),
    }


def _on_map(data: Mapping[str, Any], maps: Mapping[str, Any]) -> tuple[str, str]:
    """The step that an event of a map is about (the map where it is about all of it), and what was decided there."""
    words = maps.get(data.get("map", ""))
    if words is None:
        return "", ""
    node = data.get("node")
    return words.steps.get(node, node) if node else words.name, words.outcomes.get((node, data.get("outcome")), "")


def _who(event: Any, names: Mapping[int, str]) -> str:
    name = names.get(event.actor_id) or (_("By itself") if event.actor_id == 0 else "")
    if event.on_behalf_of and event.on_behalf_of in names:
        return _("%(name)s for %(other)s") % {"name": name, "other": names[event.on_behalf_of]}
    return name


def _written(data: Mapping[str, Any], column: str) -> str:
    """What a column holds after the event, where the event changed it."""
    return next((str(c["new"][column]) for c in data.get("changes", ()) if c.get("old") and c["new"].get(column)), "")


def _more(data: Mapping[str, Any]) -> str:
    """The fact worth a second line: an amount, a number, what is short."""
    if short := data.get("short_lines"):
        return ngettext("%(n)s line short", "%(n)s lines short", short) % {"n": number(short)}
    if data.get("number"):
        return str(data["number"])
    if ranked := next(
        (c["new"] for c in data.get("changes", ()) if c["table"] == "sales_order" and c.get("old")), None
    ):
        said = [str(FLAGS[ranked["flag"]])] if ranked.get("flag") else []
        said += [str(PRIORITIES[ranked["priority"]])] if "priority" in ranked else []
        return ", ".join(dict.fromkeys(said))
    new = next((change["new"] for change in data.get("changes", ()) if change["table"] == "price"), None)
    if new:
        words = {
            "price": money(Decimal(str(new["price"])), new["currency"]),
            "n": number(Decimal(str(new["min_quantity"]))),
        }
        return _("%(price)s from %(n)s") % words
    return ""
