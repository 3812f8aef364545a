"""From rows and outcomes to JSON: amounts and quantities as strings, so that nobody makes floats of them, files as base64."""

import base64
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise
from pydantic import SecretStr

from orderway.kernel.paging import Page


def as_json(value: Any) -> str:
    """The JSON of a plain value; a type that has no place in an answer is a TypeError."""
    return json.dumps(value, default=_scalar, ensure_ascii=False, allow_nan=False)


def _scalar(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, SecretStr):
        return value.get_secret_value()  # the one time it is shown
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, UUID | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")


def rows_of(result: Any) -> Any:
    """What a query gave, as the API says it: a list as {"rows", "next", "count"}, one thing as an object, nothing as None."""
    if isinstance(result, Page):
        return {"rows": [_plain(row) for row in result.rows], "next": result.next, "count": result.count}
    if isinstance(result, list | tuple) and not hasattr(result, "_asdict"):
        return {"rows": [_plain(row) for row in result], "next": None, "count": len(result)}
    return _plain(result)


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return value


def answer(value: Any) -> HttpResponse:
    """A good answer, for this caller and this moment only."""
    return HttpResponse(as_json(value), "application/json", headers={"Cache-Control": "no-store"})
