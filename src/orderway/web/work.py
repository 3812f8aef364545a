"""The work pages: what waits for me, one item with its papers, and finishing, handing over or taking a selection at once."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from .absences import with_away
from .documents import papers_about
from .fields import due_words, refusals
from .listing import many
from .respond import actor, do, found, page, read, show, tell
from .skills import skilled
from .started import told_words
from .templatetags.ui import moment
from .words import PAPERS, PRIORITIES, RACI, ROLES
from .work_earlier import before
from .work_form import NOTHING, Wrong, above, form_fields, form_parts, posted, wrong_of
from .work_inside import first_paper, inside, proposed
from .work_words import decided, for_whom
from .worklist import whose

SUBJECT_PAGES = {"order": "order", "shipment": "shipment", "invoice": "invoice"}


def _choices(request: HttpRequest, which: str) -> list[dict[str, Any]]:
    """Whose work is shown, each with its count."""
    return [
        {
            "label": label,
            "url": f"{reverse('work')}?which={key}",
            "current": key == which,
            "count": many(waiting) if (waiting := read(request, "workflow.work", which=key, size=1).count) != 0 else "",
        }
        for key, label in whose(request)
    ]


@page
def listing(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first, and the first of it open."""
    return _panes(request, None)


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One work item beside the list."""
    return _panes(request, found(read(request, "workflow.work_item", id=id)))


def _panes(
    request: HttpRequest, form: Any, problems: Sequence[str] = (), status: int = 200, wrong: Wrong = NOTHING
) -> HttpResponse:
    which = request.GET.get("which", "waiting")
    rows = read(request, "workflow.work", which=which, size=200).rows
    opened = bool(form)
    if form is None and rows:
        form = read(request, "workflow.work_item", id=rows[0].id)
    late = sum(row.late for row in rows)
    response = show(
        request,
        "work/panes.html",
        panes="work",
        title=_("Work"),
        sub=ngettext("%(n)s waits", "%(n)s wait", len(rows)) % {"n": len(rows)} + ("," if late else ""),
        late=ngettext("%(n)s late", "%(n)s late", late) % {"n": late} if late else "",
        choices=_choices(request, which),
        items=[_item(row, form, which) for row in rows],
        open=opened,
        back_url=f"{reverse('work')}?which={which}",
        empty={"text": _nothing(request, which)} if not rows else None,
        live="work",
        keys=_keys(form) if rows else [],
        keys_note=_("The next item opens by itself") if rows else "",
        table_url=f"{reverse('work-table')}?which={which}",
        **(_opened(request, form, which, rows, wrong) if form else {}),
        problems=problems,
    )
    response.status_code = status
    return response


def _nothing(request: HttpRequest, which: str) -> str:
    if which == "waiting" and read(request, "workflow.work", which="asked", size=1).count:
        return _("Nothing waits for your decision, but a colleague asks you something: see Asked.")
    return _("Nothing waits for you. Steps of a map appear here when they need a decision of your role.")


def _keys(form: Any) -> list[dict[str, Any]]:
    handed = [{"caps": ["H"], "label": _("hand over")}] if form and form.state == "open" and form.mine else []
    return [{"caps": ["J", "K"], "label": _("item")}, *handed]


def _item(row: Any, form: Any, which: str) -> dict[str, Any]:
    when, tone = due_words(row.due_at, timezone.now())
    why = row.why or (_("Taken by %(who)s") % {"who": row.assignee} if row.assignee else row.department_name)
    why = for_whom(row) or (_("A colleague asks you") if row.asked else why)
    return {
        "id": row.id,
        "url": f"{reverse('work-item', args=[row.id])}?which={which}",
        "title": _item_title(row),
        "when": when,
        "when_tone": tone,
        "second": row.title or f"{row.subject_type} {row.subject_id}",
        "third": why,
        "current": bool(form) and form.row.id == row.id,
    }


def _item_title(row: Any) -> str:
    title = _("Agree to: %(what)s") % {"what": row.name} if row.extra else str(row.name)
    return f"{title} · {PRIORITIES[row.priority]}" if row.priority else title


def _opened(request: HttpRequest, form: Any, which: str, rows: Sequence[Any], wrong: Wrong) -> dict[str, Any]:
    """What the middle and right pane show of one item."""
    row = form.row
    papers = papers_about(request, row.subject_type, row.subject_id)
    chosen = request.GET.get("paper", "")
    shown = next((p for p in papers if str(p["id"]) == chosen), first_paper(row.role, papers))
    here = reverse("work-item", args=[row.id])
    for paper in papers:
        paper["current"] = paper is shown
        paper["label"] = str(PAPERS.get(paper["kind"], paper["name"]))
        paper["url"] = f"{here}?{urlencode({'which': which, 'paper': paper['id']})}"
    ids = [one.id for one in rows]
    after = ids[ids.index(row.id) + 1 :] if row.id in ids else ids
    due, tone = due_words(row.due_at, timezone.now())
    return {
        "form": form,
        "due": due,
        "due_tone": tone,
        "about": about(form),
        **form_parts(request, _begun(request, form), papers, wrong),
        "raci": [(RACI[name], [ROLES[role] for role in roles]) for name, roles in form.raci.items()],
        **inside(request, row),
        **before(request, papers, item=row.id),
        "told": told_words(form.told),
        "started_url": reverse("started", args=[form.instance]),
        "papers": papers,
        "paper": shown,
        "questions": [_question(request, one) for one in form.questions],
        "next_id": next(iter(after), None),
        "which": which,
        "here": here,
    }


def _question(request: HttpRequest, one: Any) -> dict[str, Any]:
    said = _("%(who)s asks %(whom)s, %(at)s") % {"who": one.asked_by, "whom": one.person, "at": moment(one.asked_at)}
    stood_for = {row.id for row in read(request, "people.stood_for")} if one.answered_at is None else set()
    mine = one.answered_at is None and one.person_id in {actor(request).id, *stood_for}
    return {"id": one.id, "head": said, "text": one.text, "answer": one.answer, "by": one.answered_by, "mine": mine}


def about(form: Any) -> list[dict[str, str]]:
    """What an item is about and how it came here."""
    row = form.row
    named = SUBJECT_PAGES.get(row.subject_type)
    about = [
        {
            "name": _("About"),
            "value": row.title or f"{row.subject_type} {row.subject_id}",
            "url": reverse(named, args=[row.subject_id]) if named else "",
        },
        {"name": _("Since"), "value": moment(row.opened_at)},
    ]
    if row.extra:
        about.append({"name": _("Asked"), "value": _("whether you agree to what was decided")})
    if row.why:
        said = f"{row.why} ({row.why_by})" if row.why_by else row.why
        about.append({"name": _("Why here"), "value": said})
    if row.assignee:
        about.append({"name": _("With"), "value": row.assignee})
    if row.acting_for:
        about.append({"name": _("You stand in for"), "value": row.acting_for})
    if row.priority:
        about.append({"name": _("Priority"), "value": str(PRIORITIES[row.priority])})
    if row.escalation:
        about.append({"name": _("Escalated"), "value": _("level %(n)s") % {"n": row.escalation}})
    if row.snoozed_until and row.snoozed_until > timezone.now():
        about.append({"name": _("Put off until"), "value": moment(row.snoozed_until)})
    if form.state != "open":
        about.append({"name": _("Finished"), "value": _finished(form)})
    return about


def _finished(form: Any) -> str:
    labels = {name: label for name, label, _back in form.outcomes}
    said = {"outcome": labels.get(form.outcome) or _("Done"), "who": form.done_by, "whom": form.done_for}
    return _("%(outcome)s by %(who)s for %(whom)s") % said if form.done_for else _("%(outcome)s by %(who)s") % said


def _begun(request: HttpRequest, form: Any) -> Any:
    """The map's form as filled in so far, what is empty as the order suggests it."""
    begin = proposed(request, form)
    fields = [
        field if field.value is not None else field._replace(value=begin.get(field.name)) for field in form.fields
    ]
    return form._replace(fields=fields)


@page
@require_POST
def complete(request: HttpRequest, id: int) -> HttpResponse:
    """Finish an item; the next one opens by itself."""
    form = found(read(request, "workflow.work_item", id=id))
    row = posted(form, request.POST)
    outcome = do(request, "workflow.complete", [row])
    if not outcome.done:
        form = read(request, "workflow.work_item", id=id, typed=row["values"]) or form
        return _panes(request, form, above(outcome), 422, wrong_of(outcome))
    words = {"what": form.row.name, "outcome": decided(form, row["outcome"])}
    tell(request, outcome, _("%(what)s: %(outcome)s.") % words)
    return _onward(request)


def _onward(request: HttpRequest) -> HttpResponse:
    which, following = request.POST.get("which", "waiting"), request.POST.get("following", "")
    if following.isdigit() and read(request, "workflow.work_item", id=int(following)):
        return redirect(f"{reverse('work-item', args=[following])}?{urlencode({'which': which})}")
    return redirect(f"{reverse('work')}?{urlencode({'which': which})}")


@page
@require_POST
def fields(request: HttpRequest, id: int) -> HttpResponse:
    """The fields of a form as they are for what was typed so far; nothing is kept."""
    form = found(read(request, "workflow.work_item", id=id))
    now = found(read(request, "workflow.work_item", id=id, typed=posted(form, request.POST)["values"]))
    papers = papers_about(request, now.row.subject_type, now.row.subject_id)
    return show(request, "work/fields.html", fields=form_fields(now, request.POST, papers))


@page
@require_POST
def claim(request: HttpRequest, id: int) -> HttpResponse:
    """Take an item from the department's list."""
    tell(request, do(request, "workflow.claim", [{"id": id}]), _("It is yours now."))
    return redirect(f"{reverse('work-item', args=[id])}?{urlencode({'which': request.POST.get('which', 'waiting')})}")


@page
def hand_over(request: HttpRequest, id: int) -> HttpResponse:
    """Give an item to a colleague of the same role, or back to the department."""
    form = found(read(request, "workflow.work_item", id=id))
    given, problems = request.POST, []
    if request.method == "POST":
        person = given.get("person", "")
        row = {"id": id, "person": int(person) if person.isdigit() else None, "note": given.get("note", "")}
        outcome = do(request, "workflow.hand_over", [row])
        if outcome.done:
            tell(request, outcome, _("Handed over."))
            return redirect("work")
        problems = list(refusals(outcome))
    back = reverse("work-item", args=[id])
    heads: dict[str, Any] = {
        "title": _("Hand over"),
        "sub": f"{form.row.name} · {form.row.title}",
        "back_url": back,
        "cancel_url": back,
    }
    fieldsets = [{"fields": _hand_over_fields(request, form)}]
    return show(
        request, "layouts/form.html", **heads, save_label=_("Hand over"), problems=problems, fieldsets=fieldsets
    )


def _hand_over_fields(request: HttpRequest, form: Any) -> list[dict[str, Any]]:
    people = [p for p in read(request, "people.persons", role=form.row.role) if p.id != actor(request).id]
    away = {row.id: row for row in read(request, "people.away")}
    choices = [{"value": "", "label": _("Back to the department")}]
    choices += [{"value": str(p.id), "label": skilled(with_away(p.name, away.get(p.id)), p.skills)} for p in people]
    person = {
        "name": "person",
        "label": _("To"),
        "kind": "select",
        "autofocus": True,
        "choices": choices,
        "value": request.POST.get("person"),
    }
    note = {"name": "note", "label": _("Note"), "kind": "textarea", "value": request.POST.get("note", ""), "full": True}
    return [person, note]


urls = [
    path("work", listing, name="work"),
    path("work/<int:id>", one, name="work-item"),
    path("work/<int:id>/complete", complete, name="work-complete"),
    path("work/<int:id>/fields", fields, name="work-fields"),
    path("work/<int:id>/claim", claim, name="work-claim"),
    path("work/<int:id>/hand-over", hand_over, name="work-hand-over"),
]
