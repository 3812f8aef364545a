"""Forms of a command's row: what is asked, what was typed, what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .amounts import typed

Text = str | Promise


class Field(NamedTuple):
    """A field of a form as components/field.html asks for it; `value` is what stands there before anybody types."""

    name: str
    label: Text
    kind: str = "text"
    required: bool = False
    value: str = ""
    hint: Text = ""
    choices: Sequence[tuple[str, Text]] = ()
    full: bool = False
    suffix: Text = ""
    autofocus: bool = False


class Typed(NamedTuple):
    """A posted form: the texts as typed, the values that fit (empty ones left out), and by field what does not fit."""

    texts: Mapping[str, str]
    values: Mapping[str, Any]
    problems: Mapping[str, str]


def read_form(request: HttpRequest, fields: Sequence[Field]) -> Typed:
    """What was typed into these fields: numbers as decimals, days as dates, the rest as text."""
    texts = {field.name: request.POST.get(field.name, "").replace("\x00", "").strip() for field in fields}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields:
        text = texts[field.name]
        value = _value(field, text)
        if field.kind == "check":
            values[field.name] = bool(text)
        elif not text and field.required:
            problems[field.name] = _("This is needed.")
        elif text and value is None:
            problems[field.name] = _("This is not a number.") if field.kind == "number" else _("This cannot be read.")
        elif text:
            values[field.name] = value
    return Typed(texts, values, problems)


def typed_day(text: str) -> date | None:
    """The day that a browser's field for days gives (2026-03-31); None for any other text."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _value(field: Field, text: str) -> Any:
    if field.kind == "number":
        return typed(text)
    if field.kind == "date":
        return typed_day(text)
    if field.kind == "select":
        return text if text in {value for value, _label in field.choices} else None
    return text


def shown(fields: Sequence[Field], form: Typed | None = None, **given: str) -> list[dict[str, Any]]:
    """The fields with what was typed, else with `given`, else as they begin."""
    return [
        {
            "name": field.name,
            "label": field.label,
            "kind": field.kind,
            "required": field.required,
            "hint": field.hint,
            "full": field.full,
            "suffix": field.suffix,
            "autofocus": field.autofocus,
            "choices": [{"value": value, "label": label} for value, label in field.choices],
            "value": form.texts[field.name] if form else given.get(field.name, field.value),
            "checked": form is not None and bool(form.texts[field.name]),
            "problem": form.problems.get(field.name, "") if form else "",
        }
        for field in fields
    ]
