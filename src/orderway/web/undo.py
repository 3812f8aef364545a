"""Taking back the last act, from its toast."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _

from .refusal_words import refusal_text
from .respond import do, page


@page
def undo(request: HttpRequest) -> HttpResponse:
    """Undo the command whose number is `token` (of one that ran in chunks: their numbers, parted by commas), all or nothing; the answer
    says so in words."""
    numbers = request.POST.get("token", "").split(",")
    if request.method != "POST" or not all(one.isascii() and one.isdigit() for one in numbers):
        raise Http404
    outcome = do(request, "kernel.undo", [{"id": int(one)} for one in numbers])
    if outcome.refused:
        return JsonResponse({"text": refusal_text(outcome.refused[0]), "tone": "late"}, status=409)
    return JsonResponse({"text": _("Undone")})


urls = [path("undo", undo, name="undo")]
