"""Why not?: which acts on an order, its lines or a shipment would be refused now, in a sentence each, what to do, and all that rests on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.outcome import Refusal
from orderway.orders.refusing import blocking

from .acts import ACTS
from .findings import rests_on
from .listing import column
from .respond import found, page, read, show
from .templatetags.ui import Row, number
from .words import CHECKS, SHIPMENT_STATES, STATES, Text, refusal_text

COLUMNS = (
    column("act", lazy("Act"), grow=2, narrow="title", strong=True),
    column("now", lazy("Now"), kind="state", narrow="end"),
    column("because", lazy("Because"), grow=6, narrow="foot"),
)


def _of(count: int, leaves: Any) -> str:
    return _("%(n)s of %(all)s") % {"n": number(count), "all": number(leaves.lines)}


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _passing(leaves: Any) -> str:
    names = [str(CHECKS.get(name, name)) for name in sorted(leaves.waived)]
    return ", ".join(names) or _("none")


LEAVES: Mapping[str, tuple[Text, Callable[[Any], str]]] = {
    "state": (lazy("The order is"), lambda leaves: str(STATES[leaves.state])),
    "begun": (lazy("Lines delivered or invoiced in part"), lambda leaves: _of(leaves.begun, leaves)),
    "undelivered": (lazy("Lines not wholly delivered"), lambda leaves: _of(leaves.undelivered, leaves)),
    "uninvoiced": (lazy("Lines not wholly invoiced"), lambda leaves: _of(leaves.uninvoiced, leaves)),
    "chargeable": (lazy("Lines with something to charge now"), lambda leaves: _of(leaves.chargeable, leaves)),
    "settled": (lazy("All that was invoiced is paid"), lambda leaves: _yes(leaves.settled)),
    "prepay_open": (lazy("A prepayment is awaited"), lambda leaves: _yes(leaves.prepay_open)),
    "waived": (lazy("May pass because somebody said so"), _passing),
}


def _unpicked(leaves: Any) -> str:
    return _("%(n)s of %(all)s") % {
        "n": number(sum(one.picked is None for one in leaves.lines)),
        "all": number(len(leaves.lines)),
    }


def _beyond(leaves: Any) -> str:
    beyond = sum((one.picked or 0) > one.held for one in leaves.lines)
    return _("%(n)s of %(all)s") % {"n": number(beyond), "all": number(len(leaves.lines))}


SHIPMENT_LEAVES: Mapping[str, tuple[Text, Callable[[Any], str]]] = {
    "state": (lazy("The shipment is"), lambda leaves: str(SHIPMENT_STATES[leaves.state])),
    "order_state": (lazy("The order is"), lambda leaves: str(STATES[leaves.order_state])),
    "lines": (lazy("Lines still to pick"), _unpicked),
    "held": (lazy("Lines with more picked than is still wanted"), _beyond),
}
LINE_LEAVES: Mapping[str, tuple[Text, Callable[[Any], str]]] = {
    "open": (lazy("Still open"), lambda leaves: number(leaves.open)),
}


class Kind(NamedTuple):
    """What acts are told of: how its leaves are told, its states in words, and what to do about a refusal, by code and by state."""

    leaves: Mapping[str, tuple[Text, Callable[[Any], str]]]
    states: Mapping[str, Text]
    advice: Mapping[tuple[str, str], Text]


ORDER = Kind(LEAVES, STATES, {})
LINE = Kind(
    LINE_LEAVES,
    STATES,
    {
        ("wrong-state", "completed"): lazy("What comes back of it is taken back."),
        ("wrong-state", "cancelled"): lazy("Nothing of it is owed any more."),
        ("nothing-open", ""): lazy("What comes back of it is taken back."),
    },
)
SHIPMENT = Kind(
    SHIPMENT_LEAVES,
    SHIPMENT_STATES,
    {
        ("wrong-state", "open"): lazy("Pick it next."),
        ("wrong-state", "picked"): lazy("Pack it next."),
        ("wrong-state", "packed"): lazy("Ship it next."),
        ("wrong-state", "shipped"): lazy("It has left the house: note its delivery, or take goods back."),
        ("wrong-state", "delivered"): lazy("It has arrived; what comes back of it is taken back."),
        ("wrong-state", "cancelled"): lazy("What the order still wants comes on a new pick list."),
        ("order-stopped", "held"): lazy("It goes on once the order is let go on."),
        ("order-stopped", "cancelled"): lazy("Put back what was picked."),
        ("nothing-picked", ""): lazy("Reserve goods for the order once there are some: they come on a new pick list."),
    },
)


def told(refused: Sequence[Refusal], kind: Kind) -> list[str]:
    """What stands in the way, and what to do about it."""
    sentences = []
    for refusal in refused:
        advice = kind.advice.get((refusal.code, str(refusal.facts.get("state", ""))))
        sentences += [refusal_text(refusal), *([str(advice)] if advice else [])]
    return sentences


def kept_back(request: HttpRequest, shipment: int, command: str) -> Sequence[Refusal]:
    """What would refuse an act on a shipment now; nothing for an unknown one."""
    known = read(request, "fulfilment.why_not", id=shipment)
    return [no for one in known.acts if one.command == command for no in one.refused] if known else []


@page
def why_not(request: HttpRequest, id: int) -> HttpResponse:
    """Which acts on an order and its lines are possible now, and why the others are not."""
    said = found(read(request, "orders.why_not", id=id))
    order = read(request, "orders.one", id=id)
    checks = [rests_on(check.check, check.evidence, order.currency) for check in blocking(said.leaves)]
    of_lines = read(request, "orders.why_not_lines", id=id)
    return show(
        request,
        "orders/why_not.html",
        title=_("Why not? %(number)s") % {"number": said.leaves.number},
        sub=f"{order.customer}, {STATES[order.state]}",
        back_url=reverse("order", args=[id]),
        columns=COLUMNS,
        rows=[_row(one, said.leaves, ORDER, checks if "facts" in one.rests_on else ()) for one in said.acts],
        line_rows=[_line_row(one, line.leaves) for line in of_lines for one in line.acts],
        leaves=_all_leaves(said.leaves, ORDER),
    )


@page
def why_not_shipment(request: HttpRequest, id: int) -> HttpResponse:
    """Which acts on a shipment are possible now, and why the others are not."""
    said = found(read(request, "fulfilment.why_not", id=id))
    head = read(request, "fulfilment.shipment", id=id)
    return show(
        request,
        "orders/why_not.html",
        title=_("Why not? %(number)s") % {"number": head.number or head.order_number},
        sub=f"{head.customer}, {SHIPMENT_STATES[head.state]}",
        back_url=reverse("shipment", args=[id]),
        columns=COLUMNS,
        rows=[_row(one, said.leaves, SHIPMENT) for one in said.acts],
        leaves=_all_leaves(said.leaves, SHIPMENT),
    )


def _all_leaves(leaves: Any, kind: Kind) -> list[tuple[Text, str]]:
    return [(words, value(leaves)) for words, value in kind.leaves.values()]


def _row(one: Any, leaves: Any, kind: Kind, more: Sequence[str] = ()) -> Row:
    now = {"text": _("Refused"), "tone": "late"} if one.refused else {"text": _("Possible"), "tone": "done"}
    because = [*told(one.refused, kind), *more] if one.refused else [_("Nothing stands in the way.")]
    cells = {
        "act": str(ACTS[one.command]),
        "now": now,
        "because": {"text": " ".join(because), "sub": _leaves(one, leaves, kind)},
    }
    return {"id": one.command.replace(".", "-"), "cells": cells}


def _line_row(one: Any, line: Any) -> Row:
    row = _row(one, line, LINE)
    act = {"text": row["cells"]["act"], "sub": _("Line %(position)s") % {"position": line.position}}
    return {**row, "id": f"{row['id']}-{line.id}", "cells": {**row["cells"], "act": act}}


def _leaves(one: Any, leaves: Any, kind: Kind) -> str:
    """What the answer rests on, by name: the states in which the act is possible (that of the subject stands above), and the rest."""
    states = ", ".join(str(words) for state, words in kind.states.items() if state in one.states)
    said = [_("possible while: %(states)s") % {"states": states}] if states else []
    said += [
        f"{kind.leaves[name][0]}: {kind.leaves[name][1](leaves)}"
        for name in one.rests_on
        if name in kind.leaves and name != "state"
    ]
    return "; ".join(said)


urls = [
    path("orders/<int:id>/why-not", why_not, name="order-why-not"),
    path("shipping/<int:id>/why-not", why_not_shipment, name="shipment-why-not"),
]
