"""What every request passes: who acts, in which company, zone and language, and what a page may load."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from orderway.people.queries import actor_of
from orderway.people.signing_in import workplaces

Next = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# asked every few seconds by every open browser: it reads its own signed address and needs no person
WITHOUT_PERSON = ("/live",)


def acting(following: Next) -> Next:
    """Give `request.actor` (the signed-in person at work in the company they chose, or None) and `request.workplace`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = request.workplace = None  # type: ignore[attr-defined]
        request.workplaces = ()  # type: ignore[attr-defined]
        if request.path in WITHOUT_PERSON or not request.user.is_authenticated:
            return following(request)
        places = workplaces(request.user.pk)
        chosen = request.session.get("company")
        place = next((one for one in places if one.id == chosen), places[0] if places else None)
        if place is not None:
            request.actor = actor_of(request.user.pk, place.id)  # type: ignore[attr-defined]
            request.workplace, request.workplaces = place, places  # type: ignore[attr-defined]
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language() or "en"
        with timezone.override(ZoneInfo(place.timezone) if place else None):
            return following(request)

    return middleware


def content_security(following: Next) -> Next:
    """Let a page load from its own origin only, and run no inline script or style."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = following(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Referrer-Policy", "same-origin")
        if getattr(request, "actor", None) is not None:
            # pages belong to one person: no proxy keeps them. Not "no-store": going back must bring back what was typed
            response.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware
