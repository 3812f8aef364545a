"""What the API answers when it does not do what was asked: problem documents (RFC 9457), one kind each, explained on the docs page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderway.documents.store import Unreachable
from orderway.kernel.outcome import Refusal

from .answers import as_json

View = Callable[..., HttpResponse]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its HTTP status, its title, and what to do about it."""

    status: int
    title: str | Promise
    advice: str | Promise


KINDS: Mapping[str, Kind] = {
    "unreadable": Kind(400, _("The request cannot be read"), _("Send valid JSON, and flags as true or false.")),
    "not-signed-in": Kind(401, _("Who asks is not known"), _("Send a valid token: Authorization: Bearer …")),
    "not-allowed": Kind(403, _("Not allowed"), _("Neither the roles nor the scopes of the caller include this.")),
    "foreign-page": Kind(
        403, _("Sent from another page"), _("With a session cookie, send the X-CSRFToken header too.")
    ),
    "unknown": Kind(404, _("There is no such thing"), _("It does not exist, or the caller may not see it.")),
    "wrong-method": Kind(405, _("Wrong method"), _("Commands are posted, queries are got; see the Allow header.")),
    "key-reused": Kind(409, _("This key was used for something else"), _("Send a new Idempotency-Key.")),
    "too-large": Kind(413, _("The request is too large"), _("Send the rows in several smaller sets.")),
    "not-json": Kind(415, _("The request is not JSON"), _("Send the header Content-Type: application/json.")),
    "refused": Kind(422, _("Refused"), _("Nothing was done; the refusals say which row stands in the way and why.")),
    "too-many-calls": Kind(429, _("Too many calls"), _("Wait as many seconds as Retry-After says.")),
    "papers-away": Kind(
        503,
        _("The papers cannot be reached"),
        _("Nothing was changed. Send the same again in a minute, with the same key."),
    ),
}


@dataclass
class Problem(Exception):
    """Ends a request with a problem document. `refusals` say more; `headers` go with the answer."""

    kind: str
    refusals: Sequence[Refusal] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def answered(method: str) -> Callable[[View], View]:
    """A view for one method (and HEAD beside GET) that answers problems as problem+json."""
    allowed = ("GET", "HEAD") if method == "GET" else (method,)

    def answering(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return _document(Problem("wrong-method", headers={"Allow": ", ".join(allowed)}))
            try:
                return view(request, *args, **kwargs)
            except Problem as problem:
                return _document(problem)
            except Unreachable as away:
                log.warning("the papers cannot be reached", why=str(away))
                return _document(Problem("papers-away", headers={"Retry-After": "60"}))

        return guarded

    return answering


def _document(problem: Problem) -> HttpResponse:
    kind = KINDS[problem.kind]
    body: dict[str, Any] = {
        "type": f"{reverse('api-docs')}#{problem.kind}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(kind.advice),
    }
    if problem.refusals:
        body["refusals"] = [refusal.as_json() for refusal in problem.refusals]
    headers = {**problem.headers, "Cache-Control": "no-store"}
    return HttpResponse(as_json(body), "application/problem+json", kind.status, headers=headers)
