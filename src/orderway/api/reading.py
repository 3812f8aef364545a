"""From a request to the rows of a command or the parameters of a query, by the types of the registry.

Stricter than a form: what the document does not allow is refused, so that the document is true.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, QueryDict
from pydantic import ValidationError
from pydantic_core import from_json

from orderway.kernel.outcome import Refusal

from .problems import Problem
from .schemas import Json, is_many, is_plain, parameters_of, question_of, set_of

BODY_LIMIT: Final = 10 * 1024 * 1024  # bytes
KEY: Final = "^[!-~]{1,200}$"


def must_be_json(request: HttpRequest) -> None:
    """Problem: not-json, so that no form of another page is ever read."""
    if request.content_type != "application/json":
        raise Problem("not-json", headers={"Accept-Post": "application/json"})


def rows_in(request: HttpRequest, name: str) -> Sequence[Any]:
    """The rows in the body of a POST to the command `name`. Problems: too-large, unreadable, refused (`invalid`)."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        raise Problem("too-large")
    try:
        rows: Sequence[Any] = set_of(name).validate_json(request.read())["rows"]
    except ValidationError as error:
        raise _misfit(error) from None
    return rows


def asked_in(query: QueryDict, name: str) -> Any:
    """The parameters of the query `name` in an address. Problem: refused (`invalid`)."""
    schemas = parameters_of(name)
    given = {key: _value(key, schemas.get(key, {}), values) for key, values in query.lists()}
    try:
        return question_of(name).validate_python({"asked": given})["asked"]
    except ValidationError as error:
        raise _misfit(error) from None


def _value(name: str, schema: Json, values: Sequence[Any]) -> Any:
    """What a parameter holds: a list where the query wants one, JSON where it wants more than a text can say, else its text."""
    if len(values) != 1 or is_many(schema):
        return values
    if not schema or is_plain(schema):
        return values[0]
    try:
        return from_json(values[0])
    except ValueError:
        raise Problem("refused", [Refusal("invalid", None, {"field": name, "reason": "not JSON"})]) from None


def _misfit(error: ValidationError) -> Problem:
    """Which field of which row does not fit, and why; never the value, which may be a password."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(e["type"] == "json_invalid" for e in found):
        return Problem("unreadable", [Refusal("invalid-json", None, {"reason": found[0]["msg"]})])
    return Problem("refused", [_invalid(e["loc"], e["msg"]) for e in found])


def _invalid(place: tuple[int | str, ...], reason: str) -> Refusal:
    row = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    field = place[1:] if row is None else place[2:]
    return Refusal("invalid", row, {"field": ".".join(map(str, field)), "reason": reason})


def flags_in(query: QueryDict, *known: str) -> dict[str, bool]:
    """Flags of an address, each `true` or `false` and false unless given. Problem: unreadable for anything else."""
    if set(query) - set(known) or any(value not in ("true", "false") for key in query for value in query.getlist(key)):
        raise Problem("unreadable", [Refusal("invalid-flag", None, {"known": list(known)})])
    return {name: query.get(name) == "true" for name in known}


def key_in(request: HttpRequest) -> str | None:
    """The Idempotency-Key of a request. Problem: unreadable when it is longer than 200 characters or not visible ASCII."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(KEY, key):
        raise Problem("unreadable", [Refusal("invalid-key", None, {"pattern": KEY})])
    return key
