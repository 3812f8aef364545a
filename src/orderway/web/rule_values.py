"""Values for a table as people set them on a page, and what it answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from .amounts import typed
from .drawing_words import FACTS
from .forms import Field

_FIELDS = {"number": "number", "date": "date", "boolean": "select"}


def fields_of(asks: Mapping[str, str]) -> list[Field]:
    """A field for each fact that a table asks."""
    truth = [("", _("not known")), ("true", _("yes")), ("false", _("no"))]
    return [
        Field(name, FACTS.get(name, name), _FIELDS.get(kind, "text"), choices=truth if kind == "boolean" else ())
        for name, kind in asks.items()
    ]


def texts_of(fields: Sequence[Field], given: Mapping[str, str]) -> dict[str, str]:
    """What was set, as `decisions.try` reads it: figures of the reader's locale in plain digits; what is none stays and is told."""
    if given.get("exact"):  # values of a decision that was made, as the rules had them
        return {field.name: str(given.get(field.name, "")) for field in fields}
    texts = {field.name: str(given.get(field.name, "")).replace("\x00", "").strip() for field in fields}
    figures = {field.name: typed(texts[field.name]) for field in fields if field.kind == "number"}
    return texts | {name: str(value) for name, value in figures.items() if value is not None}


def answer_words(tried: Any) -> str:
    """What came out, on one line."""
    return "" if tried.problems else value_words(tried.result)


def value_words(value: Any) -> str:
    """A value of a decision in words: texts as they are, several by name, nothing as a dash."""
    if value is None or value in ([], ""):
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {value_words(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(value_words(one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
