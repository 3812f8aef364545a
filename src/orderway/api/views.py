"""The four addresses: any command, any query, the document that describes them, and the page that shows it."""

from collections.abc import Sequence
from decimal import DecimalException
from typing import Any

import structlog
from django.db import DataError, IntegrityError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import CardinalityViolation

from orderway.capture.inlets import receive_all
from orderway.kernel.access import Actor
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import commands, queries
from orderway.kernel.running import ask, can, run

from .answers import answer, rows_of
from .callers import caller
from .document import document_text
from .messages import COMMAND, files_in
from .page import page
from .problems import Problem, answered
from .reading import asked_in, flags_in, key_in, must_be_json, rows_in

log = structlog.get_logger()


@csrf_exempt  # callers.py asks for the CSRF token where a cookie speaks
@answered("POST")
def command(request: HttpRequest, name: str) -> HttpResponse:
    """Run a command on the rows in the body: 200 with its outcome when something was done (or would be, in a dry run)."""
    must_be_json(request)
    actor = _admitted(request, name, name in commands)
    flags, key = flags_in(request.GET, "dry", "partial"), key_in(request)
    outcome = _run(name, actor, rows_in(request, name), key=key, **flags)
    if outcome.refused and not outcome.done:
        raise Problem("key-reused" if outcome.refused[0].code == "key-reused" else "refused", outcome.refused)
    return answer(outcome.as_json())


@csrf_exempt  # as above
@answered("POST")
def messages(request: HttpRequest) -> HttpResponse:
    """Take in a message or files as they are: 201 when something is new, 200 when all of it was here before."""
    actor = _admitted(request, COMMAND, known=True)
    outcome = receive_all(actor, files_in(request), "api", key_in(request))
    if outcome.refused:
        raise Problem("key-reused" if outcome.refused[0].code == "key-reused" else "refused", outcome.refused)
    answered = answer(outcome.as_json())
    answered.status_code = 201 if outcome.values.get("new") else 200
    return answered


@answered("GET")
def query(request: HttpRequest, name: str) -> HttpResponse:
    """Ask a query: 200 with its rows."""
    actor = _admitted(request, name, name in queries)
    asked = asked_in(request.GET, name)
    try:
        found = rows_of(ask(name, actor, asked))
    except DataError as error:
        raise Problem("refused", [_out_of_range(name, error)]) from error
    if found is None:
        raise Problem("unknown")
    return answer(found)


@answered("GET")
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """The OpenAPI document."""
    return HttpResponse(document_text(), "application/json")


@answered("GET")
def docs(request: HttpRequest) -> HttpResponse:
    """The document for people."""
    return page(request)


def _admitted(request: HttpRequest, name: str, known: bool) -> Actor:
    """Settle who calls and whether they may, before anything they sent is looked at."""
    actor = caller(request)
    if not known:
        raise Problem("unknown")
    if not can(actor, name):
        raise Problem("not-allowed", [Refusal("not-allowed", None, {"name": name})])
    return actor


def _run(name: str, actor: Actor, rows: Sequence[Any], **how: Any) -> Outcome:
    try:
        return run(name, actor, rows, **how)
    except IntegrityError as error:
        constraint = error.__cause__.diag.constraint_name  # type: ignore[union-attr]
        log.warning("refused by a constraint", command=name, constraint=constraint)
        return Outcome(refused=[Refusal("against-constraint", None, {"constraint": constraint})])
    except ProgrammingError as error:
        if not isinstance(error.__cause__, CardinalityViolation):
            raise
        return Outcome(refused=[Refusal("twice-in-the-set")])  # two rows of the set are about the same thing
    except (DataError, DecimalException, OverflowError) as error:
        return Outcome(refused=[_out_of_range(name, error)])


def _out_of_range(name: str, error: Exception) -> Refusal:
    """A value that fits its type but not its column: too long, too large, or with a NUL in it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    reason = diagnosis.message_primary if diagnosis and diagnosis.message_primary else ""
    log.warning("value out of range", name=name, kind=type(error).__name__, sqlstate=getattr(diagnosis, "sqlstate", ""))
    return Refusal("out-of-range", None, {"reason": reason})
