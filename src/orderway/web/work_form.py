"""The form of a work item: its fields, check items, reason and verbs, what was sent, and where it is marked what is still wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from orderway.kernel.outcome import Outcome

from .fields import decimal, refusals
from .units import unit
from .work_refused import ways_on


class Wrong(NamedTuple):
    """What is wrong with a form that was sent: the names of fields that are empty or do not fit, and of check items that are not ticked;
    whether the reason is missing."""

    empty: frozenset[str] = frozenset()
    unfit: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()
    reason: bool = False


NOTHING = Wrong()


def wrong_of(outcome: Outcome) -> Wrong:
    """What the refusals of finishing one item say of its form."""
    facts = {no.code: no.facts for no in outcome.refused}
    incomplete = facts.get("incomplete", {})
    return Wrong(
        frozenset(incomplete.get("fields", ())),
        frozenset(facts.get("field-invalid", {}).get("fields", ())),
        frozenset(incomplete.get("checks", ())),
        "reason-missing" in facts,
    )


def above(outcome: Outcome) -> list[str]:
    """What is said above the form; that the reason is missing is said beside it, and that has the focus."""
    return [] if wrong_of(outcome).reason else list(refusals(outcome))


def form_parts(request: HttpRequest, form: Any, papers: Sequence[Mapping[str, Any]], wrong: Wrong) -> dict[str, Any]:
    """The form as it is shown, with what was sent; the first thing that is wrong has the focus."""
    fields, checks = form_fields(form, request.POST, papers, wrong), form_checks(form, request.POST, wrong)
    reason = {"value": request.POST.get("reason", ""), "problem": _("Say why.") if wrong.reason else ""}
    first = next((one for one in [*fields, *checks, reason] if one.get("problem")), None)
    if first:
        first["autofocus"] = True
    shown = {"fields": fields, "checks": checks, "reason": reason, "sends_back": sends_back(form)}
    return {**shown, **ways_on(request, form, form_outcomes(form))}


def form_field(field: Any, given: QueryDict, papers: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """A field of the map's form as the page's own kind of field."""
    kind = {"boolean": "check", "choice": "select", "text": "textarea", "money": "number", "datetime": "datetime-local"}
    kind |= {"number": "number", "date": "date"}
    shown: dict[str, Any] = {
        "name": f"field-{field.name}",
        "label": field.label or field.name,
        "kind": kind.get(field.type, "text"),
        "value": given.get(f"field-{field.name}", field.value),
        "required": False,  # sending back asks for a reason only, so the browser must not insist
        "hint": _("Needed to go on") if field.required else "",
        "suffix": field.unit if field.type == "money" else unit(field.unit),
    }
    if field.type == "boolean":
        shown |= {"checked": shown["value"] in (True, "true", "on"), "value": "true"}
    if field.type == "datetime" and shown["value"] and "+" in str(shown["value"]):
        shown["value"] = f"{timezone.localtime(datetime.fromisoformat(shown['value'])):%Y-%m-%dT%H:%M}"
    if field.type == "file":
        shown |= {"kind": "select", "choices": [{"value": "", "label": "–"}, *papers]}
    if field.type == "choice":
        shown["choices"] = [{"value": "", "label": "–"}, *({"value": v, "label": t} for v, t in field.choices)]
    return shown


def form_fields(
    form: Any, given: QueryDict, papers: Sequence[Mapping[str, Any]], wrong: Wrong = NOTHING
) -> list[dict[str, Any]]:
    """The fields of a form that are shown; a field for a file chooses among the papers."""
    chosen = [{"value": str(one["id"]), "label": one["name"]} for one in papers]
    return [form_field(one, given, chosen) | {"problem": _problem(one, wrong)} for one in form.fields if one.shown]


def _problem(field: Any, wrong: Wrong) -> str:
    if field.name in wrong.empty:
        return _("This is needed.")
    if field.name not in wrong.unfit:
        return ""
    what = {"number": _("This is no number."), "money": _("This is no amount."), "date": _("This is no date.")}
    return what.get(field.type, _("This does not fit here."))


def form_checks(form: Any, given: QueryDict, wrong: Wrong = NOTHING) -> list[dict[str, Any]]:
    """The check items of an item, ticked as they were sent."""
    ticked = given.getlist("check")
    return [
        {
            "label": label,
            "value": name,
            "checked": done or name in ticked,
            "n": n,
            "problem": _("This has to be done first.") if name in wrong.unchecked else "",
        }
        for n, (name, label, done) in enumerate(form.checks)
    ]


def form_outcomes(form: Any) -> list[dict[str, Any]]:
    """The verbs of an item: those that send back first, the way on that the map names first last and in the accent, as a selection
    takes it, too."""
    onward = [one for one in form.outcomes if not one[2]]
    verbs = [one for one in form.outcomes if one[2]] + onward[:0:-1] + onward[:1]
    return [
        {
            "label": label or _("Done"),
            "form": "work-form",
            "name": "outcome",
            "value": name,
            "primary": not back and name == onward[0][0],
            "key": "r" if back else ("a" if name == onward[0][0] else ""),
        }
        for name, label, back in verbs
    ]


def sends_back(form: Any) -> str:
    """The verbs that send an item back and need a reason; "" where none does."""
    return ", ".join(label or name for name, label, back in form.outcomes if back)


def posted(form: Any, given: QueryDict) -> dict[str, Any]:
    """A finished form as the command takes it."""
    values: dict[str, Any] = {}
    for field in form.fields:
        if f"field-{field.name}" not in given and not field.shown:
            continue
        text = given.get(f"field-{field.name}", "")
        values[field.name] = text == "true" if field.type == "boolean" else text
        if field.type in ("number", "money"):
            values[field.name] = decimal(text)
        if field.type == "datetime" and text:
            values[field.name] = _moment(text)
    return {
        "id": form.row.id,
        "outcome": given.get("outcome", ""),
        "values": values,
        "checks": given.getlist("check"),
        "reason": given.get("reason", ""),
    }


def _moment(text: str) -> str:
    """A moment as typed, by the company's clock; what is none stays, so that it is refused by name."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.get_current_timezone()).isoformat()
    except ValueError:
        return text
