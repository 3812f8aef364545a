"""Why?: which rules decided about an order and on which values, what the price and the day of a line and the tax rest on, why a line is
reserved or short."""

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
from .templatetags.ui import day, moment, money, number
from .words import PRIORITIES

DECIDED = (
    column("table", lazy("Table"), grow=3, narrow="title", strong=True),
    column("answer", lazy("Answer"), grow=2, narrow="end"),
    column("rule", lazy("Rule"), grow=4, narrow="sub"),
    column("values", lazy("On these values"), grow=4, narrow="foot"),
    column("at", lazy("When"), kind="moment", narrow="end2"),
)
PRICES = (
    column("group", lazy("Price list"), grow=3, narrow="title", strong=True),
    column("from", lazy("From quantity"), kind="number", narrow="end2"),
    column("valid", lazy("Valid"), grow=2, narrow="foot", soft=True),
    column("counts", lazy("Why"), grow=4, narrow="sub"),
    column("price", lazy("Price"), kind="number", strong=True, narrow="end"),
)
LEVELS = (
    column("warehouse", lazy("Warehouse"), grow=3, narrow="title", strong=True),
    column("on_hand", lazy("On hand"), kind="number", narrow="hide"),
    column("held", lazy("Held for this line"), kind="number", narrow="hide"),
    column("others", lazy("Held for others"), kind="number", narrow="hide"),
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
    """Why a line of an order costs what it costs, for when it is promised, and why it is reserved or short."""
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
        day_words=_day_words(why.day),
        day_leaves=_day_leaves(request, why),
    )


RESTS_ON = {
    "promised": lazy("promised for %(day)s: that day was agreed for the order"),
    "line": lazy("promised for %(day)s: the day wished for this line"),
    "order": lazy("promised for %(day)s: the day wished for the whole order"),
    "nothing": lazy("no day: none was wished and none agreed"),
}
KEEPING = {
    "kept": lazy("all of it has left"),
    "late": lazy("that day is over and not all has left"),
    "ready": lazy("what has not left is reserved, so it can go"),
    "waits": lazy("not all of it is reserved, so nothing says yet that it will be kept"),
    "service": lazy("nothing has to lie ready for it"),
}


def _day_words(why: Any) -> str:
    rests = RESTS_ON[why.rests_on] % {"day": day(why.day)}
    return f"{rests[0].upper()}{rests[1:]}; {KEEPING[why.keeping]}."


def _day_leaves(request: HttpRequest, why: Any) -> list[tuple[str, str]]:
    """What the day and how it stands rest on, by name."""
    said = why.day
    leaves = [
        (_("Agreed for the order"), day(said.promised_on) or "–"),
        (_("Wished for the line"), day(said.line_wish) or "–"),
        (_("Wished for the order"), day(said.order_wish) or "–"),
        (_("Today"), day(said.today)),
        (_("Wanted"), amount(said.wanted, why.line.unit)),
        (_("Has left"), number(said.gone)),
    ]
    if said.held is not None:
        leaves.append((_("Reserved"), number(said.held)))
    tickets = read_if(request, "production.tickets", order=why.line.order_id) if why.line.kind == "made" else ()
    mine = [one for one in tickets or () if one.line == why.line.position]
    if mine:
        ends = [one.finished_at or one.planned_end for one in mine]
        until = moment(max(ends)) if all(ends) else _("not all of them are planned")
        leaves.append((_("Job tickets done"), until))
    return leaves


TAXES = (
    column("tax", lazy("VAT"), grow=3, narrow="title", strong=True),
    column("base", lazy("Net of its lines"), kind="money", narrow="sub"),
    column("exact", lazy("Exactly"), kind="number", narrow="end2"),
    column("amount", lazy("Rounded once"), kind="money", strong=True, narrow="end"),
)
TAXED = (
    column("pos", lazy("Pos"), soft=True, narrow="lead"),
    column("item", lazy("Item"), grow=3, narrow="title", strong=True),
    column("because", lazy("Why"), grow=5, narrow="sub"),
    column("tax", lazy("VAT"), kind="number", narrow="end2"),
    column("net", lazy("Net"), kind="money", narrow="end"),
)


@page
def tax(request: HttpRequest, id: int) -> HttpResponse:
    """Why an order bears the tax it bears, to the cent."""
    why = found(read(request, "orders.why_tax", id=id))
    return show(
        request,
        "orders/why_tax.html",
        title=_("Why? %(number)s, VAT") % {"number": why.order.number},
        words=_tax_words(why),
        back_url=reverse("order", args=[id]),
        columns=TAXES,
        rows=[
            {
                "id": f"tax-{at}",
                "cells": {
                    "tax": f"{one.tax.category} {number(one.tax.rate)} %",
                    "base": one.base,
                    "exact": f"{number(one.base, 2)} × {number(one.tax.rate)} % = {number(one.exact, 4)}",
                    "amount": one.amount,
                },
            }
            for at, one in enumerate(why.sums)
        ],
        line_columns=TAXED,
        line_rows=[_taxed(one, why) for one in why.lines],
    )


def _tax_words(why: Any) -> str:
    said = {"own": why.own_country, "to": why.ship_country, "vat": why.vat_id}
    if why.vat_id:
        return _("Sold from %(own)s to %(to)s, VAT number of the customer: %(vat)s.") % said
    return _("Sold from %(own)s to %(to)s, without a VAT number of the customer.") % said


def _taxed(one: Any, why: Any) -> dict[str, Any]:
    cells = {
        "pos": str(one.position),
        "item": one.item,
        "because": _because(one, why),
        "tax": f"{number(one.tax.rate)} %",
        "net": one.net,
    }
    return {"id": f"line-{one.position}", "cells": cells}


def _because(one: Any, why: Any) -> str:
    """The rule that gave a line its category (catalog.rules.tax_of_sale)."""
    if not one.follows:
        return _("the rate of the day it was placed; the item, its rate or the VAT number was changed since")
    if why.ship_country == why.own_country:
        return _("sold at home: the rate of the item's class on the day of the order")
    if one.tax.category == "K":
        return _("sold to a business elsewhere in the EU: intra-community supply, no VAT")
    if one.tax.category == "G":
        return _("sold outside the EU: export, no VAT")
    return _("sold to a person elsewhere in the EU: our own rate")


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


urls = [
    path("orders/<int:id>/lines/<int:line>/why", line, name="line-why"),
    path("orders/<int:id>/tax/why", tax, name="tax-why"),
]
