"""Python's types and values in words that a reader of the reference needs no Python for."""

import types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_PLAIN = {
    int: "whole number",
    str: "text",
    bool: "true or false",
    Decimal: "decimal",
    date: "day",
    datetime: "moment",
    bytes: "bytes",
    Any: "anything",
}


def in_words(kind: Any) -> str:
    """A type as words: `list of decimal`, `day or nothing`; a dataclass by its name as code."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        rest = " or ".join(in_words(one) for one in inner if one is not types.NoneType)
        return f"{rest} or nothing"
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin is tuple and inner[-1:] != (Ellipsis,):
        return f"({', '.join(in_words(one) for one in inner)})"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"{in_words(inner[1])} by {in_words(inner[0])}"
    if isinstance(origin, type) and issubclass(origin, Collection | Sequence):
        return f"list of {in_words(inner[0])}"
    return f"`{kind.__name__}`"


def parts_of(kind: Any) -> list[type]:
    """The dataclasses inside a type."""
    if is_dataclass(kind):
        return [kind] if isinstance(kind, type) else []
    return [part for inner in get_args(kind) for part in parts_of(inner)]


def default_of(field: "Field[Any]") -> str:
    """A field's default as words; `required` where there is none."""
    if field.default_factory is not MISSING:
        return "empty"
    if field.default is MISSING:
        return "**required**"
    if field.default is None:
        return "nothing"
    if isinstance(field.default, bool):
        return "true" if field.default else "false"
    return f"`{field.default}`" if field.default != "" else "empty"


def table(row: type) -> list[str]:
    """The fields of a dataclass as the lines of a Markdown table; none for a row without fields."""
    hints = get_type_hints(row)
    rows = [f"| `{field.name}` | {in_words(hints[field.name])} | {default_of(field)} |" for field in fields(row)]
    return ["| field | holds | default |", "| --- | --- | --- |", *rows] if rows else []


def sentence(thing: Any) -> str:
    """A docstring as one paragraph a blank line, its line ends gone; the generated one of a dataclass counts as none."""
    text = (thing.__doc__ or "").strip()
    if isinstance(thing, type) and text.startswith(f"{thing.__name__}("):
        return ""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
