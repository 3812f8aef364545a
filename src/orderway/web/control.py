"""The control centre: every setting of the workflow in one place, each with how it stands."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .drawing_words import TEMPLATES
from .own_steps import own_steps_of
from .respond import may, page, read, read_if, show


@page
def control(request: HttpRequest) -> HttpResponse:
    """What can be set, in groups, each with its state."""
    groups = [
        {"label": _("Maps and rules"), "entries": list(_maps(request))},
        {"label": _("Time"), "entries": list(_time(request))},
        {"label": _("People and mails"), "entries": list(_people(request))},
    ]
    return show(request, "control/page.html", title=_("Control centre"), groups=groups, live="maps work")


def _entry(url: str, icon: str, label: str, about: str, state: str, tone: str = "") -> dict[str, str]:
    return {"url": url, "icon": icon, "label": label, "about": about, "state": state, "tone": tone}


def _maps(request: HttpRequest) -> Iterator[dict[str, str]]:
    drafts = len(read(request, "workflow.drafts"))
    rows = read(request, "workflow.startable")
    state = ngettext("%(n)s published", "%(n)s published", len(rows)) % {"n": len(rows)}
    if drafts:
        state += ", " + ngettext("%(n)s draft", "%(n)s drafts", drafts) % {"n": drafts}
    yield _entry(
        reverse("maps"), "sitemap", _("Maps"), _("How work goes through the house; drawn, tried, published."), state
    )
    if may(request, "workflow.save_draft"):
        about = _("Ready maps to begin with, each with its steps, forms and due times.")
        state = ngettext("%(n)s template", "%(n)s templates", len(TEMPLATES)) % {"n": len(TEMPLATES)}
        yield _entry(reverse("map-new"), "copy", _("Templates"), about, state)
        for name, step in own_steps_of(read(request, "workflow.parts").steps).items():
            state = _("no icon “%(icon)s”") % {"icon": step.wanted} if step.wanted else name
            about = _("A step of your own, on the palette of the drawing page.")
            yield _entry(reverse("map-new"), step.icon, step.label, about, state, "wait" if step.wanted else "")
    tables = len(read(request, "decisions.tables"))
    state = ngettext("%(n)s table", "%(n)s tables", tables) % {"n": tables}
    about = _("Rules that maps ask: limits, ways, who.")
    yield _entry(reverse("rules"), "table", _("Decision tables"), about, state)
    few = sum(1 for row in rows if row.roles)
    state = _("%(n)s by everybody") % {"n": len(rows) - few}
    if few:
        state += ", " + _("%(n)s by some") % {"n": few}
    yield _entry(
        reverse("start"),
        "player-play",
        _("Who may start what"),
        _("A map says who starts it; else everybody may."),
        state,
    )


def _time(request: HttpRequest) -> Iterator[dict[str, str]]:
    calendar = read(request, "people.calendar")
    today = timezone.localdate()
    ahead = [row for row in calendar.holidays if row.day >= today] if calendar else []
    state = ngettext("%(n)s day off ahead", "%(n)s days off ahead", len(ahead)) % {"n": len(ahead)}
    hours = bool(calendar and calendar.hours)
    about = _("When the company and its departments work; due times count only these hours.")
    yield _entry(
        reverse("calendar"),
        "calendar",
        _("Calendars"),
        about,
        state if hours else _("no hours entered"),
        "" if hours else "wait",
    )
    if (kept := read_if(request, "workflow.compliance")) is not None:
        overdue = sum(row.overdue for row in kept)
        state = _("%(n)s overdue now") % {"n": overdue} if overdue else _("nothing overdue")
        about = _("How many steps were done in time, and what is late now.")
        yield _entry(reverse("compliance"), "clock", _("Due times"), about, state, "late" if overdue else "")


def _people(request: HttpRequest) -> Iterator[dict[str, str]]:
    away = len(read(request, "people.away"))
    state = _("%(n)s away now") % {"n": away} if away else _("nobody away")
    about = _("Who is away, from when to when, and whether it is approved.")
    yield _entry(reverse("absences"), "calendar-x", _("Absences"), about, state)
    standing = [row.name for row in read(request, "people.stood_for")]
    state = _("You stand in for %(who)s") % {"who": ", ".join(standing)} if standing else _("You stand in for nobody")
    about = _("Who takes the open and new work of somebody away; entered with the absence.")
    yield _entry(reverse("absence-new"), "user-share", _("Deputies"), about, state)
    if may(request, "people.set_skills"):
        able = sum(1 for one in read(request, "people.persons") if one.skills)
        state = ngettext("%(n)s person has some", "%(n)s persons have some", able) % {"n": able}
        about = _("What people can do beyond their roles; tables give work out by it.")
        yield _entry(reverse("skills"), "user-check", _("Skills"), about, state)
    if may(request, "mail.resend"):
        failed = read(request, "mail.list", direction="out", state="failed", size=1).count
        state = _("%(n)s not sent") % {"n": failed} if failed else _("all sent")
        about = _("A step may send a mail with a link: it shows the papers, decides once, and counts for a week.")
        yield _entry(reverse("notices"), "mail", _("Mail links"), about, state, "late" if failed else "")
    unseen = read(request, "people.notices", unseen=True, size=1).count
    state = _("%(n)s new for you") % {"n": unseen} if unseen else _("nothing new")
    yield _entry(reverse("notices"), "bell", _("Notices"), _("What you are told, and what went wrong."), state)
    if may(request, "fulfilment.set_carriers"):
        count = len(read(request, "fulfilment.carriers"))
        state = ngettext("%(n)s in use", "%(n)s in use", count) % {"n": count}
        about = _("Who carries goods and takes bookings of packed shipments.")
        yield _entry(reverse("carriers"), "truck-delivery", _("Carriers"), about, state)
    yield _entry(reverse("account"), "user", _("Your account"), _("Language, theme, sign-in."), "")


urls = [path("control", control, name="control")]
