"""The bell: where colleagues mentioned one or answered one, what stopped and waits for a person, and mails that could not be sent."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from orderway.kernel.outcome import Refusal

from .exception_words import what_stopped
from .listing import column, many
from .refusal_words import refusal_text
from .respond import do, found, may, page, read, read_if, show, tell
from .templatetags.ui import Row, moment

PAGES = {"order": "order", "shipment": "shipment", "invoice": "invoice", "work_item": "work-item"}
EXCEPTIONS = (
    column("what", lazy("What stands in the way"), grow=6, strong=True, narrow="title"),
    column("command", lazy("At"), grow=2, soft=True, narrow="sub"),
    column("times", lazy("Times"), kind="number", narrow="end2"),
    column("since", lazy("Since"), kind="moment", narrow="foot"),
)
MAILS = (
    column("subject", lazy("Mail"), grow=5, strong=True, narrow="title"),
    column("to", lazy("To"), grow=3, soft=True, narrow="sub"),
    column("error", lazy("What stands in the way"), grow=4, soft=True, narrow="foot"),
    column("since", lazy("Written"), kind="moment", narrow="end2"),
)


@page
def listing(request: HttpRequest) -> HttpResponse:
    """Everything that rings the bell, the newest first."""
    mentions = read(request, "people.notices", size=100)
    stopped = read_if(request, "people.exceptions", size=100)
    mails = (
        read_if(request, "mail.list", direction="out", state="failed", size=100)
        if may(request, "mail.resend")
        else None
    )
    unread = [row.id for row in mentions.rows if row.seen_at is None]
    acts = [{"label": _("Mark all as read"), "icon": "check", "post": reverse("notices-seen")}] if unread else []
    if may(request, "capture.exceptions"):
        acts.append({"label": _("All exceptions"), "icon": "alert-triangle", "url": reverse("exceptions")})
    if mails and mails.rows:
        acts.append({"label": _("Send the mails again"), "icon": "mail-forward", "post": reverse("notices-resend")})
    return show(
        request,
        "notices/page.html",
        title=_("Notices"),
        actions=acts,
        mentions=[_mention(row) for row in mentions.rows],
        stopped=[_stopped(row) for row in stopped.rows] if stopped else [],
        stopped_count=many(stopped.count) if stopped else "",
        stopped_columns=EXCEPTIONS,
        mails=[_mail(row) for row in mails.rows] if mails else [],
        mail_columns=MAILS,
        empty={
            "text": _(
                "Nothing new. Who mentions you in a comment or answers you, and what stops and waits for you, stands here."
            )
        },
        live="notices",
    )


def _mention(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "text": row.text,
        "who": row.by_name,
        "when": moment(row.at),
        "unread": row.seen_at is None,
    }


def _stopped(row: Any) -> Row:
    facts = {**json.loads(row.facts)}
    number = facts.get("number") or facts.get("name") or ""
    words = refusal_text(Refusal(row.code, row.subject_id, facts))
    told = {"text": words, "sub": str(number) if str(number) not in words else ""}
    told["url"] = reverse("exception", args=[row.id])
    return {
        "id": f"e{row.id}",
        "tone": "wait",
        "cells": {"what": told, "command": what_stopped(row.command), "times": row.times, "since": row.opened_at},
    }


def _mail(row: Any) -> Row:
    url = reverse("order", args=[row.subject_id]) if row.subject_type == "order" and row.subject_id else ""
    return {
        "id": f"m{row.id}",
        "tone": "late",
        "cells": {
            "subject": {"text": row.subject, "url": url} if url else row.subject,
            "to": ", ".join(row.recipients),
            "error": row.error,
            "since": row.written_at,
        },
    }


@page
@require_POST
def follow(request: HttpRequest, id: int) -> HttpResponse:
    """Read one notice: it counts as read, and what it is about opens."""
    notice = found(next(iter(read(request, "people.notices", id=id).rows), None))
    do(request, "people.see_notices", [{"id": id}])
    named = PAGES.get(notice.subject_type)
    return redirect(named, notice.subject_id) if named else redirect("notices")


@page
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Count everything as read."""
    rows = read(request, "people.notices", unseen=True, size=200).rows
    if rows:
        tell(request, do(request, "people.see_notices", [{"id": row.id} for row in rows]), _("All read."))
    return redirect("notices")


@page
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Try the mails again that could not be sent."""
    failed = read(request, "mail.list", direction="out", state="failed", size=200).rows
    outcome = do(request, "mail.resend", [{"id": row.id} for row in failed], partial=True)
    tell(request, outcome, _("They are sent again."))
    return redirect("notices")


urls = [
    path("notices", listing, name="notices"),
    path("notices/seen", seen, name="notices-seen"),
    path("notices/resend", resend, name="notices-resend"),
    path("notices/<int:id>", follow, name="notice"),
]
