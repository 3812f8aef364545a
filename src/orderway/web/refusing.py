"""Why not?: which acts on something would be refused now, in a sentence each, what to do about it, and all that rests on (advice.py)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.outcome import Refusal
from orderway.workflow.acts import WhyNot

from .acts import ACTS
from .advice import KINDS, LINE, Kind
from .listing import column
from .refusal_words import refusal_text
from .respond import TOLD, found, page, read, show
from .templatetags.ui import Row
from .words import Text

COLUMNS = (
    column("act", lazy("Act"), grow=3, narrow="title", strong=True),
    column("now", lazy("Now"), kind="state", narrow="end"),
    column("because", lazy("Because"), grow=6, narrow="foot"),
)


def advised(refusal: Refusal, kind: Kind, command: str = "") -> str:
    """What to do about a refusal: what is said of this act in this state, else of the state, else of the code; "" where nothing is."""
    state = str(refusal.facts.get("state", ""))
    keys = ((command, refusal.code, state), (refusal.code, state), (refusal.code,))
    return next((str(kind.advice[key]) for key in keys if key in kind.advice), "")


def told(refused: Sequence[Refusal], kind: Kind, command: str = "") -> str:
    """What stands in the way, and then what to do about it, each sentence once; "" where nothing does."""
    said = [*map(refusal_text, refused), *(advised(refusal, kind, command) for refusal in refused)]
    return " ".join(dict.fromkeys(text for text in said if text))


def acts_on(request: HttpRequest, kind: Kind, id: int) -> Mapping[str, WhyNot]:
    """The acts on one thing by their commands, each with what refuses it now; none for an unknown one."""
    known = read(request, kind.query, id=id)
    return {one.command: one for one in known.acts} if known else {}


def kept_back(request: HttpRequest, kind: Kind, id: int, command: str) -> str:
    """Why an act on one thing would be refused now and what to do; "" where it would not, or for an unknown one."""
    one = acts_on(request, kind, id).get(command)
    return told(one.refused, kind, command) if one else ""


def lines_for(request: HttpRequest, order: int, command: str) -> tuple[set[int], str]:
    """The lines of an order that allow an act, and where none does, why not and what to do."""
    judged = [(line.leaves.id, one) for line in read(request, LINE.query, id=order) for one in line.acts]
    refused = {id: one.refused for id, one in judged if one.command == command}
    open_ones = {id for id, no in refused.items() if not no}
    first = [] if open_ones else [no for every in refused.values() for no in every][:TOLD]
    return open_ones, told(first, LINE, command)


def unless(stopped: str, action: Mapping[str, Any]) -> dict[str, Any]:
    """A button (components/action.html), off while something stands in its way (components/stopped.html)."""
    return {"label": action["label"], "off": "stopped"} if stopped else dict(action)


def link(kind: Kind, id: int) -> dict[str, Any]:
    """The way to the page that tells of all acts on one thing."""
    return {"label": _("Why not?"), "icon": "help", "url": reverse(kind.page, args=[id])}


@page
def why_not(request: HttpRequest, id: int, kind: Kind) -> HttpResponse:
    """Which acts on one thing (an order: on its lines too) are possible now, and why the others are not."""
    said = found(read(request, kind.query, id=id))
    head = kind.head(request, said.leaves)
    of_lines = read(request, kind.lines.query, id=id) if kind.lines else ()
    return show(
        request,
        "layouts/why_not.html",
        title=_("Why not? %(number)s") % {"number": head.title},
        sub=head.sub,
        back_url=head.back,
        columns=COLUMNS,
        rows=[row for every in (kind, *kind.beside) for row in _rows(request, id, every)],
        line_rows=[_line_row(request, one, line.leaves, kind.lines) for line in of_lines for one in line.acts],
        leaves=[(words, value(said.leaves)) for words, value in kind.leaves.values()],
    )


def _rows(request: HttpRequest, id: int, kind: Kind) -> list[Row]:
    """The acts of one kind; none where it has nothing to tell of this thing."""
    said = read(request, kind.query, id=id)
    return [_row(request, one, said.leaves, kind) for one in said.acts] if said else []


def _row(request: HttpRequest, one: WhyNot, leaves: Any, kind: Kind) -> Row:
    now = {"text": _("Refused"), "tone": "late"} if one.refused else {"text": _("Possible"), "tone": "done"}
    more = [text for name in one.rests_on if name in kind.more for text in kind.more[name](request, leaves)]
    because = [told(one.refused, kind, one.command), *more] if one.refused else [_("Nothing stands in the way.")]
    cells = {
        "act": str(ACTS[one.command]),
        "now": now,
        "because": {"text": " ".join(because), "sub": _leaves(one, leaves, kind)},
    }
    return {"id": one.command.replace(".", "-"), "cells": cells}


def _line_row(request: HttpRequest, one: WhyNot, line: Any, kind: Kind) -> Row:
    row = _row(request, one, line, kind)
    act = {"text": row["cells"]["act"], "sub": _("Line %(position)s") % {"position": line.position}}
    return {**row, "id": f"{row['id']}-{line.id}", "cells": {**row["cells"], "act": act}}


def _leaves(one: WhyNot, leaves: Any, kind: Kind) -> str:
    """What the answer rests on, by name: the states in which the act is possible (that of the subject stands above), and the rest."""
    states: list[Text] = [words for state, words in kind.states.items() if state in one.states]
    said = [_("possible while: %(states)s") % {"states": ", ".join(map(str, states))}] if states else []
    known: Sequence[tuple[Text, Callable[[Any], str]]] = [
        kind.leaves[name] for name in one.rests_on if name in kind.leaves and name != "state"
    ]
    return "; ".join([*said, *(f"{words}: {value(leaves)}" for words, value in known)])


urls: list[URLPattern] = [path(f"{one.path}/<int:id>/why-not", why_not, {"kind": one}, name=one.page) for one in KINDS]
