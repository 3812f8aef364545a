"""A trial of many: a page that is there at once and tells how far it is; the answer comes at the end of the request that tries.

Nothing is kept for it between two requests, so it does not matter which host answers; who leaves the page ends the request, and
with it the trial, at the end of the part under way.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.workflow.trying.queries import NotRunnable, Tried, together

from .listing import address
from .publishing import title_of
from .respond import found, read, show
from .templatetags.ui import number

A_SECOND = 300
PART, WORDS = 150, 20  # runs tried between two words of progress, at least; and how often it is told about, at most
LINES = "application/x-ndjson"
Finish = Callable[[Tried | NotRunnable], HttpResponse]


def announced(request: HttpRequest, key: str, many: int) -> HttpResponse:
    """The page that is there at once, and asks for the trial itself."""
    seconds = max(1, round(many / A_SECOND))
    about = ngettext("%(n)s is tried; that takes about %(s)s s.", "%(n)s are tried; that takes about %(s)s s.", many)
    return show(
        request,
        "maps/trying.html",
        title=_("Try %(name)s") % {"name": title_of(request, key)},
        back_url=reverse("map", args=[key]),
        url=address(request, after=None),
        plain_url=address(request, after=None, now="1"),
        many=many,
        words=about % {"n": number(many), "s": seconds},
    )


def asks_for_parts(request: HttpRequest) -> bool:
    """Whether the page's script asks, which reads the progress line by line."""
    return LINES in request.headers.get("Accept", "")


def part_by_part(request: HttpRequest, question: Any, finish: Finish) -> HttpResponseBase:
    """Lines of JSON: `{done, words}` after each part, at last `{page}`. What cannot be tried is answered at once, as a page."""
    runs = read(request, "workflow.runs_to_try", question)
    first = found(read(request, "workflow.try", replace(question, runs=runs[: _part(runs)])))
    if isinstance(first, NotRunnable) or not runs:
        return finish(first)
    # what a request sets around its view is gone when its lines are made
    said_in = translation.get_language() or "en", timezone.get_current_timezone()
    response = StreamingHttpResponse(_lines(request, question, runs, first, said_in, finish), content_type=LINES)
    response["X-Accel-Buffering"] = "no"  # a proxy in front passes each line on
    return response


def _part(runs: list[int]) -> int:
    """How many runs are tried at once: each part reads for itself what all of them rest on."""
    return max(PART, len(runs) // WORDS)


def _lines(
    request: HttpRequest, question: Any, runs: list[int], first: Tried, said_in: tuple[str, Any], finish: Finish
) -> Iterator[str]:
    began = time.monotonic() - first.seconds
    parts = [first]
    # each step sets language and zone for itself: none holds them while it waits to be asked for the next line
    part = _part(runs)
    for start in range(part, len(runs), part):
        with _as_of(*said_in):
            said = _said(start, len(runs), time.monotonic() - began)
        yield said
        with _as_of(*said_in):
            parts.append(read(request, "workflow.try", replace(question, runs=runs[start : start + part])))
    with _as_of(*said_in):
        page = finish(together(parts)).content.decode()
    yield json.dumps({"page": page}) + "\n"


def _as_of(language: str, zone: Any) -> ExitStack:
    stack = ExitStack()
    stack.enter_context(translation.override(language))
    stack.enter_context(timezone.override(zone))
    return stack


def _said(done: int, many: int, took: float) -> str:
    left = max(1, round(took / done * (many - done)))
    words = _("%(done)s of %(many)s, about %(s)s s left") % {"done": number(done), "many": number(many), "s": left}
    return json.dumps({"done": done, "words": words}) + "\n"
