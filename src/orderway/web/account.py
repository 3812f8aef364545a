"""My account: language, theme, password; and the company I work in now."""

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.access import system_actor
from orderway.kernel.running import run
from orderway.people.commands import SetPassword
from orderway.people.models import Person

from .forms import Field, Typed, read_form, shown
from .respond import actor, do, page, show, tell
from .words import ROLES

PREFERENCES = (
    Field("language", lazy("Language"), kind="select", choices=(("en", "English"), ("de", "Deutsch")), required=True),
    Field(
        "theme",
        lazy("Theme"),
        kind="select",
        choices=(("auto", lazy("As the system")), ("light", lazy("Light")), ("dark", lazy("Dark"))),
        required=True,
    ),
)
PASSWORD = (
    Field("old", lazy("Present password"), kind="password", required=True),
    Field("new", lazy("New password"), kind="password", required=True, hint=lazy("At least 10 characters")),
    Field("again", lazy("New password once more"), kind="password", required=True),
)
YEAR = 365 * 24 * 3600


@page
def account(request: HttpRequest) -> HttpResponse:
    """Language, theme and password of whoever is signed in."""
    if request.method != "POST":
        return _form(request, None)
    if "old" in request.POST:
        return _new_password(request)
    form = read_form(request, PREFERENCES)
    if form.problems:
        return _form(request, None)
    outcome = do(request, "people.prefer", [form.values])
    translation.activate(form.values["language"])
    tell(request, outcome, _("Saved"))
    answer = HttpResponseRedirect("/account")
    answer.set_cookie("theme", form.values["theme"], max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer


def _me(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def _new_password(request: HttpRequest) -> HttpResponse:
    form = read_form(request, PASSWORD)
    problem = _problem(request, form)
    if problem:
        return _form(request, form._replace(problems={**form.problems, **problem}))
    person = _me(request)
    hashed = make_password(form.values["new"])
    proved = system_actor(actor(request).company_id, person.pk)
    outcome = run("people.set_password", proved, [SetPassword(person.pk, hashed)])
    person.refresh_from_db()
    update_session_auth_hash(request, person)
    tell(request, outcome, _("The new password counts from now on; other browsers are signed out."))
    return HttpResponseRedirect("/account")


def _problem(request: HttpRequest, form: Typed) -> dict[str, str]:
    if form.problems:
        return dict(form.problems)
    if not request.user.check_password(form.values["old"]):
        return {"old": _("This is not your present password.")}
    if form.values["new"] != form.values["again"]:
        return {"again": _("The two do not agree.")}
    try:
        validate_password(form.values["new"], _me(request))
    except ValidationError as weak:
        return {"new": " ".join(weak.messages)}
    return {}


def _form(request: HttpRequest, password: Typed | None) -> HttpResponse:
    person = _me(request)
    fields = shown(PASSWORD, password)
    for field, word in zip(fields, ("current-password", "new-password", "new-password"), strict=True):
        field |= {"value": "", "autocomplete": word}
    return show(
        request,
        "account/account.html",
        status=422 if password else 200,
        title=_("My account"),
        sub=person.email,
        preferences=shown(
            PREFERENCES, None, language=person.language, theme=request.COOKIES.get("theme", person.theme)
        ),
        password=fields,
        roles=[ROLES[role] for role in sorted(actor(request).roles) if role in ROLES],
    )


@page
def company(request: HttpRequest, id: int) -> HttpResponse:
    """Go on in another company in which I hold a role."""
    if id not in {one.id for one in request.workplaces}:  # type: ignore[attr-defined]
        raise Http404
    request.session["company"] = id
    return HttpResponseRedirect("/")


urls = [
    path("account", account, name="account"),
    path("account/company/<int:id>", company, name="company"),
]
