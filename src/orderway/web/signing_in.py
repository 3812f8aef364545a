"""Signing in and out, and a new password by mail."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.hashers import make_password
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView, PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _

from orderway.kernel.access import system_actor
from orderway.kernel.running import run
from orderway.people.commands import SetPassword
from orderway.people.models import Person
from orderway.people.signing_in import forgive, note_failure, too_many

from .account import YEAR
from .respond import show

if TYPE_CHECKING:
    _PasswordForm = SetPasswordForm[Person]
else:
    _PasswordForm = SetPasswordForm  # generic in its stubs only

RESETS = "new password"  # counted like failures, so that nobody's mailbox is filled


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def demo_accounts() -> dict[str, Any] | None:
    """The accounts of the demo company and their password, where this installation is a demo."""
    try:
        told: dict[str, Any] = json.loads((settings.DATA_DIR / settings.DEMO_ACCOUNTS).read_text("utf-8"))
    except OSError:
        return None
    return told


class SignIn(LoginView):
    """Ask for mail address and password; after many failures from one place make it wait."""

    template_name = "account/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mail, address = request.POST.get("username", ""), _address(request)
        if too_many(mail, address):
            wait = _("Too many attempts. Wait a quarter of an hour, or set a new password by mail.")
            return show(request, self.template_name, status=429, **self.context(mail, wait))
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ARG002 - one sentence for every slip
        mail = self.request.POST.get("username", "")
        note_failure(mail, _address(self.request))
        problem = _("The mail address or the password is not right.")
        return show(self.request, self.template_name, status=422, **self.context(mail, problem))

    def form_valid(self, form: Any) -> HttpResponse:
        forgive(self.request.POST.get("username", ""), _address(self.request))
        answer = super().form_valid(form)
        theme = form.get_user().theme
        answer.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=self.request.is_secure())
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **self.context("", "")}

    def context(self, mail: str, problem: str) -> dict[str, Any]:
        """What layouts/sign_in.html asks for."""
        name = {"name": "username", "label": _("Mail address"), "kind": "email", "value": mail, "required": True}
        word = {"name": "password", "label": _("Password"), "kind": "password", "value": "", "required": True}
        return {
            "title": _("Sign in"),
            "demo": demo_accounts(),
            "problem": problem,
            "next": self.get_redirect_url(),
            "fields": [
                {**name, "autocomplete": "username", "autofocus": not mail},
                {**word, "autocomplete": "current-password", "autofocus": bool(mail)},
            ],
            "links": [{"label": _("Forgotten password"), "url": "/new-password"}],
        }


class SignOut(LogoutView):
    """Leave; only by POST, so no link can do it."""

    next_page = "/sign-in"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, *args, **kwargs)
        answer["Clear-Site-Data"] = '"cache"'  # "back" shows nothing of who was here
        return answer


class _ByMail(PasswordResetForm):
    """Finds also those who were admitted without a password, and writes in the language of each."""

    def get_users(self, email: str) -> Iterable[Person]:
        return Person.objects.filter(email=email.lower(), is_active=True)

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        with translation.override(context["user"].language):
            super().send_mail(subject_template_name, email_template_name, context, *args, **kwargs)


class NewPassword(PasswordResetView):
    """Send a link by mail. The answer is the same whether the address is known or not."""

    form_class = _ByMail
    template_name = "account/ask_new_password.html"
    email_template_name = "account/new_password_mail.txt"
    subject_template_name = "account/new_password_subject.txt"
    success_url = "/new-password/sent"

    def form_valid(self, form: Any) -> HttpResponse:
        if too_many(RESETS, _address(self.request)):
            return show(
                self.request,
                self.template_name,
                status=429,
                **self.context(_("Too many attempts. Wait a quarter of an hour.")),
            )
        note_failure(RESETS, _address(self.request))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ARG002 - one sentence for every slip
        return show(self.request, self.template_name, status=422, **self.context(_("This is not a mail address.")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **self.context("")}

    def context(self, problem: str) -> dict[str, Any]:
        """What layouts/sign_in.html asks for."""
        mail = {"name": "email", "label": _("Mail address"), "kind": "email", "required": True, "autofocus": True}
        return {
            "title": _("New password"),
            "sub": _("We send a link to your mail address; it works once, for three days."),
            "problem": problem,
            "fields": [{**mail, "autocomplete": "username"}],
            "submit_label": _("Send the link"),
            "links": [{"label": _("Back to sign-in"), "url": "/sign-in"}],
        }


def sent(request: HttpRequest) -> HttpResponse:
    """The mail is on its way, if the address is known."""
    text = _(
        "If this address belongs to somebody here, a mail with a link is on its way. Look also among the unwanted mails."
    )
    return show(request, "account/said.html", title=_("Look into your mail"), sub=text)


class _Chosen(_PasswordForm):
    """Writes the password by command, so that it stands in the timeline of the person."""

    def save(self, commit: bool = True) -> Any:  # noqa: ARG002 - a command always writes
        hashed = make_password(self.cleaned_data["new_password1"])
        outcome = run("people.set_password", system_actor(self.user.company_id), [SetPassword(self.user.pk, hashed)])
        if outcome.refused:
            raise LookupError(outcome.refused[0].code)  # the link names a person, so they exist
        return self.user


class ChooseNewPassword(PasswordResetConfirmView):
    """Behind the link of the mail: choose the new password."""

    form_class = _Chosen
    template_name = "account/choose_new_password.html"
    success_url = "/new-password/done"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context.get("form")
        errors = form.errors if form is not None else {}
        words = {"kind": "password", "required": True, "autocomplete": "new-password", "value": ""}
        first = {
            "name": "new_password1",
            "label": _("New password"),
            "hint": _("At least 10 characters"),
            "autofocus": True,
        }
        second = {"name": "new_password2", "label": _("New password once more")}
        fields = [{**words, **one, "problem": " ".join(errors.get(one["name"], []))} for one in (first, second)]
        if not context["validlink"]:
            used = _("This link was used or is too old. Ask for a new one.")
            again = {"label": _("Ask for a new link"), "url": "/new-password"}
            return {**context, "title": _("New password"), "problem": used, "links": [again]}
        return {
            **context,
            "title": _("Choose a new password"),
            "fields": fields,
            "submit_label": _("Set the new password"),
        }


def done(request: HttpRequest) -> HttpResponse:
    """The new password counts."""
    links = [{"label": _("Sign in"), "url": "/sign-in"}]
    return show(
        request, "account/said.html", title=_("Done"), sub=_("The new password counts from now on."), links=links
    )


urls = [
    path("sign-in", SignIn.as_view(), name="sign-in"),
    path("sign-out", SignOut.as_view(), name="sign-out"),
    path("new-password", NewPassword.as_view(), name="new-password"),
    path("new-password/sent", sent, name="new-password-sent"),
    path("new-password/done", done, name="new-password-done"),
    path("new-password/<uidb64>/<token>", ChooseNewPassword.as_view(), name="choose-new-password"),
]
