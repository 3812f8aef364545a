"""What each person can do: one page on which an administrator says it of all, and the words where work is handed over."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from orderway.people.rules import skill_names

from .fields import refusals
from .respond import do, need, page, read, show, tell
from .words import ROLES


@page
def skills(request: HttpRequest) -> HttpResponse:
    """The skills of everybody, as one form."""
    need(request, "people.set_skills")
    people = read(request, "people.persons")
    problems: Sequence[str] = ()
    if request.method == "POST":
        typed = {one.id: request.POST.get(f"p{one.id}", "").replace("\x00", "") for one in people}
        rows = [
            {"person": one.id, "skills": said}
            for one in people
            if sorted(said := skill_names(typed[one.id])) != sorted(one.skills)
        ]
        outcome = do(request, "people.set_skills", rows)
        if not outcome.refused:
            tell(request, outcome, _("Saved"))
            return HttpResponseRedirect(reverse("skills"))
        problems = list(refusals(outcome))
    else:
        typed = {one.id: ", ".join(one.skills) for one in people}
    return show(
        request,
        "layouts/form.html",
        title=_("Skills"),
        sub=_("what each can do beyond their roles"),
        back_url=reverse("control"),
        cancel_url=reverse("control"),
        problems=problems,
        status=422 if problems else 200,
        fieldsets=[{"title": _("Separated by commas"), "fields": [_field(one, typed[one.id]) for one in people]}],
    )


def _field(person: Any, value: str) -> dict[str, Any]:
    roles = ", ".join(str(ROLES.get(role, role)) for role in person.roles)
    return {"name": f"p{person.id}", "label": person.name, "value": value, "hint": roles}


def skilled(label: str, skills: Sequence[str]) -> str:
    """A person to choose, with what they can do."""
    return f"{label} · {', '.join(skills)}" if skills else label


urls = [path("people/skills", skills, name="skills")]
