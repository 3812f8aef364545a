"""Which lists changed, for pages that update by themselves: names only, at most one look a second.

An open stream would hold one of the web server's few threads for as long as a browser is open. So every answer ends at
once and tells the browser to come back in two seconds (`retry`); what it was told last travels in `Last-Event-ID`. The
address carries the company, signed: no session and no person is read, and hundreds of open browsers share one look
at the event table a second. docs/decisions/0012-live-updates-by-short-answers.md has the reasons and figures.
"""

import math
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import path

from orderway.kernel.queries import lately
from orderway.workflow.waiting import opened_lately

# what an event is about, or the family of its name -> the lists it changes; anything else is a list of its own name
LISTS: Mapping[str, tuple[str, ...]] = {
    "order": ("orders",),
    "level": ("stock",),
    "warehouse": ("stock",),
    "item": ("items",),
    "price": ("items",),
    "party": ("customers",),
    "message": ("inbox",),
    "work_item": ("work",),
    "process": ("work", "maps"),
    "shipment": ("shipping", "stock"),
    "booking": ("shipping",),
    "carrier": ("shipping",),
    "invoice": ("billing",),
    "payment": ("billing",),
    "credit_note": ("billing",),
    "prepayment": ("billing",),
    "notice": ("notices",),
    "saved_view": (),
    "document": ("papers",),
    "parcel": ("papers", "archive"),
    "job_ticket": ("production",),
    "print_spec": ("production",),
    "estimate": ("production",),
}
EVERY = 1.0  # seconds between two looks of one process
AGAIN = 2_000  # milliseconds until the browser asks again
ASLEEP = 60.0  # seconds of silence after which a browser is told every list
DAY = 24 * 3600
_signer = signing.TimestampSigner(salt="live")


class Seen(NamedTuple):
    """A command's work as it became visible: when (seconds of the database's clock), whose, and what about."""

    at: float
    company: int
    subjects: tuple[str, ...]


class Look(NamedTuple):
    """One look at the events: when, the last id there was, and what changed in the last minute by command."""

    at: float
    last: int
    seen: Mapping[int, Seen]


def looked(before: Look | None, at: float, last: int, rows: Iterable[Any]) -> Look:
    """The next look. A command is dated by the first look that shows it, because it may have begun long before it was done.

    The first look of a process cannot tell what is new, so there all of the last minute counts as new.
    """
    old = before.seen if before else {}
    seen = {id: one for id, one in old.items() if at - one.at < ASLEEP}
    for row in rows:
        begun = row.at.timestamp()
        seen_at = at if before or at - begun < ASLEEP else begun
        seen[row.command_id] = old.get(row.command_id) or Seen(seen_at, row.company_id, tuple(row.subjects))
    return Look(at, last, seen)


class _Window:
    """The last look of this process, shared by all who ask within the second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._look: Look | None = None
        self._item: int | None = None
        self._taken = 0.0

    def now(self) -> Look:
        with self._lock:
            if self._look is None or time.monotonic() - self._taken >= EVERY:
                at, last, rows = lately(self._look.last if self._look else None)
                opened = opened_lately(self._item)
                self._item = -opened[-1].command_id if opened else self._item
                self._look = looked(self._look, at.timestamp(), last, [*rows, *opened])
                self._taken = time.monotonic()
            return self._look


window = _Window()


def address(company: int) -> str:
    """Where the pages of a company listen."""
    return f"/live?of={_signer.sign(str(company))}"


def lists_of(subjects: Iterable[str]) -> set[str]:
    """The lists that show these subjects."""
    return {name for subject in subjects for name in LISTS.get(subject, (subject,))}


def since_when(look: Look, told: str, age: str) -> float:
    """The time from which a browser wants the news: of the look that it heard of last (`told`), or of its page's request.

    `age`: milliseconds since the browser asked for the page, by its own clock. Whatever happened while the page was made,
    sent and drawn may be missing in it. Who says neither is told nothing.
    """
    try:
        since = float(told) if told else look.at - float(age) / 1000
    except ValueError:
        return look.at
    return since if math.isfinite(since) else look.at


def news(look: Look, company: int, since: float) -> list[str]:
    """The lists of a company changed since then; who slept is told every list."""
    if look.at - since > ASLEEP:
        return sorted(lists_of(LISTS))
    mine = (seen for seen in look.seen.values() if seen.company == company and seen.at > since)
    return sorted({name for seen in mine for name in lists_of(seen.subjects)})


def stream(request: HttpRequest) -> HttpResponse:
    """The names of lists changed since the browser asked last, as one server-sent answer that ends at once."""
    try:
        company = int(_signer.unsign(request.GET.get("of", ""), max_age=DAY))
    except signing.BadSignature:
        return HttpResponse(status=204)  # a browser stops asking
    look = window.now()
    since = since_when(look, request.headers.get("Last-Event-ID", ""), request.GET.get("age", ""))
    lines = "".join(f"data: {name}\n\n" for name in news(look, company, since))
    body = f"retry: {AGAIN}\nid: {look.at:.6f}\n\n{lines}"
    return HttpResponse(body, content_type="text/event-stream", headers={"Cache-Control": "no-store"})


urls = [path("live", stream, name="live")]
