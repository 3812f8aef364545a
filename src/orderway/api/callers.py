"""Who calls: a program by its token, or a page of ours by the session of whoever is signed in."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from orderway.kernel import clock
from orderway.kernel.access import Actor
from orderway.people.queries import bearer_of

from .problems import Problem


def caller(request: HttpRequest) -> Actor:
    """The actor of a request, narrowed to the scopes of its token. A token costs one statement, its rate limit included.

    Problems: not-signed-in, too-many-calls, foreign-page (a POST with a session cookie and without its CSRF token).
    """
    if authorization := request.headers.get("Authorization"):
        return _by_token(authorization)
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not _from_here(request):
        raise Problem("not-signed-in", headers={"WWW-Authenticate": "Bearer"})
    if request.method == "POST" and _csrf.process_view(request, _no_view, (), {}) is not None:
        raise Problem("foreign-page")
    return actor


def _by_token(authorization: str) -> Actor:
    scheme, _, token = authorization.partition(" ")
    bearer = bearer_of(token.strip()) if scheme.lower() == "bearer" else None
    if bearer is None:
        raise Problem("not-signed-in", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    if bearer.too_many:
        raise Problem("too-many-calls", headers={"Retry-After": str(60 - clock.now().second)})
    return bearer.actor


def _from_here(request: HttpRequest) -> bool:
    # browsers say where a request comes from; what is no browser does not
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def _no_view(_: HttpRequest) -> HttpResponse:
    raise AssertionError("only asked whether the token fits")


_csrf = CsrfViewMiddleware(_no_view)
