"""Deciding from a mail: the page behind a single-use link. Opening it shows the papers and changes nothing; sending it decides.

No session begins here: the link stands for one person and one work item, and only as long as it lives.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orderway.people.models import Person
from orderway.people.queries import actor_of
from orderway.people.signing_in import workplaces
from orderway.workflow.links import link_of

from .documents import file as document_file
from .documents import papers_about
from .fields import due_words
from .respond import do, read, show_open
from .started import told_words
from .work import about
from .work_earlier import before
from .work_form import NOTHING, Wrong, above, form_parts, posted, wrong_of
from .work_words import decided

SCOPES = frozenset(
    {
        "workflow.decide_by_link",
        "workflow.work_item",
        "workflow.why_not",
        "workflow.earlier",
        "people.stood_for",
        "orders.one",
        "documents.in_parcel",
    }
    | {"documents.of_subject", "documents.content"}
)


@contextmanager
def _acting(request: HttpRequest, link: Any) -> Iterator[bool]:
    """The request as the person of the link, for reading and deciding only; False when they may not work here any more."""
    person = Person.objects.filter(pk=link.person_id, is_active=True).first()
    actor = actor_of(link.person_id, link.company_id) if person else None
    place = next((one for one in workplaces(link.person_id) if one.id == link.company_id), None)
    if person is None or actor is None or place is None:
        yield False
        return
    before = getattr(request, "actor", None)
    request.actor = replace(actor, scopes=SCOPES)  # type: ignore[attr-defined]
    with translation.override(person.language), timezone.override(ZoneInfo(place.timezone)):
        try:
            yield True
        finally:
            request.actor = before  # type: ignore[attr-defined]


def decide(request: HttpRequest, token: str) -> HttpResponse:
    """The work item of a link with its papers; a POST decides it."""
    link: Any = link_of(token)
    if link is None:
        return _said(
            request, _("This link is not known"), _("Perhaps it was cut in the mail. Sign in to see your work."), 404
        )
    with _acting(request, link) as may:
        if not may:
            return _said(
                request, _("This link no longer counts"), _("The person it was sent to no longer works here."), 410
            )
        form = read(request, "workflow.work_item", id=link.work_item_id)
        problems: list[str] = []
        wrong, status = NOTHING, 200
        if form is None or form.state != "open":
            return _over(request, form)
        if not link.live or not form.mine:
            return _stale(request, link)
        if request.method == "POST":
            row = posted(form, request.POST) | {"id": link.id}
            outcome = do(request, "workflow.decide_by_link", [row])
            if outcome.done:
                thanks = _("%(what)s: %(outcome)s. You can close this page.") % {
                    "what": form.row.name,
                    "outcome": decided(form, row["outcome"]),
                }
                return _said(request, _("Thank you"), thanks)
            problems, wrong, status = above(outcome), wrong_of(outcome), 422
            # fields that what was typed brings up are shown now
            form = read(request, "workflow.work_item", id=link.work_item_id, typed=row["values"])
        return _show(request, form, token, problems, wrong, status)


def _show(  # one argument a thing that a refused decision changes
    request: HttpRequest, form: Any, token: str, problems: list[str], wrong: Wrong, status: int
) -> HttpResponse:
    papers = papers_about(request, form.row.subject_type, form.row.subject_id)
    for paper in papers:
        paper["url"] = reverse("decide-paper", args=[token, paper["id"]])
    due, tone = due_words(form.row.due_at, timezone.now())
    context = {
        "title": form.row.name,
        "form": form,
        "due": due,
        "due_tone": tone,
        "told": told_words(form.told),
        "about": [{**one, "url": ""} for one in about(form)],
        **form_parts(request, form, papers, wrong),
        "papers": papers,
        **before(request, papers, item=form.row.id),
        "problems": problems,
    }
    return show_open(request, "work/decide.html", status=status, **context)


def _over(request: HttpRequest, form: Any) -> HttpResponse:
    text = _("It was decided meanwhile; nothing is left to do.")
    if form is not None and form.done_by:
        text = _("%(who)s decided it already; nothing is left to do.") % {"who": form.done_by}
    return _said(request, _("Already decided"), text, 410)


def _stale(request: HttpRequest, link: Any) -> HttpResponse:
    if link.used_at is not None:
        return _said(request, _("This link was used"), _("It counts once. Sign in to see your work."), 410)
    if not link.live:
        return _said(request, _("This link has expired"), _("It counted for a week. Sign in to see your work."), 410)
    return _said(
        request, _("A colleague has it"), _("Somebody else has taken this work. Sign in to see your own."), 410
    )


def _said(request: HttpRequest, title: str, text: str, status: int = 200) -> HttpResponse:
    return show_open(request, "work/decided.html", status=status, title=title, text=text)


def paper(request: HttpRequest, token: str, id: int) -> HttpResponseBase:
    """A paper that belongs to what the link decides, while it lives."""
    link: Any = link_of(token)
    if link is None or not link.live:
        raise Http404
    with _acting(request, link) as may:
        form = read(request, "workflow.work_item", id=link.work_item_id) if may else None
        if form is None or form.state != "open":
            raise Http404
        if id not in {one["id"] for one in papers_about(request, form.row.subject_type, form.row.subject_id)}:
            raise Http404
        return document_file(request, id=id)


urls = [
    path("decide/<slug:token>", decide, name="decide"),
    path("decide/<slug:token>/paper/<int:id>", paper, name="decide-paper"),
]
