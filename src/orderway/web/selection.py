"""A command on the rows a person selected: first its dry run, then the act, under one key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from orderway.kernel.outcome import Outcome, Refusal

from .listing import whole_view
from .refusal_words import refusal_text
from .respond import do, new_key, show, tell

MOST = 1_000  # rows of one selection


def _by_id(id: int) -> Mapping[str, Any]:
    return {"id": id}


class Act(NamedTuple):
    """What to do: the command, a raw row for each id, the query of the list, how the verb and the deed are called.

    `refs` names a row by its id where a refusal does not. `back` is the address of the list. `rows` makes all rows at once where
    what a row needs has to be read; `fields` are inputs (safe HTML) that the act asks for.
    """

    command: str
    query: str
    verb: str
    done: Callable[[Outcome], str]
    back: str
    row: Callable[[int], Mapping[str, Any]] = _by_id
    effects: Sequence[str] = ()
    irreversible: str = ""
    refs: Mapping[int, str] = {}
    rows: Callable[[Sequence[int]], Sequence[Mapping[str, Any]]] | None = None
    fields: str = ""


def act(request: HttpRequest, one: Act) -> HttpResponse:
    """The dry run of `one` on the selected rows (`dry` in the form), or the act itself."""
    ids = whole_view(request, one.query, MOST)
    rows = one.rows(ids) if one.rows else [one.row(id) for id in ids]
    if "dry" in request.POST:
        return _dry_run(request, one, ids, do(request, one.command, rows, partial=True, dry=True))
    outcome = do(request, one.command, rows, partial=True)
    tell(request, outcome, one.done(outcome))
    return HttpResponseRedirect(one.back)


def _dry_run(request: HttpRequest, one: Act, ids: Sequence[int], outcome: Outcome) -> HttpResponse:
    dry = {
        "title": one.verb,
        "done": len(outcome.done),
        "refused": len(outcome.refused),
        "effects": one.effects,
        "refusals": [{"ref": _ref(one, refusal), "reason": refusal_text(refusal)} for refusal in outcome.refused],
        "irreversible": one.irreversible,
        "fields": one.fields,
        "post": request.path,
        "ids": ids,
        "verb": _("%(verb)s, %(n)s") % {"verb": one.verb, "n": len(outcome.done)},
        "idempotency_key": new_key(),
    }
    return show(request, "components/dry_run.html", dry=dry)


def _ref(one: Act, refusal: Refusal) -> str:
    named = refusal.facts.get("number") or refusal.facts.get("order") or one.refs.get(refusal.subject or 0)
    return str(named or refusal.subject or "")
