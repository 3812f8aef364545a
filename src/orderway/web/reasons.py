"""Why?: which rules decided about an order and on which values, what the price of a line rests on, why it is reserved or short."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.orders.rules import class_of

from .amounts import decimals
from .drawing_words import FACTS
from .fields import amount
from .listing import column
from .respond import found, page, read, read_if, show
from .rule_values import value_words
from .templatetags.ui import day, money, number
from .words import PRIORITIES

DECIDED = (
    column("table", lazy("Table"), grow=3, narrow="title", strong=True),
    column("answer", lazy("Answer"), grow=2, narrow="end"),
    column("rule", lazy("Rule"), grow=4, narrow="sub"),
    column("values", lazy("On these values"), grow=4, narrow="sub"),
    column("at", lazy("When"), kind="moment", narrow="foot"),
)
PRICES = (
    column("group", lazy("Price list"), grow=3, narrow="title", strong=True),
    column("from", lazy("From quantity"), kind="number", narrow="end2"),
    column("valid", lazy("Valid"), grow=2, narrow="sub", soft=True),
    column("counts", lazy("Why"), grow=4, narrow="sub"),
    column("price", lazy("Price"), kind="number", strong=True, narrow="end"),
)
LEVELS = (
    column("warehouse", lazy("Warehouse"), grow=3, narrow="title", strong=True),
    column("on_hand", lazy("On hand"), kind="number", narrow="sub"),
    column("held", lazy("Held for this line"), kind="number", narrow="sub"),
    column("others", lazy("Held for others"), kind="number", narrow="sub"),
    column("free", lazy("Free"), kind="number", strong=True, narrow="end"),
)


def decided(request: HttpRequest, subject_type: str, id: int) -> dict[str, Any] | None:
    """The table under a fact (components/why_table.html) of what tables decided about a subject; None when none did."""
    reasons = read_if(request, "decisions.why", subject_type=subject_type, subject=id)
    if not reasons:
        return None
    return {
        "id": "why-decided",
        "title": _("Why?"),
        "sub": _("What tables decided, with the rule that hit and the values it hit on"),
        "columns": DECIDED,
        "rows": [_reason(one) for one in reasons],
    }


def _reason(one: Any) -> dict[str, Any]:
    cells = {
        "table": {"text": one.name, "url": _again(one), "sub": _("Version %(n)s") % {"n": one.number}},
        "answer": value_words(one.result),
        "rule": "; ".join(_rule(number, rule) for number, rule in one.rules) or _("No rule hits."),
        "values": values_words(one.values),
        "at": {"text": one.at, "note": one.decided_by or ""},
    }
    return {"id": f"why-{one.id}", "cells": cells}


def _again(one: Any) -> str:
    """The table in that version, asked again with the values of the decision."""
    values = {name: _text(value) for name, value in one.values.items() if value is not None}
    return f"{reverse('rule', args=[one.key])}?{urlencode({'version': one.number, 'try': 1, 'exact': 1, **values})}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rule(number_: int, rule: Any) -> str:
    said = [cell.strip() for cell in rule.inputs if cell.strip() not in ("", "-")] if rule else []
    return f"{number_}: {', '.join(said) or _('always')}"


def values_words(values: Mapping[str, Any]) -> str:
    """Facts with their values on one line."""
    return ", ".join(f"{FACTS.get(name, name)} {value_words(value)}" for name, value in values.items())


@page
def line(request: HttpRequest, id: int, line: int) -> HttpResponse:
    """Why a line of an order costs what it costs, and why it is reserved or short."""
    why = found(read(request, "orders.why_line", id=line))
    found(why if why.line.order_id == id else None)
    said = why.line
    return show(
        request,
        "orders/why.html",
        title=_("Why? %(number)s, line %(position)s") % {"number": said.order_number, "position": said.position},
        sub=f"{said.item}, {amount(said.quantity, said.unit)}",
        back_url=f"/orders/{id}",
        price_words=_price_words(why),
        price_columns=PRICES,
        price_rows=[_price(one, at, why) for at, one in enumerate(why.prices)],
        stock_words=_stock_words(why.stock) if why.stock else "",
        stock_columns=LEVELS,
        stock_rows=[_level(at, one, why.stock) for at, one in enumerate(why.stock.levels)] if why.stock else [],
        ahead=_ahead(why.stock),
    )


def _price_words(why: Any) -> str:
    said = why.line
    per = "" if said.per == 1 else f" {_('per %(n)s') % {'n': number(said.per)}}"
    less = f" − {number(said.discount)} %" if said.discount else ""
    sum_ = f"{number(said.quantity)} × {number(said.price, decimals(said.price))}{per}{less} = {money(said.net, said.currency)}"
    if why.follows:
        return sum_
    agreed = _("No list of that day has this price: it was agreed on the order, or the lists were changed since.")
    return f"{sum_}. {agreed}"


def _price(one: Any, at: int, why: Any) -> dict[str, Any]:
    own = one.price_group == why.price_group
    name = _("Price group %(name)s") % {"name": one.price_group} if one.price_group != "list" else _("List price")
    if at == 0 and one.applies:
        because = _("counts") if why.follows else _("would count by the lists of that day")
    elif not one.applies:
        because = _("the quantity is not reached")
    else:
        because = _("a larger quantity or the customer's own group comes before it")
    until = day(one.valid_to) if one.valid_to else ""
    per = "" if one.per == 1 else _("per %(n)s") % {"n": number(one.per)}
    cells = {
        "group": {"text": name, "sub": why.customer if own and one.price_group != "list" else ""},
        "from": one.min_quantity,
        "valid": f"{day(one.valid_from)} – {until}",
        "counts": because,
        "price": {"text": number(one.price, decimals(one.price)), "sub": per},
    }
    return {"id": f"price-{one.id}", "cells": cells, "current": at == 0 and one.applies and why.follows}


def _stock_words(stock: Any) -> str:
    demand = stock.demand
    parts = [
        _("%(n)s wanted") % {"n": amount(demand.quantity, demand.unit)},
        _("%(n)s reserved") % {"n": number(demand.allocated)},
        _("%(n)s have left") % {"n": number(demand.met)},
    ]
    if stock.missing > 0:
        parts.append(_("%(n)s short") % {"n": number(stock.missing)})
        free = sum(max(one.free, 0) for one in stock.levels if one.may_serve)
        parts.append(_("%(n)s could be reserved now") % {"n": number(min(free, stock.missing))})
        if demand.overdue:
            parts.append(_("goes first: it has waited since %(day)s") % {"day": day(demand.placed_at)})
        else:
            words = {"priority": PRIORITIES[class_of(demand.priority)], "day": day(demand.placed_at)}
            parts.append(_("%(priority)s, waits since %(day)s") % words)
    if demand.warehouse:
        parts.append(_("only from %(warehouse)s") % {"warehouse": demand.warehouse})
    return ", ".join(parts)


def _level(at: int, one: Any, stock: Any) -> dict[str, Any]:
    bound = {} if one.may_serve else {"sub": _("not asked for this line")}
    cells = {
        "warehouse": {"text": one.warehouse, **bound},
        "on_hand": one.on_hand,
        "held": one.held,
        "others": one.others,
        "free": one.free,
    }
    binding = stock.missing > 0 and one.may_serve and one.free <= 0
    return {"id": f"level-{at}", "cells": cells, "tone": "late" if binding else ""}


def _ahead(stock: Any) -> Sequence[str]:
    """What other demands hold of the same item, in words, those that are served first first."""
    if stock is None or stock.missing <= 0:
        return ()
    shape = _("%(n)s are held for another demand (%(priority)s), wanted on %(day)s")
    return [
        shape % {"n": number(one.held), "priority": PRIORITIES[class_of(one.priority)], "day": day(one.due_on) or "–"}
        for one in stock.ahead
    ]


urls = [path("orders/<int:id>/lines/<int:line>/why", line, name="line-why")]
