"""The inbox: what came in beside what was read of it, and what a person makes of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orderway.capture.inlets import receive
from orderway.capture.reasons import from_json, worded
from orderway.capture.rules import OPEN, OTHER_KINDS
from orderway.kernel.access import Actor
from orderway.kernel.outcome import Refusal
from orderway.kernel.running import ask

from .advice import INTAKE
from .documents import papers_of, preview
from .fields import needs, refusals
from .intake import doubts, drafted, lines, not_orders, picked_items, readings
from .listing import address, many
from .refusal_words import refusal_text
from .refusing import acts_on, link, told
from .respond import actor, do, found, may, page, read, read_if, show, tell
from .shell import counted, most
from .templatetags.ui import moment
from .words import CHANNELS

STATES = ("", "order", "not_an_order", "rejected")


@counted("inbox")
def count(actor: Actor) -> tuple[int, int]:
    """What is open in the inbox."""
    open_ones = [row.n for row in ask("capture.counts", actor) if row.state in OPEN]
    return most(sum(open_ones)), 0


@page
def listing(request: HttpRequest) -> HttpResponse:
    """What is open, the newest first, and the first of it open."""
    return _panes(request, None)


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One input beside the list."""
    return _panes(request, found(read(request, "capture.one", id=id)))


def _panes(request: HttpRequest, intake: Any, problems: Sequence[str] = (), status: int = 200) -> HttpResponse:
    state = request.GET.get("state", "")
    words = request.GET.get("q", "").strip() or None
    rows = read(request, "capture.inbox", state=state if state in STATES[1:] else None, search=words)
    opened = intake is not None
    if intake is None and rows.rows:
        intake = read(request, "capture.one", id=rows.rows[0].id)
    return show(
        request,
        "inbox/panes.html",
        status=status,
        panes="inbox",
        title=_("Inbox"),
        sub=_("%(n)s here") % {"n": many(rows.count)},
        choices=_choices(request, state),
        items=[_item(row, intake, request.GET.urlencode()) for row in rows.rows],
        search={"value": words or "", "label": _("Sender, subject, number"), "other_params": _kept(state)},
        open=opened,
        back_url=f"{reverse('inbox')}{address(request)}",
        may_upload=may(request, "capture.receive"),
        empty=_empty(request),
        live="inbox intake",
        keys=[{"caps": ["J", "K"], "label": _("message")}, {"caps": ["1", "9"], "label": _("take proposal")}],
        keys_note=_("The original is stored; nothing changes until you make the order"),
        **(_opened(request, intake) if intake else {}),
        problems=problems,
    )


def _kept(state: str) -> list[dict[str, str]]:
    return [{"name": "state", "value": state}] if state else []


def _empty(request: HttpRequest) -> dict[str, Any]:
    text = _("Nothing waits here. Mails, scans, EDI and uploaded files appear as soon as they come in.")
    action = {"label": _("Upload files"), "url": reverse("inbox-upload"), "icon": "upload"}
    return {"text": text, "action": action} if may(request, "capture.receive") else {"text": text}


def _choices(request: HttpRequest, state: str) -> list[dict[str, Any]]:
    counts = {row.state: row.n for row in read(request, "capture.counts")}
    counts[""] = sum(counts.get(one, 0) for one in ("received", "recognised", "review"))
    named = {"": _("Open"), "order": _("Done"), "not_an_order": _("No order"), "rejected": _("Rejected")}
    return [
        {
            "label": label,
            "url": f"{reverse('inbox')}?state={key}" if key else reverse("inbox"),
            "current": key == state,
            "count": "" if key else counts[""],
        }
        for key, label in named.items()
    ]


def _item(row: Any, shown: Any, query: str) -> dict[str, Any]:
    badge, tone = _badge(row)
    icons = {"imap": "mail", "mail": "mail", "upload": "upload", "folder": "folder", "api": "plug"}
    ways = {"upload": _("Upload"), "folder": _("Folder"), "imap": _("Mail"), "command-line": _("Command line")}
    origin = [str(ways.get(row.channel) or CHANNELS.get(row.channel, row.channel)), row.kind]
    if row.lines:
        origin.append(ngettext("%(n)s line", "%(n)s lines", row.lines) % {"n": row.lines})
    return {
        "id": row.id,
        "url": f"{reverse('intake', args=[row.id])}?{query}",
        "title": row.customer or row.sender or row.name,
        "when": moment(row.received_at),
        "second": row.subject or row.name,
        "icon": icons.get(row.channel, "inbox"),
        "third": " · ".join(word for word in origin if word),
        "badge": badge,
        "badge_tone": tone,
        "current": shown is not None and shown.id == row.id,
        "read": row.state not in ("received", "recognised", "review"),
    }


def _badge(row: Any) -> tuple[str, str]:
    """Where an input stands, in a word or two."""
    findings = loaded(row.findings) or []
    if row.state == "review":
        n = len(findings)
        return (ngettext("%(n)s doubtful", "%(n)s doubtful", n) % {"n": n} if n else _("Needs eyes"), "wait")
    if row.state == "order":
        return _("Order %(number)s") % {"number": row.order_number}, "done"
    if row.state == "not_an_order":
        return str(not_orders().get(row.dismissed_as, row.dismissed_as)), ""
    words = {"received": _("Reading"), "recognised": _("Clear"), "rejected": _("Not readable")}
    return words.get(row.state, row.state), "late" if row.state == "rejected" else ""


def loaded(value: Any) -> Any:
    """JSON that the driver hands over as text, as values."""
    return json.loads(value) if isinstance(value, str) else value


def _opened(request: HttpRequest, intake: Any) -> dict[str, Any]:
    """The middle and right pane of one input."""
    draft = drafted(intake)
    versions = read(request, "documents.versions", document=intake.document_id)
    raw = papers_of(request, "message", intake.message_id)
    here = reverse("intake", args=[intake.id])
    findings = loaded(intake.findings) or []
    # who and what is unknown stands among the fields to settle
    doubted = [refusal_text(Refusal(code, None, facts)) for code, facts in findings if not code.startswith("unknown-")]
    acts = acts_on(request, INTAKE, intake.id)
    open_now = intake.state in acts["capture.order"].states and may(request, "capture.settle")
    mendable = open_now and draft is not None
    return {
        "stopped": told(acts["capture.order"].refused, INTAKE) if mendable else "",
        "why_not": link(INTAKE, intake.id),
        "intake": intake,
        "here": here,
        "badge": _badge(intake),
        "reasons": [worded([from_json(one)], _) for one in intake.reasons],
        "preview": preview(intake.document_id, versions[0]) if versions else {},
        "raw_url": raw[0]["url"] if raw else "",
        "draft": draft,
        "fields": readings(intake, draft),
        "doubts": doubts(request, intake, draft) if open_now else [],
        "found_doubts": doubted,
        "mendable": mendable,
        "rereadable": not acts["capture.reread"].refused and may(request, "capture.reread"),
        "dismissable": not acts["capture.dismiss"].refused and may(request, "capture.dismiss"),
        "kinds": [{"value": kind, "label": not_orders()[kind]} for kind in OTHER_KINDS],
        "price_doubt": any(code == "price-differs" for code, _facts in findings),
        **lines(intake, draft, _item_names(request, intake)),
    }


def _item_names(request: HttpRequest, intake: Any) -> Mapping[int, str]:
    ids = {id for id in intake.items if id}
    rows = [row for id in ids if (row := read_if(request, "catalog.item", id=id))]
    return {row.id: f"{row.number} {row.name}" for row in rows}


@page
@require_POST
def settle(request: HttpRequest, id: int) -> HttpResponse:
    """Say who and what is meant; what is clear then becomes an order by itself."""
    intake = found(read(request, "capture.one", id=id))
    row, problem = picked_items(request, intake)
    outcome = do(request, "capture.settle", [row]) if not problem else None
    if outcome is None or not outcome.done:
        return _panes(request, intake, [problem] if outcome is None else refusals(outcome), 422)
    tell(request, outcome, _("Settled and remembered for the next time."))
    return redirect("intake", id=id)


@page
@require_POST
def order(request: HttpRequest, id: int) -> HttpResponse:
    """Make the order."""
    intake = found(read(request, "capture.one", id=id))
    outcome = do(request, "capture.order", [{"id": id}])
    if not outcome.done:
        return _panes(request, intake, refusals(outcome), 422)
    made = read(request, "capture.one", id=id)
    if made.order_id is None:
        tell(request, outcome, _("It could not be placed; what stands in the way is named here."))
        return redirect("intake", id=id)
    tell(request, outcome, _("Order %(number)s made.") % {"number": made.order_number})
    return redirect("order", id=made.order_id)


@page
@require_POST
def become(request: HttpRequest, id: int, verb: str) -> HttpResponse:
    """Set an input aside as no order, refuse it, or have it read again."""
    found(read(request, "capture.one", id=id))
    rows: dict[str, dict[str, Any]] = {
        "dismiss": {"id": id, "kind": request.POST.get("kind", "other")},
        "reject": {"id": id, "reason": request.POST.get("reason", "")},
        "reread": {"id": id},
    }
    said = {"dismiss": _("Set aside."), "reject": _("Refused."), "reread": _("It is read again.")}
    outcome = do(request, f"capture.{verb}", [found(rows.get(verb))])
    tell(request, outcome, said[verb], lambda _no: link(INTAKE, id)["url"])
    return redirect("intake", id=id)


@page
def upload(request: HttpRequest) -> HttpResponse:
    """Files by button or dragged onto the field; each is stored before it is acknowledged."""
    needs(request, "capture.receive")
    problems: list[str] = []
    if request.method == "POST":
        outcomes = [
            (f, receive(actor(request), f.name or "", f.read(), "upload")) for f in request.FILES.getlist("files")
        ]
        problems = [f"{f.name}: {text}" for f, outcome in outcomes for text in refusals(outcome)]
        for _file, outcome in outcomes:
            new = bool(outcome.values.get("new"))
            tell(request, outcome, _("Taken in.") if new else _("This was here before; it is not taken twice."))
        if outcomes and not problems:
            return redirect("inbox")
        problems = problems or [_("Choose at least one file.")]
    return show(
        request,
        "inbox/upload.html",
        title=_("Upload files"),
        back_url=reverse("inbox"),
        cancel_url=reverse("inbox"),
        save_label=_("Take in"),
        has_files=True,
        problems=problems,
    )


urls = [
    path("inbox", listing, name="inbox"),
    path("inbox/upload", upload, name="inbox-upload"),
    path("inbox/<int:id>", one, name="intake"),
    path("inbox/<int:id>/settle", settle, name="intake-settle"),
    path("inbox/<int:id>/order", order, name="intake-order"),
    path("inbox/<int:id>/<slug:verb>", become, name="intake-become"),
]
