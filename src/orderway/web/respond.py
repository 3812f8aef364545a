"""From a request to a command or query and back: what every page does the same way."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import wraps
from typing import Any

import structlog
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from orderway.documents.store import Unreachable
from orderway.kernel.access import Actor, NotAllowed
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import commands, queries
from orderway.kernel.running import ask, can, run

from .refusal_words import refusal_text

View = Callable[..., HttpResponseBase]
log = structlog.get_logger()
LARGEST_ID = 2**63 - 1  # of a bigint; nothing has a larger one
FARTHEST = 1_000_000  # rows; whoever pages on beyond that begins again
TOLD = 5  # refusals told one by one; of more only their number


def page(view: View) -> View:
    """A page for people who are signed in; what their roles do not allow is a 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "actor", None) is None:
            if request.user.is_authenticated:
                raise PermissionDenied(_("You hold no role in this company. Ask an administrator for one."))
            return redirect_to_login(request.get_full_path())
        if any(isinstance(value, int) and value > LARGEST_ID for value in kwargs.values()):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as refused:
            raise PermissionDenied from refused
        except Unreachable as away:
            log.warning("the papers cannot be reached", why=str(away))
            return render(request, "503.html", status=503)

    return guarded


def actor(request: HttpRequest) -> Actor:
    """Who asks."""
    return request.actor  # type: ignore[attr-defined, no-any-return]


def may(request: HttpRequest, name: str) -> bool:
    """Whether to show what leads to a command or query; a name that nobody registered is not shown."""
    return (name in commands or name in queries) and can(actor(request), name)


def need(request: HttpRequest, name: str) -> None:
    """A 403 for whoever may not use the command that a page is for."""
    if not may(request, name):
        raise PermissionDenied


def read(request: HttpRequest, name: str, parameters: Any = None, **given: Any) -> Any:
    """The rows of a query for whoever asks."""
    return ask(name, actor(request), parameters, **given)


def read_if(request: HttpRequest, name: str, **given: Any) -> Any:
    """The rows of a query for a part of a page, or None where the roles do not include it."""
    return ask(name, actor(request), **given) if may(request, name) else None


def found(row: Any) -> Any:
    """The row, or a 404: what does not exist and what belongs to another company look alike."""
    if row is None:
        raise Http404
    return row


def asked(request: HttpRequest, name: str, **fixed: Any) -> Any:
    """The parameters of a query from the address (`q` is its search); what is empty or of the wrong kind counts as not asked."""
    query = queries[name]
    known = {field.name for field in fields(query.parameters)}
    plain = {key: str(value).replace("\x00", "") for key, value in request.GET.items()}
    given: dict[str, Any] = {key: value for key, value in plain.items() if key in known and value != ""}
    if words := plain.get("q", "").strip():
        given["search" if "search" in known else "words"] = words
    given |= fixed
    try:
        question = query.adapter.validate_python(given)
    except ValidationError as error:
        wrong = {part["loc"][0] for part in error.errors()}
        question = query.adapter.validate_python({key: value for key, value in given.items() if key not in wrong})
    return replace(question, **_within_reach(question))


def _within_reach(question: Any) -> dict[str, Any]:
    """The parameters that no database number can hold, as not asked; a page size that the kernel would cut."""
    values = {field.name: getattr(question, field.name) for field in fields(question)}
    reach: dict[str, Any] = {name: None for name, v in values.items() if type(v) is int and abs(v) > LARGEST_ID}
    if isinstance(values.get("size"), int):
        reach["size"] = max(1, min(values["size"], 200))
    if (after := values.get("after")) and not (after.isdigit() and int(after) <= FARTHEST):
        reach["after"] = None
    return reach


def posted_number(request: HttpRequest, name: str) -> int:
    """A whole number from a form; 0 where it names none."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0


def new_key() -> str:
    """A key for one form, so that sending it twice is one act."""
    return uuid.uuid4().hex


def do(
    request: HttpRequest, name: str, raw: Sequence[Mapping[str, Any]], *, partial: bool = False, dry: bool = False
) -> Outcome:
    """Run a command on rows from a form, under the form's key, so that a double click is one act; `dry` only tries it."""
    if not can(actor(request), name):
        raise PermissionDenied
    rows, misfits = commands[name].read(raw)
    if misfits:
        return Outcome(refused=misfits)
    key = request.POST.get("idempotency_key", "")[:64]
    # several forms of a page may share its key: the command's name keeps them apart
    full = f"{name}:{key}" if key and not dry else None
    return run(name, actor(request), rows, key=full, dry=dry, partial=partial)


def tell(request: HttpRequest, outcome: Outcome, done: str, why: Callable[[Refusal], str] | None = None) -> None:
    """Say what was done (with its undo where the command has one), and for every refusal what stands in the way; `why` gives the
    address of the page that tells on what it rests."""
    if outcome.done:
        undo = outcome.values.get("undo", "")
        token = ",".join(map(str, undo)) if isinstance(undo, list) else str(undo)
        messages.success(request, done, extra_tags=token)
    for refusal in outcome.refused[:TOLD]:
        messages.error(request, refusal_text(refusal), extra_tags=why(refusal) if why else "")
    if len(outcome.refused) > TOLD:
        more = len(outcome.refused) - TOLD
        messages.error(request, _("%(n)d more were refused.") % {"n": more})


def back(request: HttpRequest, url: str) -> HttpResponseRedirect:
    """To the page the form names in `next` when it is one of ours, else to `url`."""
    return HttpResponseRedirect(own_address(request.POST.get("next", ""), url))


def own_address(wanted: str, otherwise: str) -> str:
    """The address somebody sent along, when it leads to a page of ours."""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if ours else otherwise


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page."""
    return render(request, template, context, status=status)


def show_open(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page behind a link of a letter: without the shell, since whoever opens it is not signed in by it, and kept by nobody on the way."""
    before = getattr(request, "actor", None)
    request.actor = None  # type: ignore[attr-defined]
    try:
        response = show(request, template, status=status, **context)
    finally:
        request.actor = before  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
