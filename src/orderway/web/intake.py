"""One input as fields and lines: what was read, what is doubtful about it, and whom or what it may mean."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from orderway.capture.drafts import DRAFT, LineDraft, OrderDraft

from .respond import read_if
from .templatetags.ui import day, money, number
from .units import unit as unit_words

PROPOSED = 4


def not_orders() -> dict[str, str]:
    """What an input may be when it is no order."""
    return {
        "invoice": _("Invoice"),
        "delivery-note": _("Delivery note"),
        "question": _("Question"),
        "complaint": _("Complaint"),
        "change": _("Change of an order"),
        "advertisement": _("Advertisement"),
        "absence-note": _("Absence note"),
        "delivery-report": _("Report about a mail of ours"),
        "other": _("Something else"),
    }


def drafted(intake: Any) -> OrderDraft | None:
    """What was read of an input, None when no order was."""
    text = intake.draft if isinstance(intake.draft, str | None) else json.dumps(intake.draft)
    return DRAFT.validate_json(text) if text else None


def readings(intake: Any, draft: OrderDraft | None) -> list[dict[str, Any]]:
    """The head of the draft as fields; what is not stated is left out."""
    if draft is None:
        return []
    to = draft.delivery
    told = [
        (_("Customer, as read"), draft.customer.name or draft.customer.email),
        (_("Known as"), intake.customer_name),
        (_("Their reference"), draft.reference or draft.number),
        (_("Ordered on"), day(draft.ordered_on)),
        (_("Wanted on"), day(draft.requested_on)),
        (_("Ship to"), ", ".join(part for part in (to.name, to.street, to.postcode, to.city) if part)),
        (_("Total"), money(draft.total, draft.currency or "EUR") if draft.total is not None else ""),
        (_("Note"), draft.note),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


def _stated(line: LineDraft) -> str:
    return " ".join(part for part in (line.item, line.description) if part)


def lines(intake: Any, draft: OrderDraft | None, names: Mapping[int, str]) -> dict[str, Any]:
    """The line table: what is stated, and which of our items it is taken for; unknown ones first."""
    columns = [
        {"key": "pos", "label": _("Pos"), "soft": True, "narrow": "lead"},
        {"key": "item", "label": _("Item, as read"), "grow": 6, "narrow": "title"},
        {"key": "quantity", "label": _("Quantity"), "kind": "number", "narrow": "sub"},
        {"key": "price", "label": _("Price"), "kind": "number"},
    ]
    stated = list(enumerate(draft.lines, 1)) if draft else []
    items = list(intake.items) + [None] * len(stated)
    currency = (draft.currency if draft else "") or "EUR"
    rows = [_line(place, line, items[place - 1], names, currency) for place, line in stated]
    return {"columns": columns, "rows": sorted(rows, key=lambda row: row["tone"] == "")}


def _line(place: int, line: LineDraft, item: int | None, names: Mapping[int, str], currency: str) -> dict[str, Any]:
    quantity = f"{number(line.quantity)} {unit_words(line.unit)}".strip() if line.quantity is not None else "–"
    price = money(line.price, currency) if line.price is not None else ""
    cells = {
        "pos": line.position,
        "item": {"text": _stated(line), "sub": names.get(item or 0, "") or _("Not known yet")},
        "quantity": quantity,
        "price": price,
    }
    return {"id": f"line-{place}", "cells": cells, "tone": "" if item else "wait"}


def doubts(request: HttpRequest, intake: Any, draft: OrderDraft | None) -> list[dict[str, Any]]:
    """The fields a person must settle: the customer and each line's item, with proposals from our own lists."""
    if draft is None:
        return []
    asked = []
    if intake.customer_id is None:
        shown = draft.customer.name or intake.sender
        choices = _customers(request, draft.customer.name)
        asked.append(_doubt("customer", _("Customer"), shown, choices, _("Nobody with these signs is known.")))
    for place, line in enumerate(draft.lines, 1):
        if place > len(intake.items) or intake.items[place - 1] is None:
            stated = _stated(line)
            label = _("Line %(n)s, item") % {"n": line.position}
            asked.append(
                _doubt(f"item-{place}", label, stated, _items(request, line), _("No item of ours is called so."))
            )
    return asked


def _doubt(name: str, label: str, shown: str, proposals: Sequence[Any], why: str) -> dict[str, Any]:
    return {"name": name, "label": label, "stated": shown, "proposals": proposals, "reason": why}


def _customers(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    words = [name, *sorted(name.split(), key=len, reverse=True)[:1]]
    found: dict[int, Any] = {}
    for word in words:
        page = read_if(request, "parties.list", search=word, customers=True, size=PROPOSED) if word else None
        found |= {row.id: row for row in (page.rows if page else ())}
    return [{"value": f"id:{row.id}", "label": f"{row.number} {row.name}"} for row in list(found.values())[:PROPOSED]]


def _items(request: HttpRequest, line: LineDraft) -> list[dict[str, Any]]:
    words = [line.item, line.seller_item, *sorted(line.description.split(), key=len, reverse=True)[:2]]
    found: dict[int, Any] = {}
    for word in dict.fromkeys(word for word in words if len(word) > 1):
        page = read_if(request, "catalog.items", search=word, size=PROPOSED)
        found |= {row.id: row for row in (page.rows if page else ())}
    return [{"value": f"id:{row.id}", "label": f"{row.number} {row.name}"} for row in list(found.values())[:PROPOSED]]


def picked_items(request: HttpRequest, intake: Any) -> tuple[dict[str, Any], str]:
    """The row of capture.settle as the form says it, or the first thing nobody is called."""
    row: dict[str, Any] = {"id": intake.id, "items": {}, "stated_prices": "stated_prices" in request.POST}
    for name in request.POST:
        typed = next((text.strip() for text in reversed(request.POST.getlist(name)) if text.strip()), "")
        if not typed or not (name == "customer" or name.startswith("item-")):
            continue
        chosen = _known(request, name == "customer", typed)
        if chosen is None:
            return row, _("There is no %(typed)s. Type a number as it stands in our lists.") % {"typed": typed}
        if name == "customer":
            row["customer"] = chosen
        elif name.removeprefix("item-").isdigit():
            row["items"][int(name.removeprefix("item-"))] = chosen
    return row, ""


def _known(request: HttpRequest, customer: bool, typed: str) -> int | None:
    if typed.startswith("id:") and typed[3:].isdigit():
        return int(typed[3:])
    number_typed = typed.split(maxsplit=1)[0]
    asked = {"customers": True} if customer else {}
    page = read_if(request, "parties.list" if customer else "catalog.items", search=number_typed, size=20, **asked)
    return next(
        (int(row.id) for row in (page.rows if page else ()) if row.number.lower() == number_typed.lower()), None
    )
