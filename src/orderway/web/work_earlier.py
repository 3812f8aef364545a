"""What came before a work item, in words: so that nobody decides without what others have found out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from .respond import read
from .templatetags.ui import day, moment, number
from .units import unit

LATEST = 2  # steps that are told at once


def before(request: HttpRequest, papers: Sequence[Mapping[str, Any]], **of: int) -> dict[str, Any]:
    """The context of work/before.html for a work item (`item`) or for all that was started (`instance`); fields for files name one of
    the papers (id, name)."""
    found = read(request, "workflow.earlier", **of)
    names = {str(one["id"]): str(one["name"]) for one in papers}
    steps = [_step(one, names) for one in found.steps]
    matter = {"about": found.about, "by": found.opened_by} if found.about else None
    return {"matter": matter, "latest": steps[:LATEST], "earlier": steps[LATEST:]}


def _step(one: Any, papers: Mapping[str, str]) -> dict[str, Any]:
    who = _("%(who)s for %(whom)s") % {"who": one.who, "whom": one.whom} if one.whom else one.who
    return {
        "step": one.step,
        "who": ", ".join(part for part in (who, moment(one.at)) if part),
        "outcome": one.outcome,
        "tone": "late" if one.sends_back else "",
        "reason": one.reason,
        "values": [_value(field, papers) for field in one.fields if field.value != ""],
    }


def _value(field: Any, papers: Mapping[str, str]) -> dict[str, str]:
    value = papers.get(str(field.value), "–") if field.type == "file" else filled_in(field)
    return {"name": field.label or field.name, "value": value}


def filled_in(field: Any) -> str:
    """What stands in a field of a map's form, in the reader's language; numbers with their unit."""
    if field.type == "boolean":
        return _("yes") if field.value else _("no")
    if field.type == "choice":
        return str(dict(field.choices).get(field.value, field.value))
    if field.type in WRITTEN:
        return WRITTEN[field.type](field)
    return str(field.value)


def _number(field: Any) -> str:
    said = field.unit if field.type == "money" else unit(field.unit)
    return f"{number(Decimal(field.value))} {said}".strip()


WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "number": _number,
    "money": _number,
    "date": lambda field: day(date.fromisoformat(field.value)),
    "datetime": lambda field: moment(datetime.fromisoformat(field.value)),
}
